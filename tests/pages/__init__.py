"""Pages as the server answers them."""
