"""The bounds that keep the reading of any file within its process's memory; what passes them is refused with a
reason.
"""

from typing import Final

MAX_COLUMNS: Final = 500
MAX_TEXT: Final = 20_000
"""Characters of a review; what is longer is no review."""
MAX_RECORD: Final = 4 * 2**20
"""Characters of a row, quoted line breaks included."""
MAX_HELD: Final = 16 * 2**20
"""Bytes looked through for the end of a row before its first line is given up."""
CHUNK: Final = 2**21
"""Bytes of text that are worked on at once."""
HEAD: Final = 2**20
"""Bytes from which a layout is recognised."""
SAMPLE_ROWS: Final = 20
"""Rows shown to the person."""
KNOWN_ROWS: Final = 1000
"""Rows from which scale, dates and mapping are recognised."""

MAX_UNPACKED: Final = 8 * 2**30
"""Bytes that a packed text may unfold to; it is read as a stream and never lies anywhere whole."""
MAX_SPOOLED: Final = 2 * 2**30
"""Bytes that a packed workbook or Parquet file may unfold to, on disk."""
MAX_RATIO: Final = 200
"""How much larger than packed it may be. Texts reach 20, templated ones 100; bombs 1000."""
RATIO_FROM: Final = 16 * 2**20
"""Bytes below which the ratio is nobody's business."""
MAX_MEMBERS: Final = 10_000
"""Entries of a zip that are looked at."""

MAX_SHEET_BYTES: Final = 450 * 2**20
"""Memory that a sheet's cells may take: a workbook, unlike a text, can only be opened whole."""
CELL_BYTES: Final = 40
"""What a cell of a sheet takes before its text; blank ones between the first and the last count too."""
MAX_PAGE: Final = 64 * 2**20
"""Bytes of a page of Parquet, unpacked."""
MAX_GROUP: Final = 2 * 2**30
"""Bytes of a row group of Parquet, unpacked, over the columns that are read."""
