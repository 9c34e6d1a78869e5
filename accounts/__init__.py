"""Who may act, and for which brand."""
