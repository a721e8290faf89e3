"""What the compose file's one-shot parts do: make secrets at first start, prepare the servers."""
