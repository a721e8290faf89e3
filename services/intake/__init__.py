"""The one-stop desk: takes dossiers in, gives receipts and codes, keeps the appointment, judges, hands back.

Owns: the catalogue of procedures, dossiers as the citizen sees them, dossier codes.
Consumes: agencies, their ends, itineraries and legs of routing.
Publishes: `procedure-published`, `dossier-submitted`, `-received`, `-refused`, `-paused`, `-resumed`,
`-extended`, `-resolved`, `-withdrawn`, `-stopped`, `-sent-on`, `result-handed-back`. Personal data leaves it through its own doors alone.
"""
