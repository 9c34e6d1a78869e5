"""An analysis's needs side by side: own products and competitors', before and after, one group and another, a table."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from ideation.catalog.models import Project
from ideation.needs.mentions import EPOCH, SEGMENTS, Ground, mentions_of
from ideation.needs.models import Analysis, Need
from ideation.reviews.models import Review
from mlcore.contrasts import Cell, Contrast, contrast, heat_map
from mlcore.mentions import UNKNOWN, Flags, ReviewTable

COLUMNS: Final = ("product", "source", "language", "segment")
"""By which groups can be told apart."""
LOOKED_AT: Final = 2000
"""Newest reviews in which the file's other columns are looked for."""
GROUPS: Final = 12
"""Groups of a table, the largest first."""
FALSE: Final = 0.1
"""q up to which a difference is called clear."""


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """Which reviews are looked at at all; empty: every one."""

    language: str = ""
    source: str = ""
    product: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """A need on two sides."""

    need: Need
    contrast: Contrast

    @property
    def is_clear(self) -> bool:
        """Whether the shares differ beyond chance, adjusted for all needs compared."""
        return self.contrast.share is not None and self.contrast.share.q <= FALSE


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two sides, or what is missing for one."""

    one: str
    other: str
    """A code for a side that has no word of its own (own, competitors, after, before, others), else its value."""
    base_one: int
    base_other: int
    """Reviews."""
    rows: list[Row] = field(default_factory=list)
    """The clear ones first, the largest difference first."""
    missing: str = ""
    """no_products, no_competitors, no_own, no_dates, no_date, one_group, empty_side; empty: nothing."""

    @property
    def clear(self) -> int:
        """How many differ beyond chance."""
        return sum(row.is_clear for row in self.rows)


@dataclass(frozen=True, kw_only=True)
class HeatRow:
    """A need in each group."""

    need: Need
    cells: list[Cell]


@dataclass(frozen=True, kw_only=True)
class Heat:
    """Needs × groups."""

    groups: list[str]
    bases: list[int]
    rows: list[HeatRow]
    left_out: int
    """Smaller groups that have no column."""


def segments_of(project: Project) -> list[str]:
    """What customers can be parted by: country, verified, and the file's other columns."""
    rows = Review.objects.filter(project_id=project.pk, ended_in=None)
    found = [name for name, missing in (("country", {"country": ""}), ("verified", {"verified": None}))
             if rows.exclude(**missing).exists()]  # fmt: skip
    kept = rows.filter(attributes__isnull=False).order_by("-pk").values_list("attributes", flat=True)[:LOOKED_AT]
    counted = Counter(str(key) for cells in kept for key in cells or () if key not in SEGMENTS)
    return [*found, *(key for key, _count in counted.most_common(30))]


def values_of(ground: Ground, column: str) -> list[tuple[str, int]]:
    """The column's values with their reviews, the commonest first."""
    codes = ground.table.column(column)
    counts = np.bincount(codes[codes != UNKNOWN], minlength=len(ground.names[column])).tolist()
    return sorted(zip(ground.names[column], counts, strict=True), key=lambda pair: (-pair[1], pair[0]))


def read(analysis: Analysis, segment: str = "") -> Ground:
    """What comparisons stand on."""
    return mentions_of(analysis, segment=segment)


def own_and_others(ground: Ground, narrowed: Narrowed) -> Comparison:
    """The brand's own products against the competitors' of its catalogue."""
    own = ground.table.own
    names = ("own", "competitors")
    if not (own == 0).any() or not (own == 1).any():
        missing = "no_products" if (own == UNKNOWN).all() else "no_own" if (own == 0).any() else "no_competitors"
        return _missing(*names, missing)
    return _compared(ground, names, own == 1, own == 0, narrowed)


def before_and_after(ground: Ground, narrowed: Narrowed, day: dt.date | None) -> Comparison:
    """Reviews from a day on against those before."""
    names = ("after", "before")
    days = ground.table.day
    if not (days >= 0).any():
        return _missing(*names, "no_dates")
    if day is None:
        return _missing(*names, "no_date")
    since = (day - EPOCH).days
    return _compared(ground, names, days >= since, (days >= 0) & (days < since), narrowed)


def groups(ground: Ground, narrowed: Narrowed, column: str, one: str, other: str) -> Comparison:
    """Reviews with one value in a column against those with another, or with any other."""
    values = values_of(ground, column)
    if len(values) < 2:
        return _missing(one, other or "others", "one_group")
    known = [name for name, _count in values]
    first = one if one in known else known[0]
    second = other if other in known and other != first else ""
    codes = ground.table.column(column)
    place = {name: code for code, name in enumerate(ground.names[column])}
    mine = codes == place[first]
    rest = codes == place[second] if second else (codes != UNKNOWN) & ~mine
    return _compared(ground, (first, second or "others"), mine, rest, narrowed)


def table_of(ground: Ground, narrowed: Narrowed, column: str) -> Heat:
    """Every need in every group of a column."""
    codes = np.where(_kept(ground, narrowed), ground.table.column(column), UNKNOWN)
    table = replace(ground.table, **{column: codes})
    made = heat_map(ground.mentions, table, len(ground.needs), column=column)
    sizes = {code: int((codes == code).sum()) for code in made.codes}
    order = sorted(range(len(made.codes)), key=lambda at: -sizes[made.codes[at]])[:GROUPS]
    return Heat(
        groups=[ground.names[column][made.codes[at]] for at in order],
        bases=[sizes[made.codes[at]] for at in order],
        rows=[
            HeatRow(need=need, cells=[made.cells[j][at] for at in order])
            for j, need in sorted(enumerate(ground.needs), key=lambda pair: pair[1].rank)
        ],
        left_out=len(made.codes) - len(order),
    )


def _missing(one: str, other: str, what: str) -> Comparison:
    return Comparison(one=one, other=other, base_one=0, base_other=0, missing=what)


def _compared(ground: Ground, names: tuple[str, str], one: Flags, other: Flags, narrowed: Narrowed) -> Comparison:
    kept = _kept(ground, narrowed)
    one, other = one & kept, other & kept
    sizes = int(one.sum()), int(other.sum())
    if not all(sizes):
        return replace(_missing(*names, "empty_side"), base_one=sizes[0], base_other=sizes[1])
    made = contrast(ground.mentions, ground.table, len(ground.needs), one=one, other=other)
    rows = [Row(need=need, contrast=made[j]) for j, need in enumerate(ground.needs)]
    rows.sort(key=lambda row: (not row.is_clear, -_size(row), row.need.rank))
    return Comparison(one=names[0], other=names[1], base_one=sizes[0], base_other=sizes[1], rows=rows)


def _size(row: Row) -> float:
    return abs(row.contrast.share.estimate.value) if row.contrast.share else -1.0


def _kept(ground: Ground, narrowed: Narrowed) -> Flags:
    """The reviews that are looked at."""
    table: ReviewTable = ground.table
    kept = np.ones(len(table), dtype=bool)
    wanted: dict[str, Any] = {name: getattr(narrowed, name) for name in ("language", "source", "product")}
    for column, value in wanted.items():
        if value:
            names = ground.names[column]
            kept &= table.column(column) == (names.index(value) if value in names else len(names))
    if narrowed.since:
        kept &= table.day >= (narrowed.since - EPOCH).days
    if narrowed.until:
        kept &= (table.day >= 0) & (table.day <= (narrowed.until - EPOCH).days)
    return kept
