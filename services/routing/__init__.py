"""routing: the process manager between agencies. It decides; it does not talk to agencies.

Owns the register of agencies and competences, electronic processes with their lives, reorganisations,
one itinerary a dossier.
Consumes intake's procedures and dossiers, processing's work on legs (`consumer` lists the messages).
Publishes agencies and processes, itineraries and their legs (`publisher` lists the messages).
"""
