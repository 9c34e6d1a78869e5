"""What people and brands may ask of their data: to see it whole, to take it with them, to have it gone."""
