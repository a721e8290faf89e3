"""Which agencies a dossier passes: pure functions, same inputs, same itinerary, with the reason."""
