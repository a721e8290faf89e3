"""The same journey on tools that people would otherwise take, each given its good settings.

A dossier's next step begins when the one before is committed, through the broker, as with us.
Each peer has `WORKERS` processes, and a database and queues of its own on the same servers.
"""
