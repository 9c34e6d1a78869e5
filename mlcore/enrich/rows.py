"""Adds to the rows of a batch what is told from their texts, which are cut into tokens once for all of it."""

import polars as pl

from mlcore.enrich.counts import counts
from mlcore.enrich.languages import UNKNOWN, languages
from mlcore.enrich.sketch import NONE, packed, sketches
from mlcore.enrich.suspicion import suspicions
from mlcore.enrich.tokens import tokens


def enriched(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of a batch (`mlcore.reviewfiles.ROWS`, masked) with what is told from their texts.

    "language" is detected, and the file's own word only where nothing can be told; "characters" and "tokens" Int32;
    "flags" a JSON object of suspicion → what raised it, or null; "sketch" 128 bytes, null where the text is too short
    to be compared.
    """
    texts, titles = rows["text"], rows["title"]
    parts = tuple(tokens(texts))
    made = sketches(texts, parts)
    told = languages(texts, parts)
    compared = pl.Series((made != NONE).any(axis=1))
    return rows.with_columns(
        language=pl.when((told == UNKNOWN) & (pl.col("language").fill_null("") != ""))
        .then(pl.col("language"))
        .otherwise(told),
        flags=suspicions(texts, titles, parts),
        sketch=pl.select(pl.when(compared).then(pl.Series(packed(made), dtype=pl.Binary))).to_series(),
    ).with_columns(counts(texts, parts))
