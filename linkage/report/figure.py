"""The figure that an agreement begins with, where that is a per cent, or a change of an amount."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.release.counts import MEAN
from linkage.report.answers_over_time import aimed, rated, spans
from linkage.report.edges import span_of
from linkage.report.noise import beside
from linkage.report.steps import Number, Piece, Step

if TYPE_CHECKING:
    from linkage.release.rows import Scalar
    from linkage.release.tables import Table
    from linkage.report.words import Words

LONGEST = 1000
"""Of a bar, in thousandths."""


def figure(table: Table, words: Words) -> list[Step]:
    """The numbers of a share, an outcome or a change; none of another, or where they are not told."""
    if table.kind == "change":
        return _change(table, words)
    return _shares(table, words) if table.rated else []


def _shares(table: Table, words: Words) -> list[Step]:
    several = [
        step
        for span in spans(table, words)
        if (step := _share(table, words, {"span": span}, span_of(table, words, span)))
    ]
    if several:
        return several
    times: list[tuple[dict[str, Scalar], str]] = [
        ({}, words.t("At some time in {window}", window=words.window))
    ]
    if table.time == "period" and table.kind != "outcome":
        times.insert(0, ({"period": MEAN}, words.label("period", MEAN)))
    return [step for labels, name in times if (step := _share(table, words, labels, name))][:1]


def _share(table: Table, words: Words, labels: dict[str, Scalar], name: str) -> Step | None:
    percent, told = table.number("percent", **labels), rated(table, words, **labels)
    if percent is None or told is None:
        return None
    out = words.t("{value} out of {of}.", value=told[1], of=told[2])
    width = min(float(percent) * LONGEST / 100, LONGEST)
    pieces = (Piece(0.0, round(width, 1), "core"),) if width > 0 else ()
    margin = beside(table, words, "percent", **labels)
    return Step("figure", percent, words.percent(percent), name, aimed(out, table, words), pieces, margin)


def _change(table: Table, words: Words) -> list[Step]:
    """The amount before, the amount after, and the one less the other."""
    unit, before, after = str(table.unit), table.before or 1, table.after or 1
    first, last, level = (table.number(offset=offset) for offset in (-before, after, "level"))
    people = table.number("people", offset="level")
    if first is None or last is None or level is None or people is None:
        return []
    most = max(first, last, 1)

    def bar(value: Number) -> tuple[Piece, ...]:
        width = round(float(value) * LONGEST / float(most), 1)
        return (Piece(0.0, width, "core"),) if width > 0 else ()

    told = words.number(people, beside(table, words, "people", offset="level"))
    said = words.t("{unit} per person, the mean of {people} people.", unit=unit, people=told)
    offsets: tuple[Scalar, ...] = (-before, after, "level")
    names = [words.label("offset", offset) for offset in offsets]
    names = [name[:1].upper() + name[1:] for name in names]
    margins = [beside(table, words, offset=offset) for offset in offsets]
    return [
        Step("figure", first, words.amount(first, unit), names[0], said, bar(first), margins[0]),
        Step("figure", last, words.amount(last, unit), names[1], said, bar(last), margins[1]),
        Step(
            "figure",
            level,
            words.signed_amount(level, unit),
            names[2],
            words.t("What changed around the event; it need not be the cause."),
            margin=margins[2],
        ),
    ]
