"""The API of the reviews room: one file a subject."""
