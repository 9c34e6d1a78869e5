"""What stops a start, in a sentence for the person at the terminal: what happened, and the cure."""


class StartError(Exception):
    """The product can't start or go on; the message says why and names the cure."""
