"""All reviews of a file as plain objects, for the command line, which has no table to put them in."""

from pathlib import Path
from typing import Any

import polars as pl

from mlcore.reviewfiles.events import Batch
from mlcore.reviewfiles.reading import read
from mlcore.reviewfiles.recognition import recognise
from mlcore.specs.reviewfiles import ReadSpec


def read_reviews(path: Path) -> list[dict[str, Any]]:
    """All good rows of a file as review objects ({"id", "text", "title", "rating", "date", "product", "source"}).

    A review without an id of its own is called by its line, a follow-up of the same line by that and a plus.
    """
    own = pl.col("line").cast(pl.String) + pl.when("follow_up").then(pl.lit("+")).otherwise(pl.lit(""))
    name = pl.when(pl.col("external_id") != "").then("external_id").otherwise(own).alias("id")
    date = pl.col("date").cast(pl.String)
    events = read(ReadSpec(path=path, layout=recognise(path)))
    wanted = (name, "text", "title", "rating", date, "product", "source")
    return [row for event in events if isinstance(event, Batch) for row in event.rows.select(wanted).to_dicts()]
