"""Kano classes from stars: whether a need's praise lifts the rating as much as its complaint lowers it.

Penalty–reward contrast analysis (Brandt 1987; Mikulić & Prebežac 2011, 'A critical review of techniques for
classifying quality attributes in the Kano model') on two dummies a need: praised and complained of. Ratings of reviews
crowd at five stars, where praise has no room left and a regression of the stars would call nearly every need a must-be;
the contrast is therefore one of odds: how much praise raises, and complaint lowers, the odds of more stars.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.sparse import csr_array, hstack
from scipy.special import expit

from mlcore.estimates import LEVEL, Estimate
from mlcore.mentions import Floats, Ints, Mentions, ReviewTable
from mlcore.ordinal import Odds, fit_odds
from mlcore.ratingmodel import LEAST_RATINGS
from mlcore.stability import spread

Kind = Literal["must_be", "performance", "attractive", "indifferent"]
Rule = Literal[
    "complaint_outweighs", "praise_outweighs", "both_move", "neither_moves",
    "unclear", "too_few_praised", "too_few_complained", "too_few_ratings",
]  # fmt: skip

CLEAR = 0.2
"""Sentiment from which on a mention is praise, and below the negative of which it is a complaint."""
LEAST = 10
"""Rated reviews that must praise, and as many that must complain: fewer tell nothing of an effect."""
LEAN = 0.25
"""Asymmetry from which on one side outweighs the other: then it is at least 1.67 times the other."""
SLIGHT = 0.4
"""Log odds below which an effect is of no concern: the odds of more stars change by less than half (e^0.4 = 1.49)."""
RIDGE = 0.5
"""Ridge penalty of the log odds: keeps the effect finite where everybody who praises gives five stars."""
SIMULATED = 2000
"""Draws from the coefficients' normal distribution, from which the intervals are read."""


@dataclass(frozen=True, kw_only=True)
class KanoClass:
    """A need's class, the rule by which it has it, and the numbers of the rule."""

    kind: Kind | None
    """None: the reviews don't settle it; `rule` says why."""
    rule: Rule
    praised: int
    complained: int
    """Rated reviews that praise the need, and that complain of it."""
    base: int
    """Rated reviews on which the regression stands."""
    expected: float | None
    """Stars of a review that neither praises nor complains of any need."""
    reward: Estimate | None
    """Stars that such a review gains where it praises the need; the top of the scale leaves it 5 − expected."""
    penalty: Estimate | None
    """Stars that it loses where it complains of the need."""
    reward_odds: Estimate | None
    """How many times praise raises the odds of more stars (odds ratio, 1: not at all)."""
    penalty_odds: Estimate | None
    """How many times complaint lowers them."""
    asymmetry: Estimate | None
    """(r − p) / (r + p) of the logarithms of the two, those below 0 taken as 0; −1 to 1."""


def classify(
    mentions: Mentions, table: ReviewTable, needs: int, *, seed: int = 0, level: float = LEVEL
) -> list[KanoClass]:
    """Classes of needs 0 to `needs` − 1.

    log odds(stars > k) = threshold_k + Σ reward · praised − Σ penalty · complained, over all rated reviews, weighted;
    intervals from 2,000 seeded draws of the coefficients by their sandwich covariance (King, Tomz & Wittenberg 2000).

    must_be      the complaint moves the stars, and outweighs the praise   (complaint_outweighs)
    attractive   the praise moves the stars, and outweighs the complaint   (praise_outweighs)
    performance  both move the stars, and neither outweighs the other      (both_move)
    indifferent  both surely change the odds by less than half             (neither_moves)
    None         too few reviews praise or complain, or the intervals are too wide for any of these (unclear)

    A side moves the stars if its interval lies above 0; one outweighs the other if the asymmetry is 0.25 or more and
    its interval lies on that side of 0. Raises ValueError for a mention outside the reviews or needs.
    """
    shape = (len(table), needs)
    counted = table.rated & (table.weight > 0)
    sides = [
        csr_array(mentions.matrix(clear, shape)[counted])
        for clear in (mentions.sentiment >= CLEAR, mentions.sentiment <= -CLEAR)
    ]
    praised, complained = (np.asarray(side.sum(axis=0)).astype(np.int64) for side in sides)
    base, stars = int(counted.sum()), table.rating[counted]
    if not needs or base < LEAST_RATINGS or np.ptp(np.rint(stars)) == 0:
        return [_untold(int(p), int(c), base, "too_few_ratings") for p, c in zip(praised, complained, strict=True)]
    columns = csr_array(hstack(sides, format="csr"))
    columns.eliminate_zeros()
    weight = table.weight[counted]
    odds = fit_odds(columns, stars, weight / weight.mean(), RIDGE)
    drawn = np.random.default_rng(seed).multivariate_normal(
        odds.parameters, odds.covariance, size=SIMULATED, method="eigh"
    )
    return _classes(
        _Effects.of(odds, odds.parameters[None]), _Effects.of(odds, drawn), praised, complained, base, level
    )


@dataclass(frozen=True, kw_only=True)
class _Effects:
    """Effects of praise and complaint, draws × needs; expected: draws × 1. Odds are logarithms here."""

    expected: Floats
    reward: Floats
    penalty: Floats
    reward_odds: Floats
    penalty_odds: Floats
    asymmetry: Floats

    @classmethod
    def of(cls, odds: Odds, drawn: Floats) -> "_Effects":
        thresholds, coefficients = drawn[:, : odds.borders], drawn[:, odds.borders :]
        needs = coefficients.shape[1] // 2
        up, down = coefficients[:, :needs], -coefficients[:, needs:]
        gain, loss = np.maximum(up, 0), np.maximum(down, 0)
        both = gain + loss

        def stars(moved: Floats) -> Floats:
            """Expected stars: the lowest grade and the chance of each border to be passed."""
            return np.asarray(odds.lowest + expit(thresholds[:, None, :] + moved[:, :, None]).sum(axis=-1))

        expected = stars(np.zeros((len(drawn), 1)))
        return cls(
            expected=expected, reward=stars(up) - expected, penalty=expected - stars(-down), reward_odds=up,
            penalty_odds=down, asymmetry=(gain - loss) / np.where(both > 0, both, 1.0),
        )  # fmt: skip


def _classes(
    point: _Effects, drawn: _Effects, praised: Ints, complained: Ints, base: int, level: float
) -> list[KanoClass]:
    reward, penalty, up, down, lean = (
        spread(getattr(point, name)[0], getattr(drawn, name), level)
        for name in ("reward", "penalty", "reward_odds", "penalty_odds", "asymmetry")
    )
    found = []
    for j, (p, c) in enumerate(zip(praised.tolist(), complained.tolist(), strict=True)):
        if min(p, c) < LEAST:
            found.append(_untold(p, c, base, "too_few_praised" if p < LEAST else "too_few_complained"))
            continue
        kind, rule = _ruled(up[j], down[j], lean[j])
        one = KanoClass(
            kind=kind, rule=rule, praised=p, complained=c, base=base, expected=float(point.expected[0, 0]),
            reward=reward[j], penalty=penalty[j], reward_odds=_times(up[j]), penalty_odds=_times(down[j]),
            asymmetry=lean[j],
        )  # fmt: skip
        found.append(one)
    return found


def _times(odds: Estimate) -> Estimate:
    """Log odds as a factor."""
    return Estimate(value=math.exp(odds.value), low=math.exp(odds.low), high=math.exp(odds.high))


def _ruled(up: Estimate, down: Estimate, lean: Estimate) -> tuple[Kind | None, Rule]:
    if up.high < SLIGHT and down.high < SLIGHT:
        return "indifferent", "neither_moves"
    if down.low > 0 and lean.value <= -LEAN and lean.high < 0:
        return "must_be", "complaint_outweighs"
    if up.low > 0 and lean.value >= LEAN and lean.low > 0:
        return "attractive", "praise_outweighs"
    if up.low > 0 and down.low > 0:
        return "performance", "both_move"
    return None, "unclear"


def _untold(praised: int, complained: int, base: int, rule: Rule) -> KanoClass:
    return KanoClass(
        kind=None, rule=rule, praised=praised, complained=complained, base=base, expected=None, reward=None,
        penalty=None, reward_odds=None, penalty_odds=None, asymmetry=None,
    )  # fmt: skip
