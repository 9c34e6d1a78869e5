"""Recognises a file anew with what a person has set, and reads its first rows as an import would read them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mlcore.errors import InputError
from mlcore.events import Event
from mlcore.reviewfiles.columns import cells_at
from mlcore.reviewfiles.dates import FORMATS, day_of, order_of
from mlcore.reviewfiles.encoding import BOMS, LEGACY
from mlcore.reviewfiles.events import Recognised
from mlcore.reviewfiles.firstrows import FirstRow, first_rows
from mlcore.reviewfiles.headers import PRESETS
from mlcore.reviewfiles.limits import HEAD, SAMPLE_ROWS
from mlcore.reviewfiles.ratings import rating_of
from mlcore.reviewfiles.recognition import (
    Inside,
    Table,
    checked,
    delimited_table,
    guessed_dialect,
    inside_of,
    json_table,
    layout_from,
    parquet_table,
    sheet_table,
    shown,
    text_inside,
)
from mlcore.reviewfiles.records import Dialect
from mlcore.specs.reviewfiles import ROLES, SHEETS, FileLayout, PreviewSpec, RecogniseAsSpec

ENCODINGS: Final = (
    "utf-8",
    *(name for _mark, name in BOMS),
    *LEGACY,
    "euc_jp",
    "euc_kr",
    "cp1250",
    "cp1251",
    "latin-1",
)
"""In which a text can be read."""
TEXTS: Final = ("csv", "jsonl", "json")
STRUCTURE: Final = frozenset(("format", "encoding", "delimiter", "quote", "header_row", "sheet"))
"""What says where cells and columns are: set anew, the columns are others."""
MEANING: Final = frozenset(("preset", "mapping", "attributes", "rating_scale", "date_format", "default_praise"))
"""What says what they mean."""
QUOTES: Final = ("", '"', "'")
WRONG: Final = 0.02
"""Part of a text that may be no characters in an encoding before it is another one's."""


@dataclass(frozen=True, kw_only=True)
class Previewed(Event):
    """The first rows as they will be read, and of ratings and dates one each: as written and as read."""

    rows: tuple[FirstRow, ...]
    rating: tuple[str, float] | None = None
    date: tuple[str, str] | None = None


def recognising_as(spec: RecogniseAsSpec) -> Iterator[Event]:
    """One Recognised event; for a process of its own."""
    yield Recognised(layout=recognise_as(spec))


def previewing(spec: PreviewSpec) -> Iterator[Event]:
    """One Previewed event; for a process of its own."""
    yield preview(spec)


def recognise_as(spec: RecogniseAsSpec) -> FileLayout:
    """The layout with the changes made, and what they leave open recognised from the file again.

    Where columns move, all that is told of them is found out anew; another column of ratings has its own scale, one of
    dates its own form. Raises InputError when a change can't be made, or the file isn't one when read like that.
    """
    _check(spec.changes)
    inside = inside_of(spec.path)
    table = checked(inside, _table(inside, spec.layout, spec.changes))
    chosen = {name: spec.changes[name] for name in MEANING & spec.changes.keys()}
    if not STRUCTURE & spec.changes.keys():
        chosen = _kept(spec.layout, spec.changes) | chosen
    _check_columns(chosen, table)
    taken = set(chosen.get("mapping", {}).values())
    if "attributes" in chosen:
        chosen["attributes"] = tuple(place for place in chosen["attributes"] if place not in taken)
    return layout_from(inside, table, chosen)


def _kept(layout: FileLayout, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What stays of a layout whose columns stay."""
    kept: dict[str, Any] = {"default_praise": layout.default_praise, "preset": layout.preset}
    if "preset" in changes:
        return kept
    mapping = changes.get("mapping", layout.mapping)
    kept |= {"mapping": layout.mapping, "attributes": layout.attributes}
    if mapping.get("rating") == layout.mapping.get("rating"):
        kept["rating_scale"] = layout.rating_scale
    if mapping.get("date") == layout.mapping.get("date") and "date_order_unsure" not in layout.notes:
        kept["date_format"] = layout.date_format
    return kept


def _check(changes: Mapping[str, Any]) -> None:
    known = {
        "encoding": ENCODINGS,
        "quote": QUOTES,
        "format": TEXTS,
        "preset": ("", *PRESETS),
        "date_format": FORMATS,
        "default_praise": (True, False),
    }
    fits = changes.keys() <= STRUCTURE | MEANING
    fits &= all(changes[name] in values for name, values in known.items() if name in changes)
    fits &= "delimiter" not in changes or is_mark(changes["delimiter"])
    fits &= -1 <= changes.get("header_row", 0) < SAMPLE_ROWS
    low, high = changes.get("rating_scale", (1.0, 5.0))
    if not fits or not -1e6 <= low < high <= 1e6:
        raise InputError("layout_unfit")


def is_mark(delimiter: str) -> bool:
    """Whether cells can be set apart by it."""
    return len(delimiter) == 1 and delimiter.isascii() and not delimiter.isalnum() and delimiter not in "\"'\\\r\n\x00 "


def _check_columns(chosen: Mapping[str, Any], table: Table) -> None:
    mapping, attributes = chosen.get("mapping", {}), chosen.get("attributes", ())
    places = [*mapping.values(), *attributes]
    once = len(set(mapping.values())) == len(mapping)
    if not once or not mapping.keys() <= set(ROLES) or any(not 0 <= one < len(table.columns) for one in places):
        raise InputError("layout_unfit")


def _table(inside: Inside, layout: FileLayout, changes: Mapping[str, Any]) -> Table:
    """The cells of a file as they are to be found."""
    place = layout.header_row if not STRUCTURE & changes.keys() else changes.get("header_row")
    form = changes.get("format", layout.format)
    if layout.format == "parquet":
        return parquet_table(inside)
    if layout.format in SHEETS:
        return sheet_table(inside, layout.format, changes.get("sheet", layout.sheet), place)
    encoding = changes.get("encoding", layout.encoding)
    text = text_inside(inside, encoding)
    if "encoding" in changes:
        _check_text(text, encoding, inside)
    if form in {"json", "jsonl"}:
        return json_table(inside, encoding, form)
    return delimited_table(inside, encoding, text, _dialect(inside, text, layout, changes), place)


def _check_text(text: str, encoding: str, inside: Inside) -> None:
    """Raises InputError when what comes out is no text."""
    wrong = sum("\ud800" <= char <= "\udfff" or char == "\x00" for char in text)
    if wrong > max(8 if len(inside.head) > 1000 else 2, len(text) * WRONG):
        raise InputError("encoding_unfit", encoding=encoding)


def _dialect(inside: Inside, text: str, layout: FileLayout, changes: Mapping[str, Any]) -> Dialect:
    """How cells are set apart: as set, else as before, else, where the text is another one now, as it looks."""
    before = Dialect(layout.delimiter, layout.quote, layout.escape)
    if {"encoding", "format"} & changes.keys():
        before = guessed_dialect(inside, text)
    quote = changes.get("quote", before.quote)
    escape = before.escape if quote == before.quote else "\\" * bool(quote and f"\\{quote}" in text[: HEAD // 4])
    return Dialect(changes.get("delimiter", before.delimiter), quote, escape)


def preview(spec: PreviewSpec) -> Previewed:
    """The first rows as read, those that can't be used among them with the reason.

    Raises InputError as an import would, `no_text_column` above all.
    """
    rows = first_rows(spec.path, spec.layout, spec.count)
    table = _table(inside_of(spec.path), spec.layout, {})
    layout, cells = spec.layout, table.first[:200]
    return Previewed(
        rows=tuple(rows),
        rating=_rating_read(cells_at(cells, layout.mapping.get("rating")), layout.rating_scale),
        date=_date_read(cells_at(cells, layout.mapping.get("date")), layout.date_format),
    )


def _rating_read(cells: Sequence[str], scale: tuple[float, float]) -> tuple[str, float] | None:
    """A rating as written and as read: one whose reading isn't plain, if there is one."""
    read = [(cell, value) for cell in cells if (value := rating_of(cell, scale)) is not None]
    telling = next((one for one in read if one[0].strip() != f"{one[1]:g}"), None)
    found = telling or next(iter(read), None)
    return (shown(found[0]), found[1]) if found else None


def _date_read(cells: Sequence[str], form: str) -> tuple[str, str] | None:
    found = next(((cell, day) for cell in cells if (day := day_of(cell, order_of(form))) is not None), None)
    return (found[0], found[1].isoformat()) if found else None
