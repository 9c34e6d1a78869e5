"""Puts rejected rows into a file of the form they came in, so that a person can mend them there and upload them again.

Text comes back as it stood; workbooks and Parquet, which nobody mends row by row, as CSV.
"""

from collections.abc import Iterable, Iterator

from mlcore.reviewfiles.events import Rejected
from mlcore.specs.reviewfiles import FileLayout


def mending_suffix(layout: FileLayout) -> str:
    """How the file of rejected rows ends."""
    return {"jsonl": ".jsonl", "json": ".json", "csv": ".tsv" if layout.delimiter == "\t" else ".csv"}.get(
        layout.format, ".csv"
    )


def mending(layout: FileLayout, rejected: Iterable[Rejected]) -> Iterator[str]:
    """The text of a file with the rejected rows that were kept, in pieces; UTF-8 suits it.

    Rows too long to be kept are missing: they are told by their lines alone.
    """
    if layout.format in {"json", "jsonl"}:
        yield from _objects(layout.format, (one.raw for one in rejected if one.raw))
        return
    as_it_was = layout.format == "csv"
    mark, quote = (layout.delimiter, layout.quote) if as_it_was else (",", '"')
    if layout.header_row >= 0 or not as_it_was:
        yield _line(layout.columns, mark, quote)
    for one in rejected:
        if one.raw:
            yield one.raw + "\n"
        elif one.cells:
            yield _line(one.cells, mark, quote)


def _objects(form: str, rows: Iterator[str]) -> Iterator[str]:
    if form == "jsonl":
        yield from (row.strip() + "\n" for row in rows)
        return
    yield "["
    for place, row in enumerate(rows):
        yield (",\n" if place else "\n") + row
    yield "\n]\n"


def _line(cells: Iterable[str], mark: str, quote: str) -> str:
    return mark.join(_cell(cell, mark, quote) for cell in cells) + "\n"


def _cell(cell: str, mark: str, quote: str) -> str:
    if not quote or not (set(cell) & {mark, quote, "\n", "\r"}):
        return cell
    return quote + cell.replace(quote, quote * 2) + quote
