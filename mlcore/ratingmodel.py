"""What moves the stars: a ridge regression of ratings, kept as sums over reviews so that resampling costs little.

Least squares needs nothing of the data but the sums of products of its columns. Each review's products are laid down
once, as a sparse row; the sums of any resample of the reviews are then one matrix product, and all its regressions are
solved at once.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array, hstack

from mlcore.mentions import Floats, Ints, ReviewTable

LEAST_RATINGS = 20
"""Rated reviews without which nothing is said of the stars."""
STARS = 4.0
"""The room that a rating of one to five stars has."""


@dataclass(frozen=True, kw_only=True)
class RatingModel:
    """stars = intercept + Σ coefficient · column, coefficients shrunk towards 0 (Hoerl & Kennard 1970).

    minimises Σ w(stars − fit)² + penalty · Σ coefficient²; the intercept is not shrunk.
    """

    products: csr_array
    """n × K: each review's products of two columns, then of each column with the stars; 0 where it has no stars."""
    left: Ints
    right: Ints
    """Which two columns the first products are of; column 0 is the intercept."""
    width: int
    """Columns, the intercept included."""

    @classmethod
    def of(cls, columns: csr_array, table: ReviewTable) -> Self | None:
        """From n × p columns. None if less than 20 reviews are rated, or all alike: then nothing moves the stars."""
        counted = table.rated & (table.weight > 0)
        stars = np.where(counted, table.rating, 0.0)
        if counted.sum() < LEAST_RATINGS or np.ptp(table.rating[counted]) == 0:
            return None
        ones = csr_array(np.ones((len(table), 1)))
        filled = csr_array(diags_array(counted.astype(np.float64)) @ hstack([ones, columns], format="csr"))
        filled.eliminate_zeros()
        pairs, left, right = pair_products(filled)
        products = hstack([pairs, diags_array(stars) @ filled], format="csr")
        return cls(products=products, left=left, right=right, width=filled.shape[1])

    def solve(self, sums: Floats, penalty: float) -> Floats:
        """draws × K sums of the products, each positive in its weights → draws × width coefficients.

        A draw without any rated review has no intercept and gets zeros.
        """
        draws, pairs = len(sums), len(self.left)
        square = np.zeros((draws, self.width, self.width))
        square[:, self.left, self.right] = sums[:, :pairs]
        square[:, self.right, self.left] = sums[:, :pairs]
        inner = np.arange(1, self.width)
        square[:, inner, inner] += penalty
        square[:, 0, 0] = np.where(square[:, 0, 0] > 0, square[:, 0, 0], 1.0)
        return np.asarray(np.linalg.solve(square, sums[:, pairs:, None])[..., 0])


def pair_products(columns: csr_array) -> tuple[csr_array, Ints, Ints]:
    """Products of every two columns that some review fills both: n × pairs, and the two columns of each."""
    filled = np.diff(columns.indptr)
    row = np.repeat(np.arange(len(filled)), filled)
    times = filled[row]
    first = np.repeat(np.arange(len(row)), times)
    second = np.arange(len(first)) - np.repeat(np.cumsum(times) - times, times) + np.repeat(columns.indptr[row], times)
    kept = columns.indices[first] <= columns.indices[second]
    first, second = first[kept], second[kept]
    width = columns.shape[1]
    code, place = np.unique(columns.indices[first] * np.int64(width) + columns.indices[second], return_inverse=True)
    values: NDArray[np.float64] = columns.data[first] * columns.data[second]
    return csr_array((values, (row[first], place)), shape=(len(filled), len(code))), code // width, code % width
