"""The pages of the catalogue: projects and products."""
