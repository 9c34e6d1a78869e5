"""What customers said: files in, every row accounted for, datasets in pinned versions."""
