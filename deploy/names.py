"""The services by name, in the order of a dossier's way."""

SERVICES = ("intake", "routing", "processing", "statistics")
