"""The only writers of people, brands, memberships, keys and all that guards them: one file a thing that is written."""
