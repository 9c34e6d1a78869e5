"""Weights against the bias of star samples: who writes a review is no fair draw of who bought.

People at the ends of the scale write more often, shops delete, and an export may hold one-star reviews alone. Where the
true distribution of stars is known (from the shop's summary, or a survey of buyers), each review counts for as many
customers of its rating as it stands for (post-stratification, Holt & Smith 1979).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlcore.estimates import effective_size
from mlcore.mentions import Floats

GRADES = 5


@dataclass(frozen=True, kw_only=True)
class StarWeights:
    """A weight per review, for `ReviewTable.reweighted`."""

    weight: Floats
    """Mean 1 over the rated reviews; 1 for a review without stars, of which nothing is known."""
    base: int
    """Rated reviews."""
    effective: float
    """How many equally weighted ones tell as much: (Σ w)² / Σ w² (Kish 1965). Far below `base`: correct less."""
    observed: tuple[float, ...]
    """Shares of one to five stars among the rated reviews."""
    target: tuple[float, ...]
    """Shares that the weights lead to."""
    uncovered: float
    """True share of the ratings that no review has; the others stand in for them."""


def star_weights(rating: Floats, true_shares: Sequence[float], *, strength: float = 1.0) -> StarWeights:
    """Weights that bring n ratings (1 to 5, rounded; nan: none) to the true shares of one to five stars.

    weight = (true share / observed share) ^ strength: 1 corrects in full, 0 not at all, and what lies between flattens
    the difference at less cost in effective reviews. Raises ValueError unless there are five shares from 0 on, not all
    0 where ratings are, and a strength from 0 to 1.
    """
    wanted = np.array(true_shares, dtype=np.float64)
    if wanted.shape != (GRADES,) or not (np.isfinite(wanted) & (wanted >= 0)).all() or not wanted.sum():
        raise ValueError("the true distribution needs five shares, of one to five stars, none below 0 and not all 0")
    if not 0 <= strength <= 1:
        raise ValueError("the strength of the correction lies between 0 and 1")
    wanted /= wanted.sum()
    rated = np.isfinite(rating)
    grade = np.clip(np.rint(rating[rated]), 1, GRADES).astype(np.int64) - 1
    counts = np.bincount(grade, minlength=GRADES)
    weight = np.ones(len(rating))
    if not rated.any():
        nothing = (0.0,) * GRADES
        return StarWeights(weight=weight, base=0, effective=0.0, observed=nothing, target=nothing, uncovered=1.0)
    given = counts > 0
    if not wanted[given].sum():
        raise ValueError("no review has the stars that the true distribution names")
    observed = counts / counts.sum()
    factor = np.where(given, wanted / np.where(given, observed, 1.0), 0.0) ** strength * given
    factor /= float(factor @ observed)
    weight[rated] = factor[grade]
    return StarWeights(
        weight=weight, base=int(rated.sum()), effective=effective_size(weight[rated]),
        observed=tuple(observed.tolist()), target=tuple((factor * observed).tolist()),
        uncovered=float(wanted[~given].sum()),
    )  # fmt: skip
