"""How a count is moved under `cellkey`: perturbation tables of maximum entropy, and their lookup.

For each true count i the table has a distribution of changes v: as even as it can be (of the largest entropy)
with the agreed properties. Its mean is 0 and its variance the agreed one; |v| is at most D; i + v is not
negative, and none of 1 … js; 0 stays 0; above js a count stays as it is with probability one half or more;
of two changes of the same sign the smaller is at least as likely, where that can be had. All counts from
js + D + 1 on share one row. The method is that of the Australian Bureau of Statistics and of Eurostat
(Giessing 2016, "Computational issues in the design of transition probabilities").
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.errors import ReleaseError

KEYS: Final = 1 << 32
"""Keys are whole numbers below this, each as likely as another."""
STAY: Final = 0.5
"""The least probability with which a count above js stays as it is."""
_STEPS: Final = 100
_CLOSE: Final = 1e-11
"""How near to the agreed ones a solved mean and variance must be, in units of D and of D squared."""

_NOISE: Final = 1e-14
"""What rounding may add to a logarithm."""

Floats: TypeAlias = npt.NDArray[np.float64]
Whole: TypeAlias = npt.NDArray[np.int64]


class PerturbationError(ReleaseError):
    """No table has the agreed properties, or the one that was found lacks one of them."""

    hint = "choose a smaller variance, or a larger D"


@dataclass(frozen=True, repr=False)
class Perturbation:
    """A table of changes. d, variance, js: as agreed.

    ends: uint64, shape (rows, 2 d + 1): for the counts of a row (the last is for all larger counts too) and
    the changes -d … d, how many keys give a change up to this one; the last of each row is 2**32.
    """

    d: int
    variance: float
    js: int
    ends: npt.NDArray[np.uint64]

    def __repr__(self) -> str:
        return f"<Perturbation D={self.d} V={self.variance} js={self.js}>"

    @property
    def probabilities(self) -> Floats:
        """Shape (rows, 2 d + 1): the probability of each change, as the keys give it."""
        shares: Floats = np.diff(self.ends.astype(np.float64), axis=1, prepend=0.0) / KEYS
        return shares

    def changes(self, counts: Whole, keys: npt.NDArray[np.uint32]) -> Whole:
        """The change of each count by its cell key, of the same shape. counts: not negative."""
        row = np.minimum(counts, len(self.ends) - 1).astype(np.uint64)
        base = np.arange(len(self.ends), dtype=np.uint64)[:, None] * np.uint64(KEYS)
        ends = (self.ends + base).reshape(-1)  # ascending over all rows: one search finds them all
        found = np.searchsorted(ends, row * np.uint64(KEYS) + keys, side="right")
        change: Whole = found.astype(np.int64) % self.ends.shape[1] - self.d
        return change


@lru_cache(maxsize=16)
def perturbation(d: int, variance: float, js: int) -> Perturbation:
    """The table for D, a variance and js. Raises PerturbationError where there is none."""
    if js < 0 or d < max(1, 2 * js) or variance <= 0:
        raise PerturbationError(
            "no perturbation with D = {d}, variance = {variance}, js = {js}", d=d, variance=variance, js=js
        )
    rows = np.array([_row(count, d, variance, js) for count in range(js + d + 2)])
    ends = np.rint(np.cumsum(rows, axis=1) * KEYS).astype(np.uint64)
    ends[:, -1] = KEYS
    table = Perturbation(d, variance, js, ends)
    _check(table)
    return table


def _row(count: int, d: int, variance: float, js: int) -> Floats:
    """The distribution of the changes -d … d of one count."""
    changes = np.arange(-d, d + 1)
    if count == 0:
        stays: Floats = (changes == 0).astype(np.float64)
        return stays
    told = count + changes
    allowed = (told == 0) | (told > js)
    row = _evenest(changes, allowed, 1.0, d, variance)
    if count > js and (row is None or row[d] < STAY):
        row = _evenest(changes, allowed & (changes != 0), 1 - STAY, d, variance)
        if row is not None:
            row[d] = STAY
    if row is None:
        raise PerturbationError(
            "no perturbation with D = {d}, variance = {variance}, js = {js}: none for the count {count}",
            d=d,
            variance=variance,
            js=js,
            count=count,
        )
    return row


def _evenest(
    changes: Whole, allowed: npt.NDArray[np.bool_], mass: float, d: int, variance: float
) -> Floats | None:
    """The distribution of largest entropy on the allowed changes, with this mass, mean 0 and variance.

    None where there is none. A smaller change is at least as likely as a larger one of the same sign: where
    the evenest distribution says otherwise, the two are made equally likely, and it is sought again.
    """
    pools = [[int(place)] for place in np.flatnonzero(allowed)]
    first: Floats | None = None
    while True:
        p = _of_pools([changes[pool] for pool in pools], mass, d, variance)
        if p is None:
            return first  # an order cannot be had beside the mean and the variance
        row = np.zeros(len(changes))
        for pool, each in zip(pools, p, strict=True):
            row[pool] = each
        wrong = next(
            (k for k in range(len(pools) - 1) if _unlikely(changes, row, pools[k], pools[k + 1])), None
        )
        if wrong is None:
            return row
        first = row if first is None else first
        pools[wrong : wrong + 2] = [pools[wrong] + pools[wrong + 1]]


def _unlikely(changes: Whole, row: Floats, left: list[int], right: list[int]) -> bool:
    """Whether, of two neighbours on one side of 0, the larger change is likelier."""
    if changes[right[-1]] < 0:
        return bool(row[left[0]] > row[right[0]] * (1 + _CLOSE))
    return bool(changes[left[0]] > 0 and row[left[0]] * (1 + _CLOSE) < row[right[0]])


def _of_pools(pools: list[Whole], mass: float, d: int, variance: float) -> Floats | None:
    """The probability of each change of each pool, equal within one, so that their entropy is largest.

    It is exp(a v + b v**2), scaled, in a pool the mean of v and of v**2; Newton's method finds a and b, at
    which the logarithm of the scale, which is convex in them, is least. None where it does not: then no
    such distribution is there.
    """
    sizes: Floats = np.array([len(pool) for pool in pools], np.float64)
    features: Floats = np.array(
        [
            [np.mean(pool) / d for pool in pools],
            [np.mean(pool**2) / d**2 - variance / mass / d**2 for pool in pools],
        ]
    )
    weights: Floats = np.zeros(2)
    for _ in range(_STEPS):
        p = _scaled(features, weights, sizes)
        slope: Floats = features @ p
        if np.abs(slope).max() < _CLOSE:
            each: Floats = p * mass / sizes
            return each
        curve = (features * p) @ features.T - np.outer(slope, slope)
        try:
            step = np.asarray(np.linalg.solve(curve, slope), np.float64)
        except np.linalg.LinAlgError:
            return None
        weights = _downhill(features, weights, sizes, step, float(slope @ step))
    return None


def _scaled(features: Floats, weights: Floats, sizes: Floats) -> Floats:
    raised = weights @ features
    p: Floats = sizes * np.exp(raised - raised.max())
    shares: Floats = p / p.sum()
    return shares


def _downhill(features: Floats, weights: Floats, sizes: Floats, step: Floats, slope: float) -> Floats:
    """A Newton step, halved until it goes down as it must."""
    here, length = _height(features, weights, sizes), 1.0
    while (
        length > _CLOSE
        and _height(features, weights - length * step, sizes) > here - length * slope / 4 + _NOISE
    ):
        length /= 2
    return weights - length * step


def _height(features: Floats, weights: Floats, sizes: Floats) -> float:
    """The logarithm of the scale."""
    raised = weights @ features
    return float(raised.max() + np.log(sizes @ np.exp(raised - raised.max())))


def _check(table: Perturbation) -> None:
    """Every property of every row, looked at in the table as it will be used, whatever the solver said.

    Raises PerturbationError. Whole numbers of keys move a mean and a variance by far less than is allowed.
    """
    p, d = table.probabilities, table.d
    changes, counts = np.arange(-d, d + 1), np.arange(len(p))[:, None]
    told, above = counts + changes, np.flatnonzero(counts[:, 0] > table.js)
    wrong = {
        "sum": bool((table.ends[:, -1] != KEYS).any() or (np.diff(table.ends.astype(object)) < 0).any()),
        "mean": bool((np.abs(p @ changes) > 1e-7).any()),
        "variance": bool((np.abs(p[1:] @ changes**2 - table.variance) > 1e-6).any()),
        "zero": bool(p[0, d] != 1),
        "small": bool(p[(told < 0) | ((told > 0) & (told <= table.js))].any()),
        "stay": bool((p[above, d] < STAY - 1e-9).any()),
    }
    for what, failed in wrong.items():
        if failed:
            raise PerturbationError(
                "a perturbation table with D = {d}, variance = {variance}, js = {js} fails its check: {what}",
                d=d,
                variance=table.variance,
                js=table.js,
                what=what,
            )
