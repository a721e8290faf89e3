"""What intake decides on: dossiers at the desk and the procedures they follow."""
