"""The form on which a person corrects how a file is read: how its cells are found, and what its columns are."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ideation.base.errors import sentence
from ideation.reviews.models import DatasetImport, ReviewSource
from ideation.reviews.words import (
    DATE_WORDS,
    DELIMITER_WORDS,
    ENCODING_WORDS,
    FORMAT_WORDS,
    PRESET_WORDS,
    QUOTE_WORDS,
    ROLE_WORDS,
    USUAL,
    Word,
)
from mlcore.reviewfiles.limits import SAMPLE_ROWS
from mlcore.reviewfiles.rereading import STRUCTURE, TEXTS
from mlcore.specs.reviewfiles import ROLES, SHEETS, FileLayout, layout_of

EXAMPLE: Final = 70
"""Characters of a cell that are shown beside a column's role."""
HIDDEN: Final = "…"
NOT_SHOWN: Final = frozenset(("follow_up", "follow_up_date", "kind"))
"""Roles that make rows of their own, or follow-ups."""
MARKS: Final = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar", "^": "caret", "\x1f": "none"}
"""Delimiter → what a form sends for it, since browsers take blanks away."""
YES_NO: Final = [("yes", _("yes")), ("no", _("no"))]
NEAR: Final = [
    ("leave_out", _("Leave it out, and count it as a duplicate")),
    ("keep", _("Keep it, and flag it")),
]


class MappingForm(forms.Form):
    """How a file is read, each setting as it is; what isn't sent stays, but a role that isn't sent has no column.

    `final` when the import is to begin with it; before that the texts may still be looked for.
    """

    def __init__(self, data: Any = None, *, dataset_import: DatasetImport, final: bool = True) -> None:
        super().__init__(data)
        self.final = final
        self.found = dataset_import
        self.layout = layout_of(dataset_import.layout)
        self.fields |= {**_structure(self.layout), **self._meaning(), **self._roles(), **self._options()}

    def _meaning(self) -> dict[str, forms.Field]:
        layout = self.layout
        low, high = layout.rating_scale
        free = [place for place in range(len(layout.columns)) if place not in layout.mapping.values()]
        return {
            "preset": _choice(
                _("Marketplace"), [("", pgettext_lazy("marketplace", "another")), *_pairs(PRESET_WORDS)], layout.preset
            ),
            "default_praise": _choice(
                _("Leave out praise that a platform wrote for silent customers (系统默认好评)"),
                YES_NO,
                "yes" if layout.default_praise else "no",
            ),
            "rating_low": forms.FloatField(label=_("Worst"), required=False, initial=f"{low:g}", widget=_number()),
            "rating_high": forms.FloatField(label=_("Best"), required=False, initial=f"{high:g}", widget=_number()),
            "date_format": _choice(_("Form of dates"), _pairs(DATE_WORDS), layout.date_format),
            "attributes": forms.TypedMultipleChoiceField(
                label=_("Kept under their own names"),
                required=False,
                coerce=int,
                choices=[(str(place), self.column(place)) for place in free],
                initial=[str(place) for place in layout.attributes],
                widget=forms.CheckboxSelectMultiple,
            ),
        }

    def _roles(self) -> dict[str, forms.Field]:
        columns = [(str(place), self.column(place)) for place in range(len(self.layout.columns))]
        return {
            role: forms.TypedChoiceField(
                label=label,
                help_text=hint,
                required=role == "text" and self.final,
                coerce=int,
                empty_value=None,
                choices=[("", _("Choose…") if role == "text" else pgettext_lazy("column", "none")), *columns],
                initial=self.layout.mapping.get(role, ""),
                error_messages={"required": sentence("no_text_column")},
            )
            for role, (label, hint) in ROLE_WORDS.items()
        }

    def _options(self) -> dict[str, forms.Field]:
        known = [one.name for one in self.sources]
        named = self.found.source.name if self.found.source else ""
        options: dict[str, forms.Field] = {
            "source_name": forms.CharField(
                label=_("Where the file comes from"),
                help_text=_("How it is read is kept under this name, and the next file from there is read alike."),
                required=False,
                max_length=100,
                initial=named or str(PRESET_WORDS.get(self.layout.preset, "")) or Path(self.found.file_name).stem[:100],
                widget=forms.TextInput(attrs={"list": "sources", "autocomplete": "off"}),
            ),
            "near_duplicates": _choice(
                _("A review that says nearly the same as another one"),
                NEAR,
                self.found.layout.get("near_duplicates", "leave_out"),
            ),
        }
        if known:
            options["read_as"] = _choice(_("Read it as the last file of"), [("", "–"), *((n, n) for n in known)], named)
        return options

    @cached_property
    def sources(self) -> QuerySet[ReviewSource]:
        """The dataset's sources of which a file was read before."""
        return ReviewSource.objects.filter(dataset=self.found.dataset, layout__has_key="mapping")

    def column(self, place: int) -> str:
        """A column by its name, by its number where it has none, by both where others have the same."""
        name = self.layout.columns[place]
        if not name:
            return f"#{place + 1}"
        return f"{name} (#{place + 1})" if self.layout.columns.count(name) > 1 else name

    def example(self, place: int | None) -> str:
        """The first cell of a column that holds anything; of authors never."""
        if place is None or place == self.layout.mapping.get("author"):
            return HIDDEN if place is not None else ""
        cells = (row[place] for row in self.layout.sample if place < len(row) and row[place].strip())
        return next(cells, "")[:EXAMPLE]

    def _examples(self, roles: Iterable[str]) -> list[tuple[forms.BoundField, str]]:
        return [(self[role], self.example(self.layout.mapping.get(role))) for role in roles]

    @property
    def usual(self) -> list[tuple[forms.BoundField, str]]:
        """The roles that most files have, each with an example of its column."""
        return self._examples(USUAL)

    @property
    def more(self) -> list[tuple[forms.BoundField, str]]:
        """The others."""
        return self._examples(role for role in ROLES if role not in USUAL)

    @property
    def more_are_set(self) -> bool:
        """Whether one of the others has a column."""
        return any(role in self.layout.mapping for role in ROLES if role not in USUAL)

    @property
    def kept(self) -> list[tuple[Any, str]]:
        """The columns that can be kept under their own names, each with an example."""
        return [(box, self.example(int(str(box.data["value"])))) for box in self["attributes"]]

    @property
    def structure(self) -> list[forms.BoundField]:
        """How cells are found in this file."""
        return [self[name] for name in self.fields if name in STRUCTURE]

    @property
    def preset_word(self) -> Word:
        """The marketplace whose export the file is."""
        return PRESET_WORDS.get(self.layout.preset, self.layout.preset)

    @property
    def roles_read(self) -> list[tuple[str, Word]]:
        """The roles under which first rows are shown as read, each with its word."""
        return [(role, ROLE_WORDS[role][0]) for role in ROLES if role in self.layout.mapping and role not in NOT_SHOWN]

    @property
    def first_rows(self) -> list[list[str]]:
        """The first rows as they stand in the file, without authors."""
        author = self.layout.mapping.get("author")
        return [[HIDDEN if place == author else cell for place, cell in enumerate(row)] for row in self.layout.sample]

    @property
    def columns(self) -> list[str]:
        """All columns by name."""
        return [self.column(place) for place in range(len(self.layout.columns))]

    def clean(self) -> dict[str, Any]:
        """One column can't be two things, and a scale has two different ends."""
        cleaned = super().clean() or {}
        chosen = [cleaned[role] for role in ROLES if cleaned.get(role) is not None]
        if len(chosen) != len(set(chosen)):
            raise forms.ValidationError(_("One column is chosen twice. Give each column one meaning."))
        low, high = self._scale(cleaned)
        if not -1e6 <= low < high <= 1e6:
            self.add_error("rating_high", _("The best must be more than the worst."))
        return cleaned

    def _scale(self, cleaned: dict[str, Any]) -> tuple[float, float]:
        ends = cleaned.get("rating_low"), cleaned.get("rating_high")
        low, high = (one if one is not None else old for one, old in zip(ends, self.layout.rating_scale, strict=True))
        return low, high

    @property
    def mapping(self) -> dict[str, int]:
        """role → index of its column, as the services take it."""
        return {role: self.cleaned_data[role] for role in ROLES if self.cleaned_data[role] is not None}

    @property
    def changes(self) -> dict[str, Any]:
        """What the person has set otherwise than it is, as layout_change takes it.

        Where cells are found in another way, the columns of the old way mean nothing.
        """
        asked = {*self.data, *(["attributes"] if "attributes_shown" in self.data else [])}
        sent = {name: self.cleaned_data[name] for name in self.fields if name in asked and name not in ROLES}
        beside = {name: value for name, value in sent.items() if name == "near_duplicates" and value != self._near()}
        found = _told(sent, self.layout)
        structure = {name: value for name, value in found.items() if name in STRUCTURE}
        if structure or "preset" in found:
            return (structure or {"preset": found["preset"]}) | beside
        if self.mapping != dict(self.layout.mapping):
            found["mapping"] = self.mapping
        if "rating_low" in self.data and (scale := self._scale(self.cleaned_data)) != self.layout.rating_scale:
            found["rating_scale"] = scale
        return found | beside

    def _near(self) -> str:
        return str(self.found.layout.get("near_duplicates", "leave_out"))

    @property
    def moves_columns(self) -> bool:
        """Whether what is set makes other columns, which nobody has seen yet."""
        return bool(self.changes.keys() & {*STRUCTURE, "preset"})

    @property
    def read_as(self) -> ReviewSource | None:
        """The source that the person chose to read the file as, if it wasn't so already."""
        name = self.cleaned_data.get("read_as")
        if not name or (self.found.source and self.found.source.name == name):
            return None
        return self.sources.filter(name=name).first()

    @property
    def source_name(self) -> str | None:
        """The source's name; None where the form wasn't asked."""
        return str(self.cleaned_data["source_name"]) if "source_name" in self.data else None


def _structure(layout: FileLayout) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {}
    if layout.format in TEXTS:
        fields["format"] = _choice(_("Form"), [(name, FORMAT_WORDS[name]) for name in TEXTS], layout.format)
        fields["encoding"] = _choice(_("Encoding"), _with(ENCODING_WORDS, layout.encoding), layout.encoding)
    if layout.format == "csv":
        marks = [(MARKS.get(mark, mark), word) for mark, word in _with(DELIMITER_WORDS, layout.delimiter)]
        quotes = [(quote or "none", word) for quote, word in _with(QUOTE_WORDS, layout.quote)]
        fields["delimiter"] = _choice(_("Delimiter"), marks, MARKS.get(layout.delimiter, layout.delimiter))
        fields["quote"] = _choice(_("Quotes around cells"), quotes, layout.quote or "none")
    if len(layout.sheets) > 1:
        fields["sheet"] = _choice(_("Sheet"), [(name, name) for name in layout.sheets], layout.sheet)
    if layout.format in {"csv", *SHEETS}:
        last = max(layout.header_row, min(SAMPLE_ROWS - 1, len(layout.sample)))
        rows = [("-1", _("no row")), *((str(n), _("row %(n)s") % {"n": n + 1}) for n in range(last + 1))]
        fields["header_row"] = _choice(_("Columns are named by"), rows, str(layout.header_row))
    return fields


def _told(sent: dict[str, Any], layout: FileLayout) -> dict[str, Any]:
    """Fields of the layout that are sent and differ."""
    values = {name: value for name, value in sent.items() if value != "" or name == "preset"}
    if "delimiter" in values:
        values["delimiter"] = {name: mark for mark, name in MARKS.items()}.get(values["delimiter"], values["delimiter"])
    if "quote" in values:
        values["quote"] = "" if values["quote"] == "none" else values["quote"]
    if "header_row" in values:
        values["header_row"] = int(values["header_row"])
    if "default_praise" in values:
        values["default_praise"] = values["default_praise"] == "yes"
    if "attributes" in values:
        values["attributes"] = tuple(values["attributes"])
    known = ("format", "encoding", "delimiter", "quote", "header_row", "sheet", "preset", "default_praise",
             "date_format", "attributes")  # fmt: skip
    return {name: values[name] for name in known if name in values and values[name] != getattr(layout, name)}


def _choice(label: Any, choices: Sequence[tuple[str, Any]], value: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=choices, initial=value)


def _pairs(words: dict[str, Word]) -> list[tuple[str, Word]]:
    return list(words.items())


def _with(words: dict[str, Word], value: str) -> list[tuple[str, Word]]:
    """The choices, and what the file has where it isn't among them."""
    return [*words.items(), *([(value, value)] if value not in words else [])]


def _number() -> forms.NumberInput:
    return forms.NumberInput(attrs={"step": "any"})
