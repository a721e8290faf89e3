"""The four services, and a dossier's journey through them.

intake receives it and gives a receipt; routing plans its way and opens leg after leg; processing
hands each leg to its agency and takes the agency's commands; routing closes the itinerary; intake
states the verdict and hands the result back. statistics keeps every event and counts.
"""
