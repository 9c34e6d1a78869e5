"""What stops a start, as one sentence for the person at the terminal: what happened, and what to do about it."""


class StartError(Exception):
    """The product can't start or go on; the message says why and names the cure."""
