"""What people type about themselves, their brand and its keys."""
