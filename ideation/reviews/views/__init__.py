"""The pages of the reviews room: one file a subject."""
