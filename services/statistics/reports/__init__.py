"""Questions to statistics: figures of a period, and the history of one dossier."""
