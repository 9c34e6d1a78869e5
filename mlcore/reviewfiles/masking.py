"""Puts words in the place of personal data in a batch; what was written comes along where something was."""

import json
from collections import Counter
from dataclasses import replace

import polars as pl

from mlcore.personal import find, mask
from mlcore.reviewfiles.events import Batch


def masked(batch: Batch) -> Batch:
    """The batch with texts, titles and the shown values of rejected rows masked."""
    personal: Counter[str] = Counter()
    texts: list[str] = []
    titles: list[str] = []
    written: list[str | None] = []
    for text, title in batch.rows.select("text", "title").iter_rows():
        in_text, in_title = find(text), find(title) if title else []
        if in_text or in_title:
            personal.update(span.kind for span in (*in_text, *in_title))
            written.append(json.dumps({"text": text, "title": title}, ensure_ascii=False))
        else:
            written.append(None)
        texts.append(mask(text, in_text) if in_text else text)
        titles.append(mask(title, in_title)[:500] if in_title else title)
    rows = batch.rows
    if personal:
        rows = rows.with_columns(
            text=pl.Series(texts, dtype=pl.String),
            title=pl.Series(titles, dtype=pl.String),
            as_written=pl.Series(written, dtype=pl.String),
        )
    rejected = [replace(one, value=mask(one.value)) for one in batch.rejected]
    return replace(batch, rows=rows, rejected=rejected, personal=dict(personal))
