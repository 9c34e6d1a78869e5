"""Figures, not verdicts: `make bench` lists them."""
