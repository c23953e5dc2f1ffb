"""How far off a figure of `cellkey` will typically be, told before anybody agrees on it."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from keys.errors import Text
from linkage.agreement.cuts import PutTogether, put_together
from linkage.agreement.protection import decimal
from linkage.perturbation import perturbation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.agreement.model import Agreement

PEOPLE: Final = 100
"""A typical denominator of a per cent, where no series tells its size."""
_USUAL = 0.95
_OFTEN: Final = 1.0
"""People: whoever is typically nearer than this has the number itself, more often than not."""


@dataclass(frozen=True)
class Precision:
    """Of numbers of people. typical: standard deviation; usual: 95 of 100 are at most so far off; most: all.

    mean: the standard deviation of a mean over `periods`, where others are there in each of them.
    percent: that of 50 per cent of `people`, in percentage points. cuts: people who are told of in several
    ways; off: how far who averages these typically is from their number, of each.
    """

    typical: float
    usual: int
    most: int
    periods: int
    mean: float
    people: int
    percent: float
    cuts: tuple[PutTogether, ...] = ()
    off: tuple[float, ...] = ()

    def as_json(self) -> dict[str, object]:
        """What --json prints."""
        return {
            "standard_deviation": round(self.typical, 3),
            "within_95_percent": self.usual,
            "at_most": self.most,
            "mean": {"periods": self.periods, "standard_deviation": round(self.mean, 3)},
            "percent": {"of_people": self.people, "standard_deviation": round(self.percent, 3)},
            "put_together": [
                {
                    "people": cut.what,
                    "time": cut.time,
                    "ways": len(cut.numbers),
                    "standard_deviation": round(off, 3),
                }
                for cut, off in zip(self.cuts, self.off, strict=True)
            ],
        }

    def lines(self) -> Iterator[Text]:
        """In words."""
        yield Text(
            "a figure is typically {typical} people from the number counted, 95 of 100 figures at most "
            "{usual}, and none more than {most}",
            {"typical": decimal(self.typical), "usual": self.usual, "most": self.most},
        )
        words: dict[str, object] = {
            "periods": self.periods,
            "mean": decimal(self.mean),
            "typical": decimal(self.typical),
            "people": self.people,
            "percent": decimal(max(self.percent, 0.1)),
        }
        if self.periods > 1:
            yield Text(
                "a mean of {periods} periods: typically {mean} people where others are there in each, up to "
                "{typical} where the same are; 50 per cent of {people} people: {percent} percentage points",
                words,
            )
        else:
            yield Text("50 per cent of {people} people: typically {percent} percentage points", words)
        if self.cuts:
            cut, off = self.cuts[0], self.off[0]
            yield Text(
                "{what} ({time}) can be put together from other numbers too, in {ways} ways in all: "
                "who averages them is typically {off} people off",
                {"what": cut.what, "time": cut.time, "ways": len(cut.numbers), "off": decimal(off)},
            )
        if near := sum(off < _OFTEN for off in self.off):
            yield Text(
                "that is too near for {sets} sets of people: ask for fewer ages, sexes or combinations "
                "of them",
                {"sets": near},
            )


def precision(agreement: Agreement) -> Precision | None:
    """What to expect of the agreement's figures; None where its method is not cellkey."""
    rule = agreement.release
    if rule.method != "cellkey":
        return None
    shares = perturbation(rule.d, float(rule.variance), rule.js).probabilities[-1]
    off = np.abs(np.arange(-rule.d, rule.d + 1))
    usual = next(n for n in range(rule.d + 1) if shares[off <= n].sum() >= _USUAL - 1e-9)
    typical, periods = math.sqrt(rule.variance), len(agreement.window)
    people = _people(agreement)
    # of x / n, both moved, at one half: the change of x less half that of n, over n
    percent = 100 * typical * math.sqrt(1 + Fraction(1, 4)) / people
    cuts = put_together(agreement)
    left = tuple(cut.off(rule.variance) for cut in cuts)
    mean = typical / math.sqrt(periods)
    return Precision(typical, usual, rule.d, periods, mean, people, percent, cuts, left)


def _people(agreement: Agreement) -> int:
    """The size of a typical series, as the agreement tells it."""
    sizes = [size for series in agreement.series if (size := series.expected or series.places)]
    return round(statistics.median(sizes)) if sizes else PEOPLE
