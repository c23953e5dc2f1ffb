"""How to read a release: what its words mean, for whoever meets them for the first time.

Only what occurs in the release is explained.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from linkage.report.names import FEW
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
    yield from _of_courses(words)
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
    if kinds & {"share", "outcome"}:
        yield Entry(
            t("Per cent"),
            t(
                "Divided from the numbers of the same row, and rounded to one decimal, halves away from "
                "zero. The row of the mean divides mean by mean before these are rounded, so it can be a "
                "tenth or two from what its rounded numbers give."
            ),
        )


def _of_courses(words: Words) -> Iterator[Entry]:
    """What becomes of people over time: moves, outcomes, stays, amounts around an event."""
    t, kinds = words.t, {table.kind for table in words.release.tables}
    if any(table.places is not None for table in words.release.tables):
        yield Entry(
            t("Places"),
            t(
                "How many can take part at once. People are divided by places for each period and for the "
                "mean; over a longer time several people can take one place after the other."
            ),
        )
    if "flow" in kinds:
        yield Entry(
            t("Moves"),
            t(
                "Each person is in one state in each period: the first in the list that they are in, else "
                "elsewhere. A move is from the state in one period to that in a later one; staying is told "
                "too. Over a longer time moves are counted, and one person can make several. “Elsewhere” "
                "holds those whom some organisation has, but who are in none of the states."
            ),
        )
    if "outcome" in kinds:
        yield Entry(
            t("Who left, and what became of them"),
            t(
                "Somebody leaves in the last period before one in which they are not there. Only those are "
                "counted whose whole follow-up lies inside the time of the agreement. Over a longer time "
                "each person is counted once, by the first time that they leave."
            ),
        )
    if "duration" in kinds:
        yield Entry(
            t("Length of stays"),
            t(
                "Each person's first stay that both starts and ends inside the time of the agreement. "
                "Stays that began before it or still go on are not counted, so long stays are too few here."
            ),
        )
    if "change" in kinds:
        yield Entry(
            t("Before and after an event"),
            t(
                "The mean amount of those who had the event, in each period around their first. Who has no "
                "amount in a period has 0 then. “Change of level” is the last period after less the first "
                "before; “Change of the mean” is the mean after less the mean before, the event's own "
                "period left out. It tells what changed around the event, and not that the event caused it."
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
    if FEW in found:
        yield Entry(
            words.t("“{title}”", title=words.note(FEW)),
            words.t(
                "So few people, or nobody: it is not told which. A mean, a sum or a per cent that would need "
                "such a number is not told either, and has a dash."
            ),
        )
