"""What each measure asks and answers, in a sentence or two."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from linkage.release.counts import ALL, MEAN, tenth
from linkage.report.answers_over_time import aimed, changed, moved, of_spans, rated, reached, spans, stayed
from linkage.report.edges import span_of
from linkage.report.noise import beside
from linkage.report.questions import follow_up, in_words, leavers, where
from linkage.report.words import shown

if TYPE_CHECKING:
    from linkage.release.rows import Scalar
    from linkage.release.tables import Table
    from linkage.report.words import Words

MOST_SEVERAL: Final = 4
"""So many combinations, the largest first, are told one by one."""


def question(table: Table, words: Words) -> str:
    """The measure's question, with titles for what it names."""
    said = [in_words(source, words) for source in table.items]
    if table.kind == "overlap":
        return words.t("In which of {names}, and in which of them at once?", names=", ".join(said))
    if table.kind == "howmany":
        return words.t("How many of these hold of somebody: {names}?", names=", ".join(said))
    if table.kind == "flow":
        return words.t(
            "How do people move between {names}, and elsewhere, {spell} at a time?",
            names=", ".join(said),
            spell=words.spell(table.every or 1),
        )
    asked = where(str(table.asked), words)
    if table.kind in ("outcome", "duration", "change"):
        return _over_time(table, words, asked)
    if table.places is not None:
        number = words.number(table.places)
        named = in_words(str(table.asked), words)
        return words.t("How many of the {number} places in {asked} are taken?", number=number, asked=named)
    return _of_share(table, words, asked) if table.kind == "share" else _of_count(words, asked)


def _of_count(words: Words, asked: str) -> str:
    return words.t("How many people are {asked}?", asked=asked)


def _of_share(table: Table, words: Words, asked: str) -> str:
    if isinstance(table.of, int):
        of = words.number(table.of)
        of = f"{of} ({table.source})" if table.source else of
        return words.t("How many are {asked}, in per cent of {of}?", asked=asked, of=of)
    plain = words.t(
        "How large a share are {asked}, of those who are {of}?", asked=asked, of=where(str(table.of), words)
    )
    if not table.outside:
        return plain
    apart = words.t(
        "{asked} is not written as a part of {of}: who is in the first alone is counted too.",
        asked=in_words(str(table.asked), words),
        of=in_words(str(table.of), words),
    )
    return f"{plain} {apart}"


def _over_time(table: Table, words: Words, asked: str) -> str:
    if table.kind == "outcome":
        there, when = where(str(table.to), words), follow_up(table, words)
        who = leavers(str(table.asked), words)
        return words.t("Of {who}, how many are {there} {when}?", who=who, there=there, when=when)
    if table.kind == "duration":
        return words.t("How long are people {asked} without a break?", asked=asked)
    return words.t(
        "How much is {amount} per person around the event ({asked}), from {before} before to {after} after?",
        amount=in_words(str(table.amount), words),
        before=words.spell(table.before or 1),
        after=words.spell(table.after or 1),
        asked=asked,
    )


def answer(table: Table, words: Words) -> str:
    """The measure's main numbers."""
    told = {
        "share": _share,
        "overlap": _several,
        "howmany": _several,
        "flow": moved,
        "outcome": reached,
        "duration": stayed,
        "change": changed,
    }
    said = told.get(table.kind, _count)(table, words)
    return said or _untold(table, words)


def _untold(table: Table, words: Words) -> str:
    """Why there is no main number, where the table shows it."""
    if words.release.moved and any(row.get("note") == "few" for row in table.rows):
        return words.t(
            "No total can be told, as some of the numbers that it is made of are of fewer than {few} people; "
            "see the table.",
            few=words.release.rule.threshold,
        )
    return words.t("No total can be told; see the table.")


def _count(table: Table, words: Words) -> str:
    mean = _number(table, MEAN)
    stretches = [(span, _people(table, words, span=span)) for span in spans(table, words)]
    said = []
    if told := [f"{span_of(table, words, span)}: {number}" for span, number in stretches if number]:
        said.append(words.t("{numbers} people.", numbers="; ".join(told)))
    if mean is not None:
        number = _people(table, words, **_at(table, MEAN))
        said.append(words.t("{number} people {when}.", number=number, when=words.average))
    if whole := _people(table, words, **_at(table, ALL)):
        said.append(words.t("{number} people at some time in {window}.", number=whole, window=words.window))
    time = ALL if mean is None else MEAN
    if table.items and (added := _people(table, words, mean, **{**_at(table, time), "part": "sum"})):
        said.append(words.t("The parts added up would say {number}.", number=added))
    return " ".join(said)


def _people(table: Table, words: Words, near: int | Decimal | None = None, /, **labels: Scalar) -> str:
    """How many, as it is told beside the number `near`; of parts the unique people; empty for none."""
    if table.own_key == "part":
        labels = {"part": "unique", **labels}
    value = table.number(**labels)
    if value is None:
        return ""
    told = shown(value, value if near is None else near)
    return words.number(told, beside(table, words, "value", told, **labels))


def _share(table: Table, words: Words) -> str:
    if table.places is not None:
        return _places(table, words)
    if several := of_spans(table, words):
        return aimed(f"{several}.", table, words)
    for time, when in _times(table, words):
        if told := rated(table, words, **_at(table, time)):
            percent, value, of = told
            said = words.t(
                "{percent} {when}: {value} out of {of}.", percent=percent, when=when, value=value, of=of
            )
            return aimed(said, table, words)
    return ""


def _places(table: Table, words: Words) -> str:
    """How many of the places are taken in a mean; without a mean, people and places are told apart."""
    places = words.number(table.places)
    mean, percent = (table.number(key, period=MEAN) for key in ("value", "percent"))
    if table.time == "period" and mean is not None and percent is not None:
        return words.t(
            "{percent} of {places} places are taken {when}: {value} people.",
            percent=words.percent(percent, beside(table, words, "percent", period=MEAN)),
            places=places,
            when=words.average,
            value=words.number(mean, beside(table, words, period=MEAN)),
        )
    whole = _people(table, words, **_at(table, ALL))
    if not whole:
        return ""
    return words.t(
        "{number} people at some time in {window}; there are {places} places at a time.",
        number=whole,
        window=words.window,
        places=places,
    )


def _several(table: Table, words: Words) -> str:
    """How many of the people are in more than one set or list."""
    if table.drawn:
        return _each_several(table, words)
    for time, when in _times(table, words):
        counted = [(own, _exactly(table, time, own, words)) for own in table.own]
        known = [(own, value) for own, value in counted if value is not None]
        people = sum((value for _, value in known), Fraction(0))
        if len(known) < len(counted) or not people:
            continue
        several = sum((value for own, value in known if own != 1 and not _alone(own)), Fraction(0))
        told, of = (_told(number, mean=time == MEAN) for number in (several, people))
        return words.t(
            "{number} of {people} people are in more than one, {when} ({percent}).",
            number=words.number(told),
            people=words.number(of),
            when=when,
            percent=words.percent(tenth(Fraction(told) * 100 / Fraction(of))) if of else "–",
        )
    return ""


def _each_several(table: Table, words: Words) -> str:
    """Numbers with noise: the largest of those that are told, as a sum of several has no interval."""
    key = str(table.own_key)
    for time, when in _times(table, words):
        at = _at(table, time)
        several = [own for own in table.own if own != 1 and not _alone(own)]
        known = [(value, own) for own in several if (value := table.number(**at, **{key: own})) is not None]
        if known:
            largest = sorted(known, key=lambda pair: -pair[0])[:MOST_SEVERAL]
            told = [
                f"{words.label(key, own)}: {_people(table, words, **at, **{key: own})}" for _, own in largest
            ]
            return words.t("In more than one, {when}: {numbers}.", when=when, numbers="; ".join(told))
    return ""


def _told(value: Fraction, *, mean: bool) -> int | Decimal:
    """As it is shown: a mean with its decimal where it is small. A per cent is taken of this."""
    number = tenth(value)
    return shown(number, number) if mean else int(value)


def _exactly(table: Table, time: str, own: Scalar, words: Words) -> Fraction | None:
    """A count; a mean from its periods, so that several can be added without adding what was rounded."""
    key = str(table.own_key)
    if time != MEAN:
        value = table.number(**_at(table, time), **{key: own})
        return None if value is None else Fraction(value)
    values = [table.number(period=period, **{key: own}) for period in words.release.window.labels]
    known = [Fraction(value) for value in values if value is not None]
    return sum(known, Fraction(0)) / len(known) if known else None


def _alone(own: object) -> bool:
    return isinstance(own, tuple) and len(own) == 1


def _times(table: Table, words: Words) -> list[tuple[str, str]]:
    """The rows of time that can stand for a table, the best first, and how each is said."""
    ever = (ALL, words.t("at some time in {window}", window=words.window))
    return [(MEAN, words.average), ever] if table.time == "period" else [ever]


def _at(table: Table, time: str) -> dict[str, Scalar]:
    return {table.time: time} if table.time else {}


def _number(table: Table, time: str) -> int | Decimal | None:
    if time == MEAN and table.time != "period":
        return None
    return table.number(**_at(table, time), **({"part": "unique"} if table.items else {}))
