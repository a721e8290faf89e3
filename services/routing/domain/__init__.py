"""What routing decides on: agencies and processes, and the itineraries of dossiers."""
