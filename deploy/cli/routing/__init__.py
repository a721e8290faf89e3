"""The verbs of `lienthong routing`: agencies, processes, and what becomes of dossiers under them."""
