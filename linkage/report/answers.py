"""What each measure asks and answers, in a sentence or two."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from linkage.release.counts import ALL, MEAN, tenth
from linkage.report.questions import in_words
from linkage.report.words import shown

if TYPE_CHECKING:
    from linkage.release.rows import Scalar
    from linkage.release.tables import Table
    from linkage.report.words import Words


def question(table: Table, words: Words) -> str:
    """The measure's question, with titles for what it names."""
    said = [in_words(source, words) for source in table.items]
    if table.kind == "overlap":
        return words.t("In which of {names}, and in which of them at once?", names=", ".join(said))
    if table.kind == "howmany":
        return words.t("In how many of {names}?", names=", ".join(said))
    asked = in_words(str(table.asked), words)
    if table.kind == "share":
        of = words.number(table.of) if isinstance(table.of, int) else in_words(str(table.of), words)
        if table.source:
            of = f"{of} ({table.source})"
        plain = words.t("How large a share is {asked}, out of {of}?", asked=asked, of=of)
        if not table.outside:
            return plain
        apart = words.t(
            "{asked} is not written as a part of {of}: who is in the first alone is counted too.",
            asked=asked,
            of=of,
        )
        return f"{plain} {apart}"
    return words.t("How many people are in {asked}?", asked=asked)


def answer(table: Table, words: Words) -> str:
    """The measure's main numbers."""
    if table.kind in ("overlap", "howmany"):
        return _several(table, words)
    return _share(table, words) if table.kind == "share" else _count(table, words)


def _count(table: Table, words: Words) -> str:
    mean, whole = (_number(table, time) for time in (MEAN, ALL))
    added = table.number(**_at(table, ALL if mean is None else MEAN), part="sum") if table.items else None
    said = []
    if mean is not None:
        said.append(
            words.t("{number} people {when}.", number=words.number(shown(mean, mean)), when=words.average)
        )
    if whole is not None:
        said.append(
            words.t(
                "{number} people at some time in {window}.", number=words.whole(whole), window=words.window
            )
        )
    if added is not None:
        said.append(
            words.t(
                "The parts added up would say {number}.",
                number=words.number(shown(added, added if mean is None else mean)),
            )
        )
    return " ".join(said) or _nothing(words)


def _share(table: Table, words: Words) -> str:
    for time, when in _times(table, words):
        percent = table.number("percent", **_at(table, time))
        value, of = (table.number(key, **_at(table, time)) for key in ("value", "of"))
        if percent is not None and value is not None and of is not None:
            return words.t(
                "{percent} {when}: {value} out of {of}.",
                percent=words.percent(percent),
                when=when,
                value=words.number(shown(value, of)),
                of=words.number(shown(of, of)),
            )
    return _nothing(words)


def _several(table: Table, words: Words) -> str:
    """How many of the people are in more than one set or list."""
    for time, when in _times(table, words):
        counted = [(own, _exactly(table, time, own, words)) for own in table.own]
        known = [(own, value) for own, value in counted if value is not None]
        people = sum((value for _, value in known), Fraction(0))
        if len(known) < len(counted) or not people:
            continue
        several = sum((value for own, value in known if own != 1 and not _alone(own)), Fraction(0))
        return words.t(
            "{number} of {people} people are in more than one, {when} ({percent}).",
            number=words.whole(tenth(several)),
            people=words.whole(tenth(people)),
            when=when,
            percent=words.percent(tenth(several * 100 / people)),
        )
    return _nothing(words)


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


def _nothing(words: Words) -> str:
    return words.t("No total can be told; see the table.")
