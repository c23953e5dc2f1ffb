"""What protects the figures, as a reader is told: one line wherever moved numbers stand, and more once.

Exact figures have words of their own, in red; nothing here is said of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt
from typing import TYPE_CHECKING, Final

import numpy as np

from linkage.perturbation import perturbation
from linkage.release.counts import MEAN
from linkage.release.tables import AMOUNT_STEP, LENGTH_TOTALS
from linkage.report import noise

if TYPE_CHECKING:
    from linkage.release.rows import Row
    from linkage.release.tables import Table
    from linkage.report.words import Words

OUTSIDER: Final = "outsider"
_MOST: Final = 0.95


def line(words: Words) -> str:
    """What was done to the numbers, in one line; empty of exact figures."""
    if words.release.drawn:
        return noise.line(words)
    if words.release.exact:
        return ""
    if words.release.rule.method == "suppress":
        return words.t(
            "Numbers of fewer than {few} people are not shown, nor others from which they could be worked "
            "out; all that is shown is as it was counted.",
            few=words.release.rule.threshold,
        )
    return words.t(
        "Every counted number is changed a little, by at most ±{most}, always alike for the same people; "
        "parts need not add up; fewer than {few} is not shown.",
        most=words.release.moved,
        few=words.release.rule.threshold,
    )


def mark(words: Words) -> str:
    """What a column of files says of every number; empty where that is nothing."""
    if words.release.exact:
        return words.t("none: exact figures")
    if words.release.drawn:
        return noise.mark(words)
    if words.release.rule.method == "suppress":
        return words.t("numbers below {few} withheld, and others with them", few=words.release.rule.threshold)
    return words.t("counts changed by at most ±{most}", most=words.release.moved)


def more(words: Words) -> list[str]:
    """How it is done, what it rests on and how it was tested; empty of exact figures."""
    if words.release.drawn:
        return list(noise.more(words))
    return [] if words.release.exact else list(_more(words))


def leeway(words: Words, numbers: int) -> float:
    """How far so many numbers, added to and taken from each other, easily are from what is true of them."""
    if words.release.drawn:
        return noise.leeway(words, numbers)
    return 2 * sqrt(words.release.rule.variance * numbers) if words.release.moved else 0.0


def derived(row: Row, table: Table) -> bool:
    """Whether a row's value is made from released numbers, and is not counted itself."""
    return (
        row.get("period") == MEAN
        or row.get("part") in ("sum", "surplus")
        or row.get("length") in LENGTH_TOTALS
        or table.kind == "change"
    )


def _more(words: Words) -> Iterator[str]:
    """What was done, then what it rests on and how it was tested."""
    yield from _moved(words) if words.release.moved else _withheld(words)
    release, t = words.release, words.t
    yield t("This protection rests on a promise: {trust}.", trust=t(release.rule.trust))
    if release.audit is not None:
        yield t(
            "Before the release an attack tried to work out small numbers from all that is told here, as "
            "{views} could. Each of them could still be two numbers that are at least {apart} apart, or as "
            "far apart as the reader’s own register leaves open.",
            views="; ".join(_view(view, words) for view in release.audit.views),
            apart=release.audit.width - 1 if release.moved else release.audit.width,
        )


def _withheld(words: Words) -> Iterator[str]:
    yield words.t(
        "With the method “suppress” small numbers are withheld, and as many more as it takes so that nobody "
        "can work them out, not even an organisation that takes away its own people. One word stands for all "
        "of them: it is not told which are small."
    )


def _moved(words: Words) -> Iterator[str]:
    release, t = words.release, words.t
    yield t(
        "With the method “cellkey” every count is moved up or down by chance: at least half of the larger "
        "ones not at all, and nineteen of twenty by at most {likely}. The same people are always moved by "
        "the same amount, so that comparing tables or rounds tells nothing more about them. Totals are moved "
        "by themselves, and so a part can be larger than its whole, and a per cent above 100. Sums, means "
        "and per cents are worked out from the numbers shown here.",
        likely=_likely(words),
    )
    yield t(
        "A number that an earlier release told of the same question is told again as it was, for as long as "
        "the count is within {most} of it: so a late correction of one person does not show.",
        most=release.moved,
    )
    units = list(dict.fromkeys(table.unit for table in release.tables if table.unit))
    if units:
        yield t(
            "Sums of amounts are moved too, by a multiple of the largest amount among them, and means are "
            "told to the nearest {step} {unit}. They are not told where few people have most of the sum.",
            step=AMOUNT_STEP,
            unit=", ".join(units),
        )


def _likely(words: Words) -> int:
    """The change that nineteen of twenty larger counts are within."""
    rule = words.release.rule
    chances = perturbation(rule.d, float(rule.variance), rule.js).probabilities[-1]
    either = chances + chances[::-1]  # of a change and its opposite, in the middle twice that of none
    within = np.cumsum(either[rule.d :]) - chances[rule.d]
    return int(np.argmax(within >= _MOST))


def _view(view: str, words: Words) -> str:
    """A reader: somebody outside, or organisations that put together what they know."""
    if view == OUTSIDER:
        return words.t("somebody outside")
    titles = {package.party: package.title for package in words.release.packages}
    return " + ".join(titles.get(name, name) for name in view.split("+"))
