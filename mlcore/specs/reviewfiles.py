"""What a file of reviews looks like, and how it is to be read."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

ROLES = (
    "text", "title", "rating", "date", "product", "source", "author", "id", "verified", "helpful", "language", "price",
    "country", "follow_up", "follow_up_date", "kind", "first_id",
)  # fmt: skip
"""What a column can be. Only the text is a must.

`follow_up` and `follow_up_date` hold what the same customer added later in the same row; where a follow-up has a row
of its own, `kind` tells it from a first review and `first_id` names what both share, mostly the order.
"""
CONTAINERS = ("plain", "gzip", "zip", "zstd")
FORMATS = ("csv", "jsonl", "json", "parquet", "xlsx", "xls", "ods")
"""`csv` is any text with a delimiter; `json` is one array of objects."""
SHEETS = ("xlsx", "xls", "ods")


@dataclass(frozen=True, kw_only=True)
class FileLayout:
    """How a file was recognised, before anything is imported; a person may correct any of it."""

    encoding: str = "utf-8"
    delimiter: str = ","
    columns: tuple[str, ...]
    """The names of the columns; of JSON, the keys, those of inner objects after a dot."""
    mapping: Mapping[str, int]
    """role → index of its column."""
    rating_scale: tuple[float, float] = (1.0, 5.0)
    """Worst and best rating as the file has them; a cell that names its own scale ('8/10', '80%') is read by that."""
    date_format: str = "ymd"
    """An order of day, month and year ("ymd", "dmy", …), "excel", "epoch" or "epoch_ms"; a strptime format of old."""
    sample: tuple[tuple[str, ...], ...] = ()
    """The first rows, as they stand in the file."""
    container: str = "plain"
    member: str = ""
    """Of a zip, the name of the file that is read."""
    format: str = "csv"
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    """Of a workbook, the sheets from which one can be chosen."""
    quote: str = '"'
    """Empty where quotes have no meaning."""
    escape: str = ""
    """A backslash where it stands before quotes that mean themselves."""
    header_row: int = 0
    """Which of the rows that aren't blank names the columns; those above it are passed over. -1: none does."""
    attributes: tuple[int, ...] = ()
    """Columns kept with the review under their own names."""
    preset: str = ""
    """The marketplace whose export this is."""
    default_praise: bool = True
    """Whether what a platform writes for silent customers (系统默认好评) is left out and counted."""
    notes: tuple[str, ...] = ()
    """Codes of what a person should look at."""


def layout_of(stored: Mapping[str, Any]) -> FileLayout:
    """A layout from its stored JSON; also one stored before there were formats other than CSV."""
    known = {one.name: one for one in dataclasses.fields(FileLayout)}
    values = {name: _tuples(value) for name, value in stored.items() if name in known}
    return FileLayout(**values)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(one) for one in value) if isinstance(value, (list, tuple)) else value


@dataclass(frozen=True, kw_only=True)
class ReadSpec:
    """Read a review file in bounded batches: Batch events in the order of the file, then ReadDone."""

    runner: ClassVar[str] = "mlcore.reviewfiles:read"

    path: Path
    layout: FileLayout
    batch: int = field(default=10_000)
    """Rows a batch, at most."""
    masked: bool = True
    """Whether personal data in texts is masked, and what was written comes along where something was."""
    share: tuple[int, int] = (0, 1)
    """(k, n): only the k-th of each n blocks, from 0, so that n processes read a file side by side. ReadDone counts
    this share alone; lines are those of the whole file. All n shares together are the file.
    """

    def __post_init__(self) -> None:
        if not 0 <= self.share[0] < self.share[1]:
            raise ValueError("share")


@dataclass(frozen=True, kw_only=True)
class RecogniseSpec:
    """Recognise a file in a process of its own: one Recognised event. A file made to harm dies with that process."""

    runner: ClassVar[str] = "mlcore.reviewfiles:recognising"

    path: Path


@dataclass(frozen=True, kw_only=True)
class RecogniseAsSpec:
    """Recognise a file again with what a person has set: one Recognised event."""

    runner: ClassVar[str] = "mlcore.reviewfiles.rereading:recognising_as"

    path: Path
    layout: FileLayout
    """As it was recognised before."""
    changes: Mapping[str, Any]
    """Fields of the layout that are set, by their names."""


@dataclass(frozen=True, kw_only=True)
class PreviewSpec:
    """Read a file's first rows as an import would: one Previewed event."""

    runner: ClassVar[str] = "mlcore.reviewfiles.rereading:previewing"

    path: Path
    layout: FileLayout
    count: int = 20
