"""What numbers of different stretches of time give together (docs/attacks.md).

Under `suppress` any two rows of one stretch are held against each other; of two stretches those of one set.
Under `cellkey`, where people have too many histories, each stretch is attacked by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module

import pytest

from linkage.agreement.model import Agreement, Party, ReleaseRule, Series
from linkage.dimensions import Dimensions
from linkage.measures import language
from linkage.measures.model import Count
from linkage.measures.vocabulary import Vocabulary
from linkage.window import Unit, Window
from tests.attacked_histories import Person
from tests.attacked_random import Round, a_round, released
from tests.attacker import attack
from tests.random_rounds import agreement_of, fingerprint

STAYED, LATE = 98, 2
OTHERS, FEW = 50, 3
THRESHOLD = 10


def agreement(*questions: str) -> Agreement:
    """Two months of one list of Malmö's and one of af's; each question by month."""
    parties = tuple(
        Party(name, name, fingerprint(name), (Series(name, "list", "list"),)) for name in ("malmo", "af")
    )
    window = Window(Unit.MONTH, "2020-01", "2020-02", {})
    agreed = agreement_of(window, parties, Dimensions(sex=False, age=None))
    vocabulary = Vocabulary({s.key: (s.title, True) for s in agreed.series}, {}, False, None, 2)
    measures = [
        Count(f"m{n}", f"m{n}", ("period",), None, language.parse(question, vocabulary), ())
        for n, question in enumerate(questions)
    ]
    rule: dict[str, str | int] = {
        "threshold": THRESHOLD,
        "width": 5,
        "trust": "parties export their registers unaltered",
    }
    return replace(agreed, measures=tuple(measures), release=ReleaseRule("suppress", rule))


def people() -> Sequence[Person]:
    """STAYED are on Malmö's list in January, most of them in February too; LATE come in February.

    On af's are OTHERS in January and FEW in February.
    """

    def some(name: str, periods: set[int], n: int) -> list[Person]:
        there = {key: frozenset(periods if key == name else ()) for key in ("malmo.list", "af.list")}
        return [Person(there, "other", "other")] * n

    malmo = [
        *some("malmo.list", {0, 1}, 58),
        *some("malmo.list", {0}, STAYED - 58),
        *some("malmo.list", {1}, LATE),
    ]
    return [*malmo, *some("af.list", {0}, OTHERS), *some("af.list", {1}, FEW)]


def told(*questions: str) -> list[dict[str, object]]:
    """Of each question, its numbers by period."""
    release = released(Round(agreement(*questions), people()))
    return [{str(row["period"]): row["value"] for row in table.rows} for table in release.tables]


def test_who_was_not_there_in_january_does_not_follow_from_january_and_the_whole_time() -> None:
    [by_month] = told("malmo.list")
    assert 0 < LATE < THRESHOLD
    assert None in (by_month["all"], by_month["2020-01"])
    assert by_month["mean"] is None or by_month["2020-01"] is not None


def test_and_does_not_where_both_are_asked_of_one_stretch() -> None:
    now, at_some_time = told("malmo.list", "ever(malmo.list)")
    assert None in (now["2020-01"], at_some_time["2020-01"])


def test_a_mean_does_not_give_the_month_that_is_withheld() -> None:
    """af's list has FEW people in the second month: twice the mean, less the first month, would tell it."""
    [by_month] = told("af.list")
    assert by_month["2020-02"] is None
    assert None in (by_month["2020-01"], by_month["mean"])


BY_STRETCH = 53
"""Of two hundred random rounds the one that leaks where stretches are attacked one by one."""


@pytest.mark.parametrize("histories", [0, 1_000])
def test_a_reader_who_puts_stretches_together_narrows_what_each_by_itself_hides(
    monkeypatch: pytest.MonkeyPatch, histories: int
) -> None:
    monkeypatch.setattr(import_module("linkage.match.count"), "_HISTORIES", histories)
    played = a_round(BY_STRETCH, "cellkey", columns=100)
    assert bool(attack(released(played, BY_STRETCH).data, *played).leaks) == (not histories)
