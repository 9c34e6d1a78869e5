"""Pages of needs, and of reviews as far as these show needs."""
