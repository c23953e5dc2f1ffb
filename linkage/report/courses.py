"""Charts of what becomes of people over time: where they move, how long they stay, what an event changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from linkage.release.counts import ALL, MEAN
from linkage.release.tables import ELSEWHERE
from linkage.report.chart import Chart, listed, not_all, not_few, representative
from linkage.report.charts.bars import Bar, bars
from linkage.report.charts.columns import Mark, histogram
from linkage.report.charts.curves import curves
from linkage.report.charts.flows import Stream, flows
from linkage.report.charts.series import Series
from linkage.report.edges import note as cut
from linkage.report.edges import span_of
from linkage.report.labels import labels_of, outer_spans
from linkage.report.noise import beside
from linkage.report.remarks import repeated
from linkage.report.words import shown
from linkage.window import Unit

if TYPE_CHECKING:
    from linkage.release.rows import Scalar
    from linkage.release.tables import Table
    from linkage.report.charts.axes import Picture
    from linkage.report.words import Words

MOST_SPANS: Final = 3
MOST_TOLD: Final = 20
"""So many streams are told in words, the largest first."""

LENGTHS: Final = {
    Unit.MONTH: "Length of the stay, in months",
    Unit.QUARTER: "Length of the stay, in quarters",
    Unit.TERTIAL: "Length of the stay, in tertials",
    Unit.YEAR: "Length of the stay, in years",
}


# -- moves ------------------------------------------------------------------------------------------------


def moves(table: Table, words: Words) -> Iterator[Chart]:
    """A Sankey diagram of everybody, and where most stay, one of those who move."""
    drawn = [(_streams(table, words, labels), labels, when) for labels, when in _stretches(table, words)]
    most = max((sum(stream.value for stream in streams) for streams, _, _ in drawn), default=0)
    for streams, labels, when in drawn:
        if not streams:
            continue
        caption = words.t(
            "Where people are, and where they are {spell} later, {when}",
            spell=words.spell(table.every or 1),
            when=when,
        )
        note = _left_out(table, words, labels)
        yield _flow(table, words, streams, caption, note, most)
        moved = [stream for stream in streams if stream.start != stream.end]
        if moved and 2 * sum(s.value for s in moved) < sum(s.value for s in streams):
            caption = words.t(
                "Only those who are in another state {spell} later, {when}",
                spell=words.spell(table.every or 1),
                when=when,
            )
            yield _flow(table, words, moved, caption, "", sum(s.value for s in moved))


def _stretches(table: Table, words: Words) -> list[tuple[dict[str, Scalar], str]]:
    """The rows of time to be drawn: the last few spans, the mean, or all."""
    over = words.t("over the whole of {window}", window=words.window)
    if table.time == "span":
        return [({"span": span}, span_of(table, words, span)) for span in outer_spans(words)[-MOST_SPANS:]]
    labels, when = representative(table, words)
    return [(labels, when if labels else over)]


def _streams(table: Table, words: Words, labels: dict[str, Scalar]) -> list[Stream]:
    """Those that somebody is in, without those who are elsewhere both times."""
    states = (*table.items, ELSEWHERE)
    places: dict[tuple[int, int], dict[str, Scalar]] = {
        (i, j): {**labels, "from": start, "to": end}
        for i, start in enumerate(states)
        for j, end in enumerate(states)
        if not start == end == ELSEWHERE
    }
    return [
        Stream(i, j, value, beside(table, words, **own))
        for (i, j), own in places.items()
        if (value := table.number(**own)) is not None and value > 0
    ]


def _flow(
    table: Table, words: Words, streams: Sequence[Stream], caption: str, note: str, tall: int | Decimal
) -> Chart:
    names = [words.title(state) for state in (*table.items, ELSEWHERE)]
    whole = sum((stream.value for stream in streams), Decimal(0))

    def say(value: int | Decimal, margin: str) -> str:
        return words.number(value if margin else shown(value, whole), margin)

    def draw(width: int) -> Picture:
        return flows(names, streams, say, tall, width)

    told = [
        words.t("stay in {state}: {number}", state=names[s.start], number=say(s.value, s.margin))
        if s.start == s.end
        else words.t(
            "from {start} to {end}: {number}",
            start=names[s.start],
            end=names[s.end],
            number=say(s.value, s.margin),
        )
        for s in sorted(streams, key=lambda s: -s.value)[:MOST_TOLD]
    ]
    return Chart(caption, "; ".join(told) + ".", draw, note)


def _left_out(table: Table, words: Words, labels: dict[str, Scalar]) -> str:
    """What the picture does not show: who is elsewhere both times, and what is not told."""
    said = []
    own: dict[str, Scalar] = {**labels, "from": ELSEWHERE, "to": ELSEWHERE}
    if outside := table.number(**own):
        number = words.number(outside, beside(table, words, **own))
        said.append(words.t("{number} who are elsewhere both times are left out.", number=number))
    if any("note" in row for row in table.pick(**labels)):
        said.append(words.t("Moves whose number is not told are left out."))
    said += [
        repeated(table, words),
        "" if table.time == "period" else cut(table, words, whole=table.time is None),
    ]
    if table.time == "span" and len(words.release.window.spans) > MOST_SPANS:
        said.append(not_all(words))
    return " ".join(filter(None, said))


# -- stays ------------------------------------------------------------------------------------------------


def stays(table: Table, words: Words) -> Iterator[Chart]:
    """How many stays were how long, with mean and median; and the mean by sex and age."""
    counts = [table.number(length=length) for length in range(1, (table.longest or 0) + 1)]
    while counts and not counts[-1]:
        counts.pop()
    if not counts:
        return
    mean, median = (table.number(length=total) for total in (MEAN, "median"))
    marks = []
    if mean is not None:
        number = words.number(mean, beside(table, words, length=MEAN))
        marks.append(Mark(mean, words.t("mean {number}", number=number)))
    if median is not None:
        number = words.number(median, beside(table, words, length="median"))
        marks.append(Mark(median, words.t("median {number}", number=number)))
    title = words.t(LENGTHS[words.unit])
    told = [
        f"{words.spell(i)}: {words.number(c, beside(table, words, length=i))}"
        for i, c in enumerate(counts, 1)
        if c is not None
    ]
    yield Chart(
        words.t("People by the length of their stay"),
        "; ".join([*told, *(mark.text for mark in marks)]) + ".",
        lambda width: histogram(counts, marks, title, width),
        not_few(words, (table.row(length=length) for length in range(1, (table.longest or 0) + 1))),
    )
    found = [_length(table, words, words.t("All together"), {}, "strong")]
    found += [
        bar
        for dimension in ("sex", "age")
        for label in labels_of(table, dimension)
        if label != ALL
        and (bar := _length(table, words, words.label(dimension, label), {dimension: label})).value
        is not None
    ]
    if len(found) > 1:
        yield Chart(words.t("Mean length"), listed(found), lambda width: bars(found, width))


def _length(table: Table, words: Words, name: str, labels: dict[str, Scalar], kind: str = "plain") -> Bar:
    """A mean length of some."""
    value = table.number(**labels, length=MEAN)
    said = "" if value is None else words.spell(value, beside(table, words, **labels, length=MEAN))
    return Bar(name, value, said, kind)


# -- amounts around an event ------------------------------------------------------------------------------


def around(table: Table, words: Words) -> Iterator[Chart]:
    """The mean amount before and after the event: of everybody with the level, then by sex and by age."""
    caption = words.t(
        "{amount}, {unit} per person, before and after",
        amount=words.title(str(table.amount)),
        unit=table.unit,
    )
    everybody = [_amounts(table, words, words.label("sex", ALL), {})]
    level = table.number(offset="level")
    sure = beside(table, words, offset="level")
    rise = "" if level is None else words.signed_amount(level, str(table.unit), sure)
    note = cut(table, words)
    if level is not None:
        said = words.t(
            "{level} is the amount {after} after, less the amount {before} before.",
            level=rise,
            after=words.spell(table.after or 1),
            before=words.spell(table.before or 1),
        )
        note = f"{said} {note}".strip()
    yield from _curves(table, words, everybody, caption, (rise, note))
    captions = {
        "sex": words.t(
            "{amount}, {unit} per person, by sex", amount=words.title(str(table.amount)), unit=table.unit
        ),
        "age": words.t(
            "{amount}, {unit} per person, by age", amount=words.title(str(table.amount)), unit=table.unit
        ),
    }
    for dimension, by in captions.items():
        several = [
            _amounts(table, words, words.label(dimension, label), {dimension: label})
            for label in labels_of(table, dimension)
            if label != ALL
        ]
        yield from _curves(table, words, several, by, ("", ""))


def _curves(
    table: Table, words: Words, several: Sequence[Series], caption: str, level: tuple[str, str]
) -> Iterator[Chart]:
    known = [series for series in several if any(value is not None for value in series.values)]
    if not known:
        return
    unit, before = str(table.unit), table.before or 0
    said = (words.around, words.label("offset", 0))

    def say(value: int | Decimal, margin: str) -> str:
        return words.amount(value, unit, margin)

    def draw(width: int) -> Picture:
        return curves(known, before, say, said, width, level=level[0])

    told = [
        f"{series.name}: "
        + ", ".join(
            f"{words.label('offset', i - before)} {series.said(i, say)}"
            for i, value in enumerate(series.values)
            if value is not None
        )
        for series in known
    ]
    yield Chart(caption, "; ".join(told) + ".", draw, level[1])


def _amounts(table: Table, words: Words, name: str, labels: dict[str, Scalar]) -> Series:
    offsets = range(-(table.before or 0), (table.after or 0) + 1)
    values = tuple(table.number(offset=offset, **labels) for offset in offsets)
    return Series(name, values, tuple(beside(table, words, offset=offset, **labels) for offset in offsets))
