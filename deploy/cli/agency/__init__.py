"""The verbs of `lienthong agency`: accounts of agencies' systems, and what these systems do."""
