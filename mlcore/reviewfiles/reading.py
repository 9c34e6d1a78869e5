"""Reads a whole file by its layout: the format's reader makes blocks of cells, and each becomes a batch of reviews."""

from collections.abc import Iterator
from contextlib import ExitStack

from mlcore.errors import InputError
from mlcore.events import Event, Progress
from mlcore.reviewfiles.container import opened, spooled
from mlcore.reviewfiles.delimited import delimited_blocks
from mlcore.reviewfiles.events import Block, ReadDone
from mlcore.reviewfiles.jsonfile import json_blocks
from mlcore.reviewfiles.masking import masked
from mlcore.reviewfiles.parquet import parquet_blocks
from mlcore.reviewfiles.rows import batch_of
from mlcore.reviewfiles.spreadsheet import sheet_blocks
from mlcore.reviewfiles.turns import Turns
from mlcore.specs.reviewfiles import SHEETS, FileLayout, ReadSpec


def read(spec: ReadSpec) -> Iterator[Event]:
    """Batches of rows in file order, then ReadDone. Rows read = good + rejected + left out, always.

    Of a share, its blocks alone; where blocks end depends on the file and its layout only.

    Raises InputError: `no_text_column` when the layout maps none, `layout_unfit` when it can't be this file's, and what
    the file itself is refused for.
    """
    _check(spec.layout)
    good = rejected = left_out = added = rows = 0
    with ExitStack() as stack:
        for block in blocks(spec, stack):
            for part in _bounded(block, spec.batch):
                batch = batch_of(part, spec.layout)
                if spec.masked:
                    batch = masked(batch)
                good += batch.rows.height - batch.added
                rejected, left_out = rejected + len(batch.rejected), left_out + batch.left_out
                added, rows = added + batch.added, rows + batch.read
                if batch.read:
                    yield batch
            yield Progress(step="importing", done=min(block.done, block.total), total=block.total, unit="bytes")
    yield ReadDone(rows=rows, good=good, rejected=rejected, left_out=left_out, added=added)


def _check(layout: FileLayout) -> None:
    if "text" not in layout.mapping:
        raise InputError("no_text_column")
    places = [*layout.mapping.values(), *layout.attributes]
    if any(not 0 <= place < len(layout.columns) for place in places):
        raise InputError("layout_unfit")
    low, high = layout.rating_scale
    if not low < high:
        raise InputError("layout_unfit")


def blocks(spec: ReadSpec, stack: ExitStack) -> Iterator[Block]:
    """All rows as the layout splits them, of the columns that it reads; what is open for that closes with the stack."""
    layout, total, turns = spec.layout, spec.path.stat().st_size, Turns(spec.share)
    if layout.format in {*SHEETS, "parquet"}:
        path = stack.enter_context(spooled(spec.path, layout.container, layout.member))
        return parquet_blocks(path, layout, turns) if layout.format == "parquet" else sheet_blocks(path, layout, turns)
    stream = stack.enter_context(opened(spec.path, layout.container, layout.member))
    if layout.format == "csv":
        return delimited_blocks(stream, total, layout, turns)
    return json_blocks(stream, total, layout, turns)


def _bounded(block: Block, size: int) -> Iterator[Block]:
    """The block in parts of at most so many rows."""
    for start in range(0, max(block.cells.height, 1), size):
        yield Block(
            cells=block.cells.slice(start, size),
            whole=block.whole,
            refused=[] if start else block.refused,
            done=block.done,
            total=block.total,
        )
