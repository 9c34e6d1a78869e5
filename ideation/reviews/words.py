"""What people call the forms of files, and what happened to their rows."""

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from mlcore.enrich import SUSPICIONS
from mlcore.reviewfiles.dates import FORMATS as DATE_FORMATS
from mlcore.reviewfiles.headers import PRESETS
from mlcore.specs.reviewfiles import CONTAINERS, FORMATS, ROLES, FileLayout

Word = str | Promise

ROLE_WORDS: Final[dict[str, tuple[Any, Any]]] = {
    "text": (_("Review text"), _("The customers' own words. The only column that must be there.")),
    "title": (_("Title"), ""),
    "rating": (_("Rating"), _("A number of stars or points; its scale is recognised.")),
    "date": (_("Date"), ""),
    "product": (_("Product"), _("A name or an SKU; several products stay apart.")),
    "source": (_("Source"), _("The shop or site it comes from.")),
    "author": (_("Author"), _("Kept only as a hash, to recognise who wrote twice.")),
    "id": (_("Review's own id"), _("Reviews are called by it, so that you find them again in your own system.")),
    "verified": (_("Verified purchase"), ""),
    "helpful": (_("Helpful votes"), ""),
    "language": (_("Language"), _("Recognised anyway; only where your system knows better.")),
    "price": (_("Price paid"), ""),
    "country": (_("Country"), ""),
    "follow_up": (_("Follow-up review"), _("What the same customer added later (追评), in the same row.")),
    "follow_up_date": (_("Date of the follow-up"), ""),
    "kind": (_("First or follow-up"), _("Tells a follow-up that has a row of its own from a first review.")),
    "first_id": (
        _("Shared id of first review and follow-up"),
        _("Usually the order number: ties a follow-up to its first review."),
    ),
}
"""Role of a column → what it is called, and what helps to choose it."""
assert tuple(ROLE_WORDS) == ROLES
USUAL: Final = ("text", "title", "rating", "date", "product", "source", "author", "id")
"""Roles that most files have; the others are a click away."""

FORMAT_WORDS: Final[dict[str, Word]] = {
    "csv": _("Text with a delimiter (CSV)"),
    "jsonl": _("JSON Lines"),
    "json": _("JSON array"),
    "parquet": "Parquet",
    "xlsx": _("Excel workbook (XLSX)"),
    "xls": _("Old Excel workbook (XLS)"),
    "ods": _("OpenDocument workbook (ODS)"),
}
assert tuple(FORMAT_WORDS) == FORMATS
CONTAINER_WORDS: Final[dict[str, Word]] = {"plain": "", "gzip": "gzip", "zip": "zip", "zstd": "zstd"}
assert tuple(CONTAINER_WORDS) == CONTAINERS
ENCODING_WORDS: Final[dict[str, Word]] = {
    "utf-8": "UTF-8",
    "utf-8-sig": _("UTF-8 with BOM"),
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "utf-32-le": "UTF-32 LE",
    "utf-32-be": "UTF-32 BE",
    "gb18030": _("GB18030, GBK (simplified Chinese)"),
    "big5": _("Big5 (traditional Chinese)"),
    "cp932": _("Shift-JIS (Japanese)"),
    "euc_jp": _("EUC-JP (Japanese)"),
    "euc_kr": _("EUC-KR (Korean)"),
    "cp1252": _("Windows-1252 (Western Europe)"),
    "latin-1": _("ISO 8859-1 (Western Europe)"),
    "cp1250": _("Windows-1250 (Central Europe)"),
    "cp1251": _("Windows-1251 (Cyrillic)"),
}
DELIMITER_WORDS: Final[dict[str, Word]] = {
    ",": _("comma"),
    "\t": _("tab"),
    ";": _("semicolon"),
    "|": _("vertical bar"),
    "^": _("caret"),
    "\x1f": _("none: one column"),
}
QUOTE_WORDS: Final[dict[str, Word]] = {
    '"': _('double quotes: "…"'),
    "'": _("single quotes: '…'"),
    "": _("none: a quote means itself"),
}
DATE_WORDS: Final[dict[str, Word]] = {
    "ymd": _("year, month, day"),
    "mdy": _("month, day, year"),
    "dmy": _("day, month, year"),
    "ydm": _("year, day, month"),
    "myd": _("month, year, day"),
    "dym": _("day, year, month"),
    "excel": _("days as Excel counts them"),
    "epoch": _("seconds since 1970"),
    "epoch_ms": _("milliseconds since 1970"),
}
assert tuple(DATE_WORDS) == DATE_FORMATS
PRESET_WORDS: Final[dict[str, Word]] = {
    "taobao": _("Taobao/Tmall"),
    "jd": _("JD"),
    "pinduoduo": _("Pinduoduo"),
    "douyin": _("Douyin"),
    "amazon": _("Amazon"),
}
assert PRESET_WORDS.keys() == PRESETS.keys()

NOTE_WORDS: Final[dict[str, Word]] = {
    "date_order_unsure": _("The dates can be read in two ways. Check below that day and month aren't swapped."),
    "columns_repeat": _("Some columns have the same name. The examples tell them apart."),
    "several_sheets": _("The workbook has several sheets; only one is read."),
    "rows_above_header": _("There are rows above the header; they are passed over."),
    "no_header": _("No row names the columns, so they are numbered."),
    "quotes_literal": _("Cells aren't in double quotes in this file."),
    "as_last_time": _("Read as last time."),
    "not_as_last_time": _("Not read as last time: the column with the review text isn't there any more."),
    "column_gone": _("No longer there: %(name)s"),
    "column_new": _("New since last time, not read: %(name)s"),
    "scale_differs": _("The ratings look as if they were on another scale than last time. Check them below."),
    "dates_differ": _("The dates look as if they were written otherwise than last time. Check them below."),
}
"""Code of a note → what a person should look at; what stands after a colon is its name."""
WORRYING: Final = frozenset((
    "date_order_unsure", "not_as_last_time", "column_gone", "scale_differs", "dates_differ", "columns_repeat",
))  # fmt: skip

FLAG_WORDS: Final[dict[str, tuple[Word, Word]]] = {
    "incentivised": (_("Rewarded"), _("Says that it was written for a free product or a reward.")),
    "templated": (_("From a template"), _("Many reviews say the same with a word or two exchanged.")),
    "author_burst": (_("Many by one author"), _("One author wrote unusually many on one day.")),
    "day_burst": (_("Many on one day"), _("One product got far more reviews that day than on its other days.")),
    "generated": (_("Looks generated"), _("Reads as if a machine had written it.")),
    "near_duplicate": (_("Nearly a duplicate"), _("Says nearly the same as an earlier review, and was kept.")),
}
"""Kind of suspicion → what it is called, and why it is raised."""
assert FLAG_WORDS.keys() == {*SUSPICIONS, "near_duplicate"}


def note_words(note: str) -> Word:
    """A note of a layout in words; an unknown one reads as itself."""
    code, _colon, name = note.partition(":")
    words = NOTE_WORDS.get(code)
    if words is None:
        return note
    return str(words) % {"name": name} if name else words


def form_words(layout: FileLayout) -> list[Word]:
    """What a file is, piece by piece, such as 'zip', 'Text with a delimiter (CSV)', 'UTF-8', 'comma'."""
    packed = CONTAINER_WORDS.get(layout.container, layout.container)
    told: list[Word] = [format_lazy("{} · {}", packed, layout.member) if layout.member else packed] if packed else []
    told.append(FORMAT_WORDS.get(layout.format, layout.format))
    if layout.format in {"csv", "json", "jsonl"}:
        told.append(ENCODING_WORDS.get(layout.encoding, layout.encoding))
    if layout.format == "csv":
        told.append(DELIMITER_WORDS.get(layout.delimiter, layout.delimiter))
    return [*told, layout.sheet] if layout.sheet else told


def flag_words(kind: str) -> tuple[Word, Word]:
    """A kind of suspicion in words, and its sentence."""
    return FLAG_WORDS.get(kind, (kind.replace("_", " "), ""))
