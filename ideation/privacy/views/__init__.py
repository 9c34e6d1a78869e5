"""Pages about erasing, exporting, deleting, and the files that are handed over."""
