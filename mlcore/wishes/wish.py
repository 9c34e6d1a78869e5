"""One wish in the customer's voice."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A sentence that a customer could say, and how well its pattern usually reads."""

    text: str
    quality: float
    """Added to a cosine when wishes compete: 0 for a sound pattern, below for a risky one."""
