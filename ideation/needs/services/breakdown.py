"""Where a need is spoken of: its share in each product, source, language, month and segment, with the base of each."""

from dataclasses import dataclass
from typing import Final

from ideation.needs.mentions import Ground, mentions_of
from ideation.needs.models import Need
from ideation.needs.services.trends import month_date
from mlcore.contrasts import Part, distribution
from mlcore.mentions import UNKNOWN

BY: Final = ("product", "source", "language", "month", "segment")
MOST: Final = 24
"""Groups that are shown, the largest first; of months, the newest."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group of reviews."""

    name: str
    """Its value; a month as 2026-03; empty: not said."""
    part: Part


@dataclass(frozen=True, kw_only=True)
class Breakdown:
    """A need in every group of a column."""

    by: str
    segment: str
    groups: list[Group]
    left_out: int
    """Further groups that are not shown."""


def breakdown(need: Need, by: str, segment: str = "") -> Breakdown:
    """One need by one of BY; `segment`: the column that parts customers, for by='segment'."""
    ground = mentions_of(need.analysis, needs=[need], segment=segment if by == "segment" else "")
    parts = distribution(ground.mentions, ground.table, need=0, by=by)
    if by == "month":
        ordered = sorted(parts, key=lambda part: -part.code)
    else:
        ordered = sorted(parts, key=lambda part: (part.code == UNKNOWN, -part.share.base))
    groups = [Group(name=_name(ground, by, part.code), part=part) for part in ordered[:MOST]]
    return Breakdown(by=by, segment=segment, groups=groups, left_out=len(parts) - len(groups))


def _name(ground: Ground, by: str, code: int) -> str:
    if code == UNKNOWN:
        return ""
    return f"{month_date(code):%Y-%m}" if by == "month" else ground.names[by][code]
