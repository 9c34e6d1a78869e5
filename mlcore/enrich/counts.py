"""How long a review is: in characters, and in tokens that mean the same in every script."""

from collections.abc import Iterable

import numpy as np
import polars as pl

from mlcore.enrich.tokens import Tokens, tokens


def counts(texts: pl.Series, parts: Iterable[Tokens] | None = None) -> pl.DataFrame:
    """The "characters" (all of them, blanks too) and "tokens" of each text: words, numbers, and each Chinese or
    Japanese character by itself. `parts`: the texts' tokens, where they are known.
    """
    lengths = [part.lengths() for part in (tokens(texts) if parts is None else parts)]
    return pl.DataFrame(
        {
            "characters": texts.fill_null("").str.len_chars().cast(pl.Int32),
            "tokens": pl.Series(np.concatenate(lengths) if lengths else [], dtype=pl.Int32),
        }
    )
