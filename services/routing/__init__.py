"""routing: the process manager between agencies. It decides; it does not talk to agencies.

Owns agencies, electronic processes, one itinerary a dossier.
Consumes intake's dossier-received and dossier-sent-on, processing's leg-completed and leg-returned.
Publishes agency-registered, process-published, itinerary-planned, leg-opened, leg-closed,
itinerary-completed, itinerary-returned.
"""
