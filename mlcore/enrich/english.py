"""Words by which English is told without asking a detector: frequent ones that no other widespread language shares."""

from functools import cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlcore.enrich.characters import LATIN
from mlcore.enrich.tokens import Tokens, tokens

WORDS: Final = """
the and this that these those it its with they them their there you your he she his my we our not but very would could
should are were been being has have from because just than then too only also when what which who why how does did
doesnt dont didnt isnt wasnt cant wont im ive youre theyre thats got get gets getting gave give bought buy buying
purchased order ordered received after before again about into more most much many some any every everything nothing
good great love loved loves like liked likes nice excellent awesome amazing wonderful terrible horrible worst best
better bad poor cheap easy quality price works working worked work broke broken use used using need needed wants want
wanted looks look looking feels feel fits fit size color colour well really pretty little far money waste return
returned recommend disappointed happy beautiful comfortable perfectly highly still even never always back time thing
things thanks fine phone cool
""".split()
"""Left out for other languages' sake: a, i, in, is, was, of, on, no, so, me, for, her, will, had, over, super, perfect,
product and their like."""
_PLACE: Final = np.uint64(48)


def english(part: Tokens) -> NDArray[np.bool_]:
    """For each token whether it is one of the WORDS."""
    found = np.zeros(len(part.scripts), dtype=bool)
    latin = np.flatnonzero(part.scripts == LATIN)
    hashes = part.hashes(latin, latin + 1)
    found[latin] = _places()[hashes >> _PLACE] == hashes
    return found


@cache
def _places() -> NDArray[np.uint64]:
    """The words' hashes, each at the place that its first bits name."""
    (part,) = tokens(pl.Series([" ".join(WORDS)]))
    first = np.arange(len(part.scripts))
    hashes = part.hashes(first, first + 1)
    places = np.zeros(2**16, dtype=np.uint64)
    places[hashes >> _PLACE] = hashes
    return places
