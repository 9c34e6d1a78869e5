"""How customers rate products, the brand's own beside those of competitors."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Q, Sum

from ideation.catalog.models import Product, Project
from ideation.reviews.models import Review

STARS: Final = (5, 4, 3, 2, 1)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Of some products' reviews: how many there are, and how many stars they give."""

    reviews: int = 0
    rated: int = 0
    total: float = 0.0
    """All ratings added up."""
    stars: tuple[int, ...] = (0, 0, 0, 0, 0)
    """How many give 5, 4, 3, 2, 1 stars, to the nearest."""

    @property
    def mean(self) -> float | None:
        """The mean rating; None where nobody has rated."""
        return self.total / self.rated if self.rated else None

    @property
    def segments(self) -> list[tuple[float, float, float]]:
        """Of a bar of a hundred: where each number of stars begins, how wide it is, and how strongly it is drawn."""
        found, at = [], 0.0
        for star, _count, percent in self.shares:
            found.append((at, percent, 0.15 + 0.2 * (star - 1)))
            at += percent
        return found

    @property
    def shares(self) -> list[tuple[int, int, float]]:
        """(stars, how many, percent of the rated ones)."""
        pairs = zip(STARS, self.stars, strict=True)
        return [(star, count, 100 * count / self.rated if self.rated else 0.0) for star, count in pairs]


def figures_of(project: Project) -> dict[uuid.UUID, Figures]:
    """Product → the figures of its reviews, in one pass; replaced forms of corrected reviews don't count."""
    counts = {f"stars_{star}": Count("pk", filter=_near(star)) for star in STARS}
    rows = Review.objects.filter(project_id=project.pk, ended_in=None, product__isnull=False).order_by()
    found: Any = rows.values("product_id").annotate(
        reviews=Count("pk"), rated=Count("rating"), total=Sum("rating"), **counts
    )
    return {
        row["product_id"]: Figures(
            reviews=row["reviews"],
            rated=row["rated"],
            total=row["total"] or 0.0,
            stars=tuple(row[f"stars_{star}"] for star in STARS),
        )
        for row in found
    }


def _near(star: int) -> Q:
    return Q(rating__gte=star - 0.5, rating__lt=star + 0.5)


def summed(figures: Iterable[Figures]) -> Figures:
    """Several products' figures as one."""
    each = list(figures)
    return Figures(
        reviews=sum(one.reviews for one in each),
        rated=sum(one.rated for one in each),
        total=sum(one.total for one in each),
        stars=tuple(sum(one.stars[place] for one in each) for place in range(len(STARS))),
    )


@dataclass(frozen=True, kw_only=True)
class Sides:
    """The brand's own products beside competitors'."""

    own: Figures
    competitors: Figures

    @property
    def pairs(self) -> list[dict[str, float]]:
        """Star by star, both sides' shares."""
        return pairs(self.own, self.competitors)


def pairs(left: Figures, right: Figures) -> list[dict[str, float]]:
    """Star by star, what part of the rated reviews gives so many on either side, in percent."""
    both = zip(left.shares, right.shares, strict=True)
    return [{"star": star, "left": one, "right": other} for (star, _n, one), (_star, _m, other) in both]


def sides(project: Project, figures: dict[uuid.UUID, Figures]) -> Sides:
    """Both sides, each as one."""
    theirs = set(Product.objects.filter(project=project, is_competitor=True).values_list("pk", flat=True))
    return Sides(
        own=summed(one for key, one in figures.items() if key not in theirs),
        competitors=summed(one for key, one in figures.items() if key in theirs),
    )
