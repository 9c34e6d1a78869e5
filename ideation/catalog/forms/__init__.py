"""What people say about projects and products."""
