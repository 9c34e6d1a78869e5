"""Who says what: the reviews as columns of numbers, and which of them speak of which need, and how.

Everything that counts needs (figures, Kano classes, trends, contrasts) stands on these two tables, whether they were
filled from sentences in memory or from the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

UNKNOWN = -1
"""The code of what a review does not say: no product, no day."""
COLUMNS = ("product", "source", "language", "segment", "own")
"""The coded columns by which reviews can be told apart."""


@dataclass(frozen=True, kw_only=True)
class ReviewTable:
    """n reviews, one entry each in every column. Raises ValueError if the columns differ in length."""

    rating: Floats
    """Stars, 1 to 5; nan: none given."""
    day: Ints
    """Days since 1 January 1970; −1: unknown."""
    product: Ints
    source: Ints
    language: Ints
    segment: Ints
    """Codes from 0 on; −1: unknown."""
    own: Ints
    """1 the brand's own product, 0 a competitor's, −1 unknown."""
    weight: Floats
    """How many reviews each one stands for; all ones unless a correction says otherwise."""

    def __post_init__(self) -> None:
        columns = [self.rating, self.day, self.weight, *(self.column(name) for name in COLUMNS)]
        if any(c.shape != (len(self),) for c in columns):
            raise ValueError("every column of the reviews needs one entry per review")
        if not (np.isfinite(self.weight) & (self.weight >= 0)).all():
            raise ValueError("weights of reviews are numbers from 0 on")

    def __len__(self) -> int:
        return len(self.rating)

    def column(self, name: str) -> Ints:
        """The codes of one of COLUMNS. Raises ValueError for another name."""
        if name not in COLUMNS:
            raise ValueError(f"no column {name!r}; there are: {', '.join(COLUMNS)}")
        return np.asarray(getattr(self, name))

    @property
    def rated(self) -> Flags:
        """Which reviews carry stars."""
        return np.isfinite(self.rating)

    def reweighted(self, weight: Floats) -> Self:
        """The same reviews with other weights."""
        return replace(self, weight=weight)


def review_table(
    rating: ArrayLike | Sequence[float | None], *, day: ArrayLike | None = None, weight: ArrayLike | None = None,
    **codes: ArrayLike,
) -> ReviewTable:  # fmt: skip
    """A table from any sequences; columns that are not given are unknown. `rating` may hold None or nan.

    Raises ValueError if lengths differ or a column of `codes` is none of COLUMNS.
    """
    stars = np.array(rating, dtype=np.float64).reshape(-1)
    if strange := set(codes) - set(COLUMNS):
        raise ValueError(f"no column {', '.join(sorted(strange))}; there are: {', '.join(COLUMNS)}")

    def coded(values: ArrayLike | None) -> Ints:
        return np.full(len(stars), UNKNOWN) if values is None else np.array(values, dtype=np.int64).reshape(-1)

    return ReviewTable(
        rating=stars, day=coded(day),
        weight=np.ones(len(stars)) if weight is None else np.array(weight, dtype=np.float64),
        **{name: coded(codes.get(name)) for name in COLUMNS},
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Mentions:
    """m pairs of a review and a need that it speaks of, each pair once."""

    review: Ints
    """Row of the review in its table."""
    need: Ints
    """Number of the need, from 0 on."""
    sentiment: Floats
    """−1 to 1: the mean of the review's sentences on the need."""

    def __post_init__(self) -> None:
        if not self.review.shape == self.need.shape == self.sentiment.shape == (len(self),):
            raise ValueError("review, need and sentiment of the mentions need the same length")
        if len(self) and min(self.review.min(), self.need.min()) < 0:
            raise ValueError("reviews and needs are numbered from 0 on")
        if not (np.abs(self.sentiment) <= 1).all():
            raise ValueError("a sentiment lies between -1 and 1")

    def __len__(self) -> int:
        return len(self.review)

    @classmethod
    def of_sentences(cls, review: ArrayLike, need: ArrayLike, sentiment: ArrayLike) -> Self:
        """Mentions from one entry per sentence and need: sentences of one review on one need are averaged."""
        reviews, needs = np.array(review, dtype=np.int64), np.array(need, dtype=np.int64)
        feelings = np.array(sentiment, dtype=np.float64)
        if not reviews.shape == needs.shape == feelings.shape == (len(reviews),):
            raise ValueError("review, need and sentiment of the sentences need the same length")
        width = int(needs.max(initial=0)) + 1
        pairs, place = np.unique(reviews * width + needs, return_inverse=True)
        mean = np.bincount(place, weights=feelings, minlength=len(pairs)) / np.bincount(place, minlength=len(pairs))
        return cls(review=pairs // width, need=pairs % width, sentiment=np.clip(mean, -1, 1))

    def within(self, reviews: Flags) -> Self:
        """Only the mentions by the flagged reviews (one flag per review of the table)."""
        kept = reviews[self.review]
        return replace(self, review=self.review[kept], need=self.need[kept], sentiment=self.sentiment[kept])

    def matrix(self, values: ArrayLike, shape: tuple[int, int]) -> csr_array:
        """Sparse reviews × needs with one of `values` per mention. Raises ValueError if a mention lies outside."""
        if len(self) and (self.review.max() >= shape[0] or self.need.max() >= shape[1]):
            raise ValueError("a mention lies outside the reviews or the needs")
        return csr_array((np.array(values, dtype=np.float64), (self.review, self.need)), shape=shape)
