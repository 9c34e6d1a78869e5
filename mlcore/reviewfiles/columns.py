"""Proposes what each column is: by the names that files use, by a marketplace's own, and at last by its content."""

import re
from collections.abc import Mapping, Sequence

from mlcore.reviewfiles.headers import ATTRIBUTES, KINDS, NAMES, PRESETS
from mlcore.reviewfiles.platforms import KIND_CELLS
from mlcore.specs.reviewfiles import ROLES

LONGEST = 80
"""Characters of a header that are looked at; none that is known has more."""
LEAST_TEXT = 15
"""Characters that an unnamed column's cells have on average before it is taken for the text."""


def plain(name: str) -> str:
    """A header without what differs from file to file: case, dashes, brackets, 'reviewText' for 'review text'."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", name[:LONGEST].strip().strip("\ufeff\"'*:："))
    without = re.sub(r"[(（\[【][^)）\]】]*[)）\]】]", " ", spaced)
    return re.sub(r"[\s_\-.]+", " ", without if without.strip() else spaced).strip().lower()


def is_named(name: str) -> bool:
    """Whether a header is one that review files are known to have."""
    return plain(name) in ATTRIBUTES or any(plain(name) in names for names in NAMES.values())


def preset_of(columns: Sequence[str]) -> str:
    """The marketplace whose export has these columns; empty when none is told."""
    names = {plain(name) for name in columns}
    scores = {key: len(names & preset.telling) for key, preset in PRESETS.items()}
    best = max(scores, key=lambda key: scores[key])
    return best if scores[best] >= PRESETS[best].needed else ""


def mapping_of(columns: Sequence[str], rows: Sequence[Sequence[str]], preset: str = "") -> dict[str, int]:
    """role → index of its column. Without "text" when no column looks like one."""
    names = [plain(name) for name in columns]
    own: Mapping[str, tuple[str, ...]] = PRESETS[preset].names if preset else {}
    kinds = [place for place, name in enumerate(names) if name in KINDS and _is_kind(cells_at(rows, place))]
    mapping = {"kind": kinds[0]} if kinds else {}
    for wanted in (own, NAMES):
        for role in ROLES:
            place = _place(names, wanted.get(role, ()), rows, taken=set(mapping.values()))
            if role not in mapping and place is not None:
                mapping[role] = place
    if "text" not in mapping:
        _take_longest(mapping, columns, rows)
    if "kind" not in mapping and "follow_up" not in mapping and preset == "":
        # An order's number ties follow-ups to first reviews and is nobody's business otherwise.
        mapping.pop("first_id", None)
    return {role: mapping[role] for role in ROLES if role in mapping}


def _is_kind(cells: Sequence[str]) -> bool:
    """Whether a column's cells tell first reviews from follow-ups."""
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(re.search(KIND_CELLS, cell) for cell in filled)


def _place(names: list[str], wanted: Sequence[str], rows: Sequence[Sequence[str]], *, taken: set[int]) -> int | None:
    places = [index for name in wanted for index, one in enumerate(names) if one == name and index not in taken]
    # Of columns that might be it, an empty one is the last choice.
    return next((place for place in places if any(cells_at(rows, place))), places[0] if places else None)


def _take_longest(mapping: dict[str, int], columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    free = [index for index in range(len(columns)) if index not in mapping.values() or mapping.get("title") == index]
    lengths = {index: sum(map(len, cells_at(rows, index))) / max(1, len(rows)) for index in free}
    longest = max(lengths, key=lambda index: lengths[index], default=-1)
    if longest >= 0 and lengths[longest] >= LEAST_TEXT:
        for role in [role for role, index in mapping.items() if index == longest]:
            del mapping[role]
        mapping["text"] = longest


def attributes_of(columns: Sequence[str], mapping: Mapping[str, int]) -> tuple[int, ...]:
    """Columns worth keeping under their own names."""
    taken = set(mapping.values())
    return tuple(index for index, name in enumerate(columns) if index not in taken and plain(name) in ATTRIBUTES)


def cells_at(rows: Sequence[Sequence[str]], index: int | None) -> list[str]:
    """A column's cells, trimmed."""
    return [] if index is None else [row[index].strip() for row in rows if index < len(row)]
