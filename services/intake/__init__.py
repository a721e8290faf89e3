"""The one-stop desk: takes dossiers in, gives receipts and codes, judges and hands back results.

Owns: the catalogue of procedures, dossiers as the citizen sees them, dossier codes.
Consumes: agencies and itineraries of routing.
Publishes: `procedure-published`, `dossier-submitted`, `-received`, `-refused`, `-resolved`, `-stopped`,
`-sent-on`, `result-handed-back`. Personal data leaves it through its own doors alone.
"""
