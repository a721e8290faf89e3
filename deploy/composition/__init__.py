"""The composition root: the one place that knows which database, broker and clock stand behind the ports.

Embedded and full stack call `build` with other parts.
"""
