"""routing's use cases."""
