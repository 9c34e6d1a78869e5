"""A brand's projects and the products in them."""
