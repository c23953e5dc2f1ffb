"""How a reader is told of noise that was drawn: in one line, beside each number, and once in full."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.release.rows import Row, Scalar
    from linkage.release.tables import Table
    from linkage.report.words import Words

    Ends = tuple[int | Decimal | None, int | Decimal | None]

APART: Final = "\u00a0"
ENDLESS: Final = "∞"


def line(words: Words) -> str:
    """The noise in one line."""
    return words.t(
        "Every number has noise with a proven bound (ε = {epsilon}): ± holds the counted number 95 times of "
        "100; pieces of the same time add up, different times and tables need not agree.",
        epsilon=_epsilon(words, "epsilon"),
    )


def mark(words: Words) -> str:
    """What a column of files says of every number."""
    return words.t("noise with a proven bound, ε = {epsilon}", epsilon=_epsilon(words, "epsilon"))


def margin(row: Row, key: str, table: Table, words: Words) -> str:
    """How far the counted number may be from the one told: the farther end; empty where it has none."""
    found, value = table.interval(row, key), row[key]
    if found is None or not isinstance(value, int | Decimal):
        return ""
    return aside(value, found, words)


def beside(
    table: Table, words: Words, key: str = "value", told: int | Decimal | None = None, /, **labels: Scalar
) -> str:
    """As `margin`, of the number that `table.number` finds. told: how it is told, where that is rounded."""
    row = table.row(**labels)
    if row is None:
        return ""
    found = table.interval(row, key)
    return margin(row, key, table, words) if told is None or found is None else aside(told, found, words)


def aside(told: int | Decimal, ends: Ends, words: Words) -> str:
    """The farther end, from a number as it is told: with no more decimals than that, rounded outwards."""
    low, high = ends
    if low is None or high is None:
        return f"±{APART}{ENDLESS}"
    far = max(high - told, told - low)
    return f"±{APART}{words.number(math.ceil(far) if isinstance(told, int) else far)}"


def more(words: Words) -> Iterator[str]:
    """What is proved, and how the numbers were made."""
    rule, t = words.release.rule, words.t
    yield t(
        "With the method “dp” chance was added to everything that was counted, so much that the figures "
        "would have been almost as likely without any one person: at most {times} times as likely or "
        "unlikely (ε = {epsilon}). That is proved, and holds whatever else somebody knows, also against an "
        "organisation that adds or leaves out rows.",
        times=words.number(Decimal(math.ceil(math.exp(rule.epsilon) * 10)) / 10),
        epsilon=_epsilon(words, "epsilon"),
    )
    if rule.delta:
        yield t("The bound may fail with a probability of at most {delta}.", delta=_epsilon(words, "delta"))
    yield t(
        "All releases that share an organisation and a time with this one have ε = {family} together, and no "
        "more is released when that is used up.",
        family=_epsilon(words, "family_epsilon"),
    )
    yield t(
        "The numbers drawn were then made whole and not negative, and so that women, men and ages of the "
        "same time add up. Small numbers become a little larger by that, and large ones smaller. The "
        "interval is that of the numbers as they were drawn: it need not have the shown number in its "
        "middle, and ± tells the farther end. Per cents, lengths of stays and amounts have intervals that "
        "are wider than need be."
    )


def leeway(words: Words, numbers: int) -> float:
    """How far so many numbers, added to and taken from each other, easily are from what is true of them."""
    release = words.release
    if release.accounting is None:
        return 0.0
    cells = (3 if release.sex else 1) * (len(release.ages) + 1)
    each = release.accounting.scale * (math.sqrt(2) if release.rule.mechanism == "laplace" else 1)
    return 2 * each * math.sqrt(numbers * cells)


def _epsilon(words: Words, key: str) -> str:
    """A decimal number of the rule, as the reader writes it."""
    return words.number(Decimal(str(words.release.rule.parameters[key])))
