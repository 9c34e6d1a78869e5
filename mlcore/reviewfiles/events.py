"""What the reading of a file tells: batches of good rows as columns, the rejected ones whole, and the final account."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from mlcore.events import Event
from mlcore.specs.reviewfiles import FileLayout

ROWS: Mapping[str, pl.DataType] = {
    "line": pl.Int64(),
    "text": pl.String(),
    "title": pl.String(),
    "rating": pl.Float64(),
    "rating_written": pl.String(),
    "date": pl.Date(),
    "product": pl.String(),
    "source": pl.String(),
    "author_sha256": pl.String(),
    "external_id": pl.String(),
    "verified": pl.Boolean(),
    "helpful": pl.Int64(),
    "language": pl.String(),
    "price": pl.Float64(),
    "currency": pl.String(),
    "country": pl.String(),
    "attributes": pl.String(),
    "follow_up": pl.Boolean(),
    "first_id": pl.String(),
    "first_sha256": pl.String(),
    "bidi": pl.Boolean(),
    "content_sha256": pl.String(),
    "as_written": pl.String(),
}
"""Columns of a batch. `line` is what an editor or a spreadsheet numbers the row; `rating` is on 1 to 5 and
`rating_written` the cell it was read from; `author_sha256` is all that is kept of the author; `attributes` a JSON
object or null; `bidi` whether the text holds controls that turn its direction; `content_sha256` of what the customer
wrote, so that a review that comes again is known whatever is masked; `as_written` a JSON object with text and title
before masking, or null.

A follow-up (追评) is a row with `follow_up` true. One from the same row of the file names its first review by
`first_sha256` (the first one's content_sha256) and isn't counted as read again; one from a row of its own by
`first_id`, which the first review carries too.
"""


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """A row that can't be used: where it stands, which column, why, and what it held.

    `raw` is the row as it stands in a text file, `cells` the same split; of a workbook or Parquet there are only cells.
    Both are empty where a row is too long to be kept. They hold what the customer is called: show `value`, keep the
    rest only as long as the file.
    """

    line: int
    column: str
    code: str
    value: str = ""
    cells: tuple[str, ...] = ()
    raw: str = ""


@dataclass(frozen=True, kw_only=True)
class Batch(Event):
    """A stretch of the file: `read` = good rows (follow-ups of the same row apart) + rejected + left out."""

    rows: pl.DataFrame
    rejected: list[Rejected]
    read: int
    left_out: int = 0
    """Rows in which a platform praised for a silent customer."""
    added: int = 0
    """Follow-ups among `rows` that share a row of the file with their first review."""
    personal: Mapping[str, int] = field(default_factory=dict)
    """Kind of personal data → how often it was masked."""


@dataclass(frozen=True, kw_only=True)
class ReadDone(Event):
    """All of the file has been read: rows = good + rejected + left_out."""

    rows: int
    good: int
    rejected: int
    left_out: int
    added: int


@dataclass(frozen=True, kw_only=True)
class Recognised(Event):
    """How a file is to be read."""

    layout: FileLayout


@dataclass(frozen=True, kw_only=True)
class Block:
    """A stretch of the file as cells.

    `cells` has "line", "row" (its place in the block) and, of the columns that are read, "c0", "c1", … as text; null
    where a row has no such cell.
    """

    cells: pl.DataFrame
    whole: Callable[[int], tuple[list[str], str]]
    """All cells of a row by its place in the block, and the row as it stands in the file."""
    refused: list[Rejected]
    """Rows that can't be split into cells, or hold what no text may hold."""
    done: int
    total: int
    """How far the file is read."""
