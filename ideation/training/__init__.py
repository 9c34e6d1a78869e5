"""Language models tuned on a brand's reviews, measured and kept with their lineage."""
