"""Ratings as grades: how the odds of more stars move, whatever room the top of the scale leaves.

The proportional odds model (McCullagh 1980): log odds(stars > k) = threshold_k + Σ coefficient · column, for each
border k between two grades. Fitted by the estimating equations of its cumulative indicators under independence
(Lipsitz, Kim & Zhao 1994), which are a logistic regression with one row for each review and border; reviews are
independent of each other, not their borders, and the sandwich covariance says so.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.special import expit, logit

from mlcore.mentions import Floats
from mlcore.ratingmodel import pair_products

STEPS = 50
LONGEST = 2.0
"""Log odds that a coefficient moves in one step at most."""


@dataclass(frozen=True, kw_only=True)
class Odds:
    """A fitted model of p columns with b borders between grades."""

    lowest: int
    """Stars below the first border."""
    parameters: Floats
    """b thresholds, then p coefficients, in log odds."""
    covariance: Floats
    """Of the parameters; b + p squared."""
    borders: int


def fit_odds(columns: csr_array, stars: Floats, weight: Floats, penalty: float) -> Odds:
    """Fits n grades (rounded) on n × p columns by Newton steps with a ridge penalty on the coefficients.

    The penalty works like as many reviews without effect, and counts as such in the covariance
    H⁻¹ (Σ scores·scoresᵀ + penalty) H⁻¹, so that a side without any contradiction is not taken for certain.
    Raises ValueError if all grades are the same.
    """
    grades = np.rint(stars)
    steps = np.unique(grades)[:-1]
    if not len(steps):
        raise ValueError("grades that are all the same move with nothing")
    above = (grades[:, None] > steps).astype(np.float64)
    products, left, right = pair_products(columns)
    b, p = len(steps), columns.shape[1]
    shrink = np.concatenate([np.zeros(b), np.full(p, penalty)])
    theta = np.concatenate([logit(np.clip(weight @ above / weight.sum(), 1e-6, 1 - 1e-6)), np.zeros(p)])

    def square(corner: Floats, edge: Floats, inner: Floats) -> Floats:
        """b × b, p × b, and one weight per review for the p × p products → one symmetric matrix."""
        whole = np.zeros((b + p, b + p))
        whole[:b, :b], whole[b:, :b], whole[:b, b:] = corner, edge, edge.T
        sums = products.T @ inner
        whole[b + left, b + right] = whole[b + right, b + left] = sums
        return whole

    for _ in range(STEPS):
        chance = expit(theta[:b] + (columns @ theta[b:])[:, None])
        rest = (above - chance) * weight[:, None]
        curve = chance * (1 - chance) * weight[:, None]
        hessian = square(np.diag(curve.sum(axis=0)), columns.T @ curve, curve.sum(axis=1)) + np.diag(shrink)
        score = np.concatenate([rest.sum(axis=0), columns.T @ rest.sum(axis=1)]) - shrink * theta
        step = np.linalg.solve(hessian, score)
        theta = theta + step * min(1.0, LONGEST / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < 1e-8:
            break
    total = rest.sum(axis=1)
    meat = square(rest.T @ rest, columns.T @ (rest * total[:, None]), total**2) + np.diag(shrink)
    inverse = np.linalg.inv(hessian)
    return Odds(lowest=int(steps[0]), parameters=theta, covariance=inverse @ meat @ inverse, borders=b)
