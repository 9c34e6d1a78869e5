"""Pages about people and brands, one file a subject."""
