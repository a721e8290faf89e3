"""How figures become points: expressions over named figures, and sets of rules. Pure functions."""
