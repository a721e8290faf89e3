"""Above the services: how they are set up, started, composed and commanded. Only it imports several."""
