"""What a brand does here: projects, reviews, needs, models, concepts. One folder a room, see README.md."""
