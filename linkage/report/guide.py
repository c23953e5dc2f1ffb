"""How to read a release: what its words mean, for whoever meets them for the first time.

Only what occurs in the release is explained.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from linkage.window import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.report.words import Words

ANY_DAY = {
    Unit.MONTH: "Somebody counts in a month if they were there on any day of it.",
    Unit.QUARTER: "Somebody counts in a quarter if they were there on any day of it.",
    Unit.TERTIAL: "Somebody counts in a tertial if they were there on any day of it.",
    Unit.YEAR: "Somebody counts in a year if they were there on any day of it.",
}
LAST_DAY = {
    Unit.MONTH: "Somebody counts in a month if they were there on the last day of it.",
    Unit.QUARTER: "Somebody counts in a quarter if they were there on the last day of it.",
    Unit.TERTIAL: "Somebody counts in a tertial if they were there on the last day of it.",
    Unit.YEAR: "Somebody counts in a year if they were there on the last day of it.",
}


@dataclass(frozen=True)
class Entry:
    """A word and what it means."""

    word: str
    meaning: str


def guide(words: Words) -> list[Entry]:
    """What the reader needs to know, in the order of need."""
    return list(_entries(words))


def _entries(words: Words) -> Iterator[Entry]:
    t, tables = words.t, words.release.tables
    yield Entry(
        t("Unique people"),
        t(
            "Each person is counted once, even if several organisations or programmes have them. The "
            "registers were not merged: each organisation replaced identity numbers by keyed pseudonyms, "
            "and a third party that cannot read them counted."
        ),
    )
    if any(table.own_key == "part" for table in tables):
        yield Entry(
            t("Added up, and too many in the sum"),
            t(
                "“Added up” is the sum of the parts. “Too many in the sum” is what it has more than the "
                "unique people: somebody in two parts adds one, somebody in three adds two."
            ),
        )
    if any(table.time == "period" for table in tables):
        yield from _of_time(words)
    yield from _of_kinds(words)
    yield from _of_dimensions(words)
    yield from _of_notes(words)
    yield Entry(
        t("Coverage"),
        t(
            "How many per cent of the people in an organisation's register could be counted. The others "
            "have no complete identity number, so they cannot be recognised in another register and are "
            "left out."
        ),
    )


def _of_time(words: Words) -> Iterator[Entry]:
    t = words.t
    yield Entry(
        words.label("period", "mean"),
        t(
            "The numbers of all periods added, and divided by how many they are; periods that are not "
            "known are left out. It tells how many there are at a time, and not how many there are in "
            "all."
        ),
    )
    yield Entry(
        words.label("period", "all"),
        t("Everybody who was there in at least one period, counted once. It is not the sum of the periods."),
    )
    days = LAST_DAY if words.release.counting == "last-day" else ANY_DAY
    yield Entry(t("Who is there"), t(days[words.unit]))


def _of_kinds(words: Words) -> Iterator[Entry]:
    t, kinds = words.t, {table.kind for table in words.release.tables}
    if "overlap" in kinds:
        yield Entry(
            t("Combinations"),
            t(
                "Each person stands in one combination: “only” means in this and in none of the others "
                "that are asked about. Over the whole time, somebody is in all that they were ever in, "
                "also at different times."
            ),
        )
    if "share" in kinds:
        yield Entry(
            t("Per cent"),
            t(
                "Divided from the numbers shown here, and rounded to one decimal, halves away from zero. "
                "The mean divides the mean by the mean."
            ),
        )


def _of_dimensions(words: Words) -> Iterator[Entry]:
    t, release = words.t, words.release
    if release.sex:
        yield Entry(
            t("Sex"),
            t(
                "Taken from the identity number. “Sex not known” also holds people on whom two "
                "organisations do not agree."
            ),
        )
    if release.ages_on is not None:
        yield Entry(
            t("Age"),
            t(
                "Completed years on {day}. A person has the same age in all periods.",
                day=words.day(release.ages_on),
            ),
        )


def _of_notes(words: Words) -> Iterator[Entry]:
    found = {row.get("note") for table in words.release.tables for row in table.rows}
    meanings = {
        "edge": "Before the first and after the last period nothing is known, so a question about a change "
        "cannot be answered there. Such periods are in no mean.",
        "no dates": "Of some people only this is known: that they were there at some time. Then there is a "
        "number for the whole time, and none for its periods.",
        "withheld": "The number is not told, to protect people. It is not told either whether it is small.",
    }
    for note, meaning in meanings.items():
        if note in found:
            yield Entry(words.t("“{title}”", title=words.note(note)), words.t(meaning))
