"""The bridge that the page leads with: what adding up would have said → unique people → ever.

An agreement that begins with a share, an outcome or a change leads with that figure. Else the headline is the
first count that has parts. Later counts that ask for the same and more (`a | b` where the
headline asks for `a`) follow as further steps. Where no count has parts, the first count leads, unbridged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from linkage.release.counts import ALL, MEAN, tenth
from linkage.report.figure import figure
from linkage.report.noise import aside, beside
from linkage.report.protection import leeway
from linkage.report.questions import in_words, operands
from linkage.report.steps import Number, Piece, Step
from linkage.report.words import shown
from linkage.report.words import whole as rounded

if TYPE_CHECKING:
    from linkage.release.document import Release
    from linkage.release.rows import Scalar
    from linkage.release.tables import Table
    from linkage.report.words import Words


@dataclass(frozen=True)
class Bridge:
    """The headline table, and the steps from the first number to the last."""

    table: Table
    steps: tuple[Step, ...]


def bridge(release: Release, words: Words) -> Bridge | None:
    """The bridge of a release; None where there is no figure to lead with."""
    if told := figure(release.tables[0], words):
        return Bridge(release.tables[0], tuple(told))
    counts = [table for table in release.tables if table.kind == "count"]
    table = next((t for t in counts if t.items), counts[0] if counts else None)
    if table is None:
        return None
    steps = [*_own(table, words), *_wider(table, counts, words)]
    return Bridge(table, _drawn(steps)) if steps else None


def _own(table: Table, words: Words) -> Iterator[Step]:
    """The steps of the headline's own table: added up, unique, at some time."""
    by_period = table.time == "period"
    mean = _unique(table, MEAN) if by_period else None
    whole = _unique(table, ALL)
    at = ALL if mean is None else MEAN
    one = whole if mean is None else mean
    added = table.number(**_time(table, at), part="sum") if table.items else None
    if added is not None and one is not None:
        yield _sum(table, words, shown(added, one), at)
    if mean is not None:
        told, name = shown(mean, mean), words.t("Unique people, {when}", when=words.average)
        margin = _sure(table, words, told, MEAN)
        yield Step("unique", told, words.number(told), name, _once(words, table, added, mean), margin=margin)
    if whole is not None:
        name = words.t("Unique people at some time in {window}", window=words.window)
        meaning = _ever(words, table, whole, (mean, added))
        margin = _sure(table, words, whole, ALL)
        yield Step("ever", whole, words.number(whole), name, meaning, margin=margin)


def _sum(table: Table, words: Words, added: Number, at: str) -> Step:
    when = words.average if at == MEAN else words.t("at some time in {window}", window=words.window)
    meaning = words.t(
        "What the {number} parts come to when their numbers are added. Who is in two of them counts twice.",
        number=len(table.items),
    )
    name = words.t("The parts added up, {when}", when=when)
    margin = _sure(table, words, added, at, part="sum")
    return Step("sum", added, words.number(added), name, meaning, margin=margin)


def _once(words: Words, table: Table, added: Number | None, one: Number) -> str:
    """What the step from the sum to unique people means; nothing where changed numbers do not tell."""
    if added is None:
        return words.t("Everybody is counted once in each period.")
    more = added - one
    if abs(float(more)) < leeway(words, len(table.items) + 1):
        return words.t("Everybody is counted once. That is about as many as the parts added up.")
    if table.drawn:
        return _too_many(words, table)
    told = shown(added, one) - shown(one, one) or more  # what a reader gets who takes one from the other
    if more > 0 and one:
        return words.t(
            "Everybody is counted once. Adding up counted {number} too many, {percent}.",
            number=_roughly(words, words.number(told)),
            percent=words.percent(tenth(Fraction(more) * 100 / Fraction(one))),
        )
    if more < 0:
        return words.t(
            "Everybody is counted once. {number} of them are in none of the parts.",
            number=_roughly(words, words.number(-told)),
        )
    return words.t("Everybody is counted once. Nobody is in two parts at the same time.")


def _roughly(words: Words, number: str) -> str:
    """What comes of two moved numbers is off by more than either of them."""
    return words.t("about {number}", number=number) if words.release.moved else number


def _too_many(words: Words, table: Table) -> str:
    """The surplus as it is released, with its interval; a per cent of it would have none."""
    labels = _time(table, MEAN if table.time == "period" and _unique(table, MEAN) is not None else ALL)
    surplus = table.number(**labels, part="surplus")
    if surplus is None:
        return words.t("Everybody is counted once.")
    told = shown(surplus, surplus)
    number = words.number(max(told, -told), beside(table, words, "value", told, **labels, part="surplus"))
    if told > 0:
        return words.t("Everybody is counted once. Adding up counted {number} too many.", number=number)
    return words.t(
        "Everybody is counted once. {number} of them are in none of the parts.",
        number=number,
    )


def _ever(words: Words, table: Table, whole: Number, before: tuple[Number | None, Number | None]) -> str:
    """What the step from a period to the whole time means. before: the mean, and the parts added up."""
    mean, added = before
    if mean is None:
        return (
            _once(words, table, added, whole) if added is not None else words.t("Everybody is counted once.")
        )
    said = words.t("All who were there in at least one period, each counted once over the whole time.")
    if table.drawn or not mean or Fraction(whole) / Fraction(mean) < Fraction(105, 100):
        return said  # a quotient of numbers with noise has no interval
    times = words.number(tenth(Fraction(whole) / Fraction(mean)))
    more = words.t(
        "That is {times} times as many as {when}: people come and go, and a mean does not show it.",
        times=times,
        when=words.average,
    )
    return f"{said} {more}"


def _wider(headline: Table, counts: list[Table], words: Words) -> Iterator[Step]:
    """Later counts of the same people and more: their expression has all that the headline's joins by `|`."""
    inside = set(operands(str(headline.asked)))
    before = headline
    for table in counts[counts.index(headline) + 1 :]:
        asked = operands(str(table.asked))
        value, less = _unique(table, ALL), _unique(before, ALL)
        if value is None or less is None or not inside < set(asked):
            continue
        names = ", ".join(in_words(source, words) for source in asked if source not in inside)
        meaning = _together(words, names, value - less, _apart(table, before, words))
        margin = _sure(table, words, value, ALL)
        yield Step("wider", value, words.number(value), table.title, meaning, margin=margin)
        inside, before = set(asked), table


def _together(words: Words, names: str, more: Number, margin: str) -> str:
    if more < leeway(words, 2):
        return words.t("Together with {names}: about as many.", names=names)
    return words.t(
        "Together with {names}: {number} more, who are not among those above.",
        names=names,
        number=_roughly(words, words.number(rounded(more), margin)),
    )


def _apart(table: Table, before: Table, words: Words) -> str:
    """How sure the difference of two tables is: as far as both intervals together reach.

    What was drawn for two tables has nothing in common, so both are seldom at the same end at once.
    """
    one, other = _ends(table), _ends(before)
    value, less = _unique(table, ALL), _unique(before, ALL)
    if one is None or other is None or value is None or less is None:
        return ""
    return aside(rounded(value - less), (one[0] - other[1], one[1] - other[0]), words)


def _ends(table: Table) -> tuple[Number, Number] | None:
    """Of the unique people of the whole time; none where no noise was drawn."""
    row = table.row(**_labels(table, ALL))
    found = table.interval(row, "value") if row else None
    if found is None or found[0] is None or found[1] is None:
        return None
    return found[0], found[1]


def _sure(table: Table, words: Words, told: Number, time: str, **labels: str) -> str:
    return beside(table, words, "value", told, **{**_labels(table, time), **labels})


def _unique(table: Table, time: str) -> Number | None:
    return table.number(**_labels(table, time))


def _labels(table: Table, time: str) -> dict[str, Scalar]:
    return {**_time(table, time), **({"part": "unique"} if table.items else {})}


def _time(table: Table, time: str) -> dict[str, str]:
    return {table.time: time} if table.time else {}


def _drawn(steps: list[Step]) -> tuple[Step, ...]:
    """Each step with its bar: what it shares with the step before, and what is new or too much."""
    longest = max([step.value for step in steps] + [1])
    values = {step.role: step.value for step in steps}
    core = values.get("unique", values.get("ever", 0))
    drawn = []
    for step in steps:
        if step.role == "sum":
            ends = [("core", min(core, step.value)), ("excess", step.value)]
        elif step.role == "unique":
            ends = [("core", step.value)]
        else:
            ends = [("core", core), ("came", values.get("ever", core)), ("more", step.value)][
                : 2 + (step.role == "wider")
            ]
        drawn.append(replace(step, pieces=_pieces(ends, longest)))
    return tuple(drawn)


def _pieces(ends: list[tuple[str, Number]], longest: Number) -> tuple[Piece, ...]:
    found, start = [], 0.0
    for kind, value in ends:
        end = round(float(value) / float(longest) * 1000, 1)
        if end > start:
            found.append(Piece(start, round(end - start, 1), kind))
            start = end
    return tuple(found)
