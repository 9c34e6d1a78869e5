"""What is kept of how a file was read, columns by their names, so that the next one from there is read alike."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from mlcore.specs.reviewfiles import SHEETS, FileLayout

SETTINGS: Final = ("rating_scale", "date_format", "preset", "default_praise")
STRUCTURE: Final = ("encoding", "delimiter", "quote", "header_row")
NEW_NAMED: Final = 20
"""New columns that are named, at most."""

REUSE_NOTES: Final = frozenset((
    "as_last_time", "not_as_last_time", "column_gone", "column_new", "scale_differs", "dates_differ",
))  # fmt: skip
"""Notes on how a file fits an earlier one's layout: they go when it is tried with another."""

Key = tuple[str, int]
"""A column's name, and how many of the same name stand before it."""


def kept_of(layout: FileLayout) -> dict[str, Any]:
    """What a later file's layout can be made from, as JSON has it."""
    keys = _keys(layout.columns)
    return {
        "columns": list(layout.columns),
        "mapping": {role: list(keys[place]) for role, place in layout.mapping.items()},
        "attributes": [list(keys[place]) for place in layout.attributes],
        **{name: getattr(layout, name) for name in (*SETTINGS, *STRUCTURE, "format", "sheet")},
    }


def applied(kept: Mapping[str, Any], layout: FileLayout) -> FileLayout | None:
    """A layout with what was kept of an earlier one; None when its column of texts isn't there.

    Notes say that it is so, which columns are gone or new, and where this file's ratings or dates look otherwise.
    """
    places = {key: place for place, key in enumerate(_keys(layout.columns))}
    wanted = {role: _key(pair) for role, pair in kept.get("mapping", {}).items()}
    mapping = {role: places[key] for role, key in wanted.items() if key in places}
    if "text" not in mapping:
        return None
    before = {_key(pair) for pair in kept["attributes"]}
    settings = {name: kept[name] for name in SETTINGS}
    made = replace(
        layout,
        mapping=mapping,
        attributes=tuple(place for key, place in places.items() if key in before and place not in mapping.values()),
        **settings | {"rating_scale": tuple(settings["rating_scale"])},
    )
    gone = [key[0] for key in (*wanted.values(), *before) if key not in places]
    new = [name for name in layout.columns if name and name not in kept["columns"]][:NEW_NAMED]
    return replace(made, notes=(*_notes(made, layout), *_named("column_gone", gone), *_named("column_new", new)))


def structure_of(kept: Mapping[str, Any], layout: FileLayout) -> dict[str, Any]:
    """What to set when this file's columns aren't found: how cells and header were told before."""
    if layout.format in SHEETS:
        sheet = {"sheet": kept["sheet"]} if kept.get("sheet") in layout.sheets else {}
        return sheet | {"header_row": kept["header_row"]} if "header_row" in kept else {}
    if layout.format != "csv" or kept.get("format") != "csv":
        return {}
    # UTF-8 can't be mistaken, whatever the last file was in.
    told = STRUCTURE[1:] if layout.encoding.startswith("utf") else STRUCTURE
    return {name: kept[name] for name in told}


def without_reuse(notes: Sequence[str]) -> list[str]:
    """Notes on the file itself."""
    return [note for note in notes if note.partition(":")[0] not in REUSE_NOTES]


def _keys(columns: Sequence[str]) -> list[Key]:
    seen: Counter[str] = Counter()
    keys = []
    for name in columns:
        keys.append((name, seen[name]))
        seen[name] += 1
    return keys


def _key(pair: Sequence[Any]) -> Key:
    return str(pair[0]), int(pair[1])


def _notes(made: FileLayout, seen: FileLayout) -> list[str]:
    told = ["as_last_time", *(note for note in without_reuse(seen.notes) if note != "date_order_unsure")]
    same = {role for role in ("rating", "date") if made.mapping.get(role, -1) == seen.mapping.get(role, -2)}
    if "rating" in same and made.rating_scale != seen.rating_scale:
        told.append("scale_differs")
    if "date" in same and made.date_format != seen.date_format and "date_order_unsure" not in seen.notes:
        told.append("dates_differ")
    return told


def _named(code: str, names: Sequence[str]) -> list[str]:
    return [f"{code}:{name}" for name in dict.fromkeys(names)]
