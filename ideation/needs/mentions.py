"""Reads an analysis as columns of numbers: its reviews, and which of them speak of which need, and how."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform

from ideation.catalog.models import Product
from ideation.needs.models import Analysis, Evidence, Need
from ideation.needs.querysets import needs_of
from ideation.reviews.models import Review
from ideation.reviews.querysets import reviews_in
from mlcore.mentions import UNKNOWN, Mentions, ReviewTable, review_table

EPOCH: Final = dt.date(1970, 1, 1)
SEGMENTS: Final = {"country": "country", "verified": "verified"}
"""Segments that are columns of their own; any other is one of the file's other columns."""
FETCHED = 5000


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What all figures of an analysis stand on."""

    table: ReviewTable
    mentions: Mentions
    needs: list[Need]
    """Number of a need in the mentions → the need."""
    reviews: list[uuid.UUID]
    """Row in the table → the review."""
    names: dict[str, list[str]]
    """Coded column → the value that each code stands for."""


class _Codes:
    """Numbers for values, in the order in which they come."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}

    def code(self, value: Any) -> int:
        return UNKNOWN if value in (None, "") else self.names.setdefault(str(value), len(self.names))


def mentions_of(analysis: Analysis, *, needs: Sequence[Need] | None = None, segment: str = "") -> Ground:
    """Reads the analysis's reviews and the needs that they show; `segment` names the column that parts customers."""
    chosen = list(needs_of(analysis)) if needs is None else list(needs)
    number = {need.pk: place for place, need in enumerate(chosen)}
    reviews, table, names = _reviews(analysis, segment)
    place = {key: row for row, key in enumerate(reviews)}
    shown = Evidence.objects.filter(need__in=list(number)).order_by()
    fields = ("sentence__review", "need", "sentence__sentiment")
    said = [row for row in shown.values_list(*fields).iterator(chunk_size=FETCHED) if row[0] in place]
    mentions = Mentions.of_sentences(
        [place[review] for review, _, _ in said], [number[need] for _, need, _ in said], [felt for _, _, felt in said]
    )
    return Ground(table=table, mentions=mentions, needs=chosen, reviews=reviews, names=names)


def read_in(analysis: Analysis) -> QuerySet[Review]:
    """The reviews that an analysis read: those of its version without the suspicious ones that it left out."""
    found = reviews_in(analysis.version)
    without = analysis.spec.get("without", [])
    return found.exclude(flags__has_any_keys=without) if without else found


def _reviews(analysis: Analysis, segment: str) -> tuple[list[uuid.UUID], ReviewTable, dict[str, list[str]]]:
    own = dict(Product.objects.filter(project=analysis.project_id).values_list("id", "is_competitor"))
    titles = dict(Product.objects.filter(project=analysis.project_id).values_list("id", "name"))
    codes = {name: _Codes() for name in ("product", "source", "language", "segment")}
    columns: dict[str, list[Any]] = {name: [] for name in ("rating", "day", "own", *codes)}
    ids: list[uuid.UUID] = []
    fields = ("id", "rating", "date", "product_id", "product_name", "source", "language")
    part = _segment(segment)
    rows = read_in(analysis).order_by("id").values_list(*fields, *([part] if part is not None else []))
    for key, rating, date, product, name, source, language, *rest in rows.iterator(chunk_size=FETCHED):
        ids.append(key)
        columns["rating"].append(rating)
        columns["day"].append((date - EPOCH).days if date else UNKNOWN)
        columns["own"].append(UNKNOWN if product is None else int(not own[product]))
        values = (titles.get(product) or name, source, language, rest[0] if rest else None)
        for column, value in zip(codes, values, strict=True):
            columns[column].append(codes[column].code(value))
    return ids, review_table(**columns), {name: list(code.names) for name, code in codes.items()}


def _segment(segment: str) -> Any:
    if not segment:
        return None
    return SEGMENTS[segment] if segment in SEGMENTS else KeyTextTransform(segment, "attributes")
