"""What is answered of what becomes of people, in a sentence or two; nothing where no total is told."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from linkage.release.counts import ALL, MEAN, tenth
from linkage.release.tables import ELSEWHERE
from linkage.report.edges import span_of
from linkage.report.labels import outer_spans
from linkage.report.names import FEW
from linkage.report.noise import beside
from linkage.report.questions import in_words
from linkage.report.remarks import repeated
from linkage.report.words import shown

if TYPE_CHECKING:
    from linkage.release.rows import Scalar
    from linkage.release.tables import Table
    from linkage.report.words import Words

MOST_SPANS: Final = 6
"""More spans than these are not told one by one."""


def moved(table: Table, words: Words) -> str:
    """How many go from one state to another, how many stay, and which move is the most common."""
    if table.drawn:
        return _most_drawn(table, words)
    mean = _moves(table, words, MEAN) if table.time == "period" else {}
    found, when = (
        (mean, words.average)
        if mean
        else (
            _moves(table, words, ALL),
            words.t("over the whole of {window}", window=words.window),
        )
    )
    if not found:
        return _most_common(table, words)
    going = {states: value for states, value in found.items() if states[0] != states[1]}
    said = words.t(
        "{moves} moves from one to another {when}; {stays} times somebody stays.",
        moves=words.number(_told(sum(going.values(), Fraction(0)), mean=bool(mean))),
        stays=words.number(_told(sum(found.values(), Fraction(0)) - sum(going.values()), mean=bool(mean))),
        when=when,
    )
    start, end = max(going, key=lambda states: going[states], default=("", ""))
    if not going.get((start, end)):
        return f"{said} {repeated(table, words)}".strip()
    most = words.t(
        "Most often from {start} to {end}: {number}.",
        start=in_words(start, words) if start != ELSEWHERE else words.title(start).lower(),
        end=in_words(end, words) if end != ELSEWHERE else words.title(end).lower(),
        number=words.number(_told(going[start, end], mean=bool(mean))),
    )
    return f"{said} {most} {repeated(table, words)}".strip()


def _most_drawn(table: Table, words: Words) -> str:
    """Numbers with noise: the largest that is told, as a sum of several moves has no interval."""
    labels: dict[str, Scalar] = {"period": MEAN} if table.time == "period" else {}
    pairs = [{"from": start, "to": end} for start, end in table.owns if start != end]
    known = [(value, own) for own in pairs if (value := table.number(**labels, **own))]
    if not known:
        return repeated(table, words)
    value, own = max(known, key=lambda pair: pair[0])
    start, end = (
        words.title(ELSEWHERE).lower() if state == ELSEWHERE else in_words(str(state), words)
        for state in own.values()
    )
    number = words.number(value, beside(table, words, **labels, **own))
    if labels:
        said = words.t(
            "Most often from {start} to {end}: {number} moves {when}.",
            start=start,
            end=end,
            number=number,
            when=words.average,
        )
    else:
        said = words.t(
            "Most often from {start} to {end}: {number} moves over the whole of {window}.",
            start=start,
            end=end,
            number=number,
            window=words.window,
        )
    return f"{said} {repeated(table, words)}".strip()


def _most_common(table: Table, words: Words) -> str:
    """The largest number of moves, where all that are not told are too few to be it."""
    rows = table.pick(**({table.time: ALL} if table.time else {}))
    going = [row for row in rows if row["from"] != row["to"]]
    told = [(row, value) for row in going if isinstance(value := row["value"], int)]
    if not told or any(row.get("note") not in (None, FEW) for row in going):
        return ""
    row, number = max(told, key=lambda pair: pair[1])
    start, end = (
        words.title(ELSEWHERE).lower() if row[key] == ELSEWHERE else in_words(str(row[key]), words)
        for key in ("from", "to")
    )
    return words.t(
        "Most often from {start} to {end}: {number} moves over the whole of {window}.",
        start=start,
        end=end,
        number=words.number(number),
        window=words.window,
    )


def _moves(table: Table, words: Words, time: str) -> dict[tuple[str, str], Fraction]:
    """Each move and stay but that elsewhere; nothing where one is not told. A mean: of its periods, exact."""
    found: dict[tuple[str, str], Fraction] = {}
    for start, end in table.owns:
        if start == end == ELSEWHERE:
            continue
        own: dict[str, Scalar] = {"from": start, "to": end}
        if time == MEAN:
            several = [table.number(period=period, **own) for period in words.release.window.labels]
        else:
            several = [table.number(**({table.time: time} if table.time else {}), **own)]
        known = [Fraction(value) for value in several if value is not None]
        if not known or (time == MEAN and table.number(period=MEAN, **own) is None):
            return {}
        found[str(start), str(end)] = sum(known, Fraction(0)) / len(known)
    return found


def _told(value: Fraction, *, mean: bool) -> int | Decimal:
    return tenth(value) if mean else int(value)


def reached(table: Table, words: Words) -> str:
    """The share of those who left; span by span where the table has a few spans."""
    if several := of_spans(table, words):
        return aimed(words.t("Of those who left in {numbers}.", numbers=several), table, words)
    if not (told := rated(table, words)):
        return ""
    percent, value, of = told
    said = words.t("{percent} of those who left: {value} out of {of}.", percent=percent, value=value, of=of)
    return aimed(said, table, words)


def aimed(said: str, table: Table, words: Words) -> str:
    """What is said, and the target where there is one."""
    if table.target is None:
        return said
    return f"{said} {words.t('The target is {percent}.', percent=words.percent(table.target))}"


def of_spans(table: Table, words: Words) -> str:
    """The per cent of each of a few spans, with its numbers; empty where none is told."""
    return "; ".join(one for span in spans(table, words) if (one := _of_span(table, words, span)))


def spans(table: Table, words: Words) -> list[str]:
    """The spans of a table that are told one by one: a few, or none."""
    found = outer_spans(words) if table.time == "span" else []
    return found if len(found) <= MOST_SPANS else []


def _of_span(table: Table, words: Words, span: str) -> str:
    if not (told := rated(table, words, span=span)):
        return ""
    percent, value, of = told
    return words.t(
        "{span}: {percent} ({value} out of {of})",
        span=span_of(table, words, span),
        percent=percent,
        value=value,
        of=of,
    )


def rated(table: Table, words: Words, **labels: Scalar) -> tuple[str, str, str] | None:
    """A per cent, what it counts, and what that is out of, as they are said; None where one is not told."""
    percent, value, of = (table.number(key, **labels) for key in ("percent", "value", "of"))
    if percent is None or value is None or of is None:
        return None
    value, of = shown(value, value), shown(of, of)
    return (
        words.percent(percent, beside(table, words, "percent", **labels)),
        words.number(value, beside(table, words, "value", value, **labels)),
        words.number(of, beside(table, words, "of", of, **labels)),
    )


def stayed(table: Table, words: Words) -> str:
    """How long more than half stay at most, and the mean."""
    counts = [table.number(length=length) for length in range(1, (table.longest or 0) + 1)]
    mean, median = (table.number(length=total) for total in (MEAN, "median"))
    if mean is None or median is None:
        return ""
    said = words.t(
        "The mean is {mean}, the median {median}.",
        mean=words.spell(mean, beside(table, words, length=MEAN)),
        median=words.spell(median, beside(table, words, length="median")),
    )
    if table.drawn or any(count is None for count in counts):
        return said  # a sum of numbers with noise has no interval
    people = sum(count or 0 for count in counts)
    so_far: int | Decimal = 0
    for length, count in enumerate(counts, 1):
        so_far += count or 0
        if 2 * so_far > people:
            half = words.t(
                "More than half stay at most {spell}: {value} out of {of}.",
                spell=words.spell(length),
                value=words.number(so_far),
                of=words.number(people),
            )
            return f"{half} {said}"
    return said


def changed(table: Table, words: Words) -> str:
    """How much the amount rises or falls, from before to after, and between the means of the two."""
    unit, before, after = str(table.unit), table.before or 1, table.after or 1
    level, mean = (table.number(offset=total) for total in ("level", MEAN))
    first, last = table.number(offset=-before), table.number(offset=after)
    people = table.number("people", offset="level")
    if level is None or first is None or last is None:
        return ""
    said = words.t(
        "{level} per person from {before} before to {after} after: "
        "from {first} to {last}, for {people} people.",
        level=words.signed_amount(level, unit, beside(table, words, offset="level")),
        before=words.spell(before),
        after=words.spell(after),
        first=words.amount(first, unit, beside(table, words, offset=-before)),
        last=words.amount(last, unit, beside(table, words, offset=after)),
        people=words.number(people, beside(table, words, "people", offset="level")),
    )
    if mean is None:
        return said
    means = words.t(
        "Mean after, less mean before: {mean}.",
        mean=words.signed_amount(mean, unit, beside(table, words, offset=MEAN)),
    )
    return f"{said} {means}"
