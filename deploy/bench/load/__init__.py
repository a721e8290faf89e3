"""Load on the full stack from outside, through the doors that everybody uses."""
