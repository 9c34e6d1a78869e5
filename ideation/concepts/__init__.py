"""New products: briefs, and the concepts written for them."""
