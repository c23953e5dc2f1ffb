"""Twenty-four monthly rounds over three months each, audited together: none leaks; without the rules they do.

The attacker knows the rule and its table, its own list, and all releases; it tries every number there can be.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from linkage.ledger import Ledger, RoundId
from linkage.ledger.errors import MetBeforeError, TooManyReleasesError
from linkage.release import Release
from tests import faults
from tests import monthly_rounds as rounds
from tests.attacks import Reader
from tests.monthly_rounds import ROUNDS, TOLD, agreement, told

NAMES = ("tiny", "another")
ONE = (0, 1)
"""By how many of its own people a number can have grown that malmo put one into."""
ANY = range(-40, 41)
"""By how many a number can have changed of which nobody knows who was corrected."""


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> list[Release]:
    """As the ledger has it, every other round under another name, and so of another family's key."""
    ledger = Ledger.open(f"sqlite:///{tmp_path_factory.mktemp('months') / 'ledger.db'}")
    agreed = [agreement("cellkey", n, NAMES[n % 2]) for n in range(1, ROUNDS + 1)]
    with faults.watched(faults.Points()):  # what is kept need not be on a disk
        found = [rounds.kept(ledger, each) for each in agreed]
    for name in (*NAMES, "third"):  # a day has been told of three times: no name tells of it again
        with pytest.raises(TooManyReleasesError):
            ledger.check_history(RoundId(name, 99), rounds.scope(agreed[9]), None)
    return found


@pytest.fixture(scope="module")
def alone() -> list[Release]:
    """The gate is told of no other round."""
    return rounds.played(lambda _: NAMES[0], lambda _name, _before: [])


@pytest.fixture(scope="module")
def by_name() -> list[Release]:
    """What a history by names alone would be: each of three names tells of a day once."""
    return rounds.played(
        lambda n: f"name-{n % TOLD}",
        lambda name, before: [r for r in before if r.agreement.name == name][-1:],
    )


READER = Reader(agreement("cellkey", 1, NAMES[0]).release)
MARKS = [READER.marks(n).keys() for n in range(150)]
"""By the true number, what may be read."""


def left(before: int | None, after: int | None, changes: Iterable[int], *, again: bool) -> set[int]:
    """By how many a number can have changed that was told so before and so after, one key given.

    again: whether what was told is told again where it can still be true; else equal people are told alike,
    and others by chance.
    """

    def can(n: int, change: int) -> bool:
        if (again and before in MARKS[n + change]) or (not again and not change):
            return after == before
        return after in MARKS[n + change]

    there = [n for n in range(110) if before in MARKS[n]]
    return {change for change in changes if any(can(n, change) for n in there if n + change >= 0)}


def pairs(releases: list[Release], measure: str, place: int) -> Iterator[tuple[int, int | None, int | None]]:
    """Of each round from the second: its number, and what the one before and it say of one of its months."""
    for number in range(2, ROUNDS + 1):
        month = number - 1 + place
        before, after = releases[number - 2], releases[number - 1]
        yield number, told(before, measure, month), told(after, measure, month)


def test_the_rounds_are_what_they_should_be() -> None:
    grown = [rounds.both(n, n) - rounds.both(n, n - 1) for n in range(2, ROUNDS + 1)]
    assert set(grown) == {0, 1}
    assert 8 < sum(grown) < 16
    assert grown == [int(rounds.with_af(n)) for n in range(2, ROUNDS + 1)]
    corrected = [n for n in range(2, ROUNDS + 1) if rounds.both(n - 1, n) != rounds.both(n - 1, n - 1)]
    assert corrected == [4, 8, 12, 16, 20, 24]


def test_one_person_put_late_into_a_list_is_found_by_who_compares_rounds_without_a_history(
    alone: list[Release],
) -> None:
    said = {n: left(a, b, ONE, again=False) for n, a, b in pairs(alone, "both", 1)}
    inside = [n for n in said if rounds.with_af(n)]
    assert sum(said[n] == {1} for n in inside) > 0.6 * len(inside)  # of them it is certain
    assert all(said[n] == {0, 1} for n in said if n not in inside)
    guessed = [(a != b) == rounds.with_af(n) for n, a, b in pairs(alone, "both", 1)]
    assert statistics.mean(guessed) > 0.8


def test_and_is_not_where_rounds_are_audited_together(real: list[Release]) -> None:
    for _, before, after in pairs(real, "both", 1):
        assert left(before, after, ONE, again=True) == {0, 1}


def test_late_corrections_of_many_stay_within_the_width(real: list[Release]) -> None:
    for measure in ("both", "af"):
        for place in (0, 1):
            for _, before, after in pairs(real, measure, place):
                assert len(left(before, after, ANY, again=True)) >= READER.rule.js + 1


def test_numbers_told_again_are_still_as_true_as_a_method_promises(real: list[Release]) -> None:
    for number, release in enumerate(real, 1):
        for month in range(number - 1, number - 1 + TOLD):
            value = told(release, "both", month)
            assert value is None or abs(value - rounds.both(month, number)) <= READER.rule.d
    changed = [n for n, before, after in pairs(real, "af", 0) if before != after]
    assert changed == [4, 8, 12, 16, 20, 24]  # thirty people more are told, and nothing else is


# -- averaging, and other names ----------------------------------------------------------------------------

UNCHANGED = [m for m in range(TOLD - 1, ROUNDS) if not rounds.many(m + 1)]
"""Months in which af's list was the same in all three rounds that tell of it."""


def draws(releases: list[Release], month: int) -> list[int | None]:
    """What the three rounds that tell of a month say of af's list."""
    return [told(releases[n], "af", month) for n in range(month - TOLD + 1, month + 1)]


def possible(values: Iterable[int | None]) -> set[int]:
    """The true numbers that several draws about the same people leave."""
    several = [*values]
    return {n for n in range(150) if all(value in MARKS[n] for value in several)}


def error(releases: list[Release]) -> float:
    """How far from the truth an average of the three is, on average."""
    return statistics.mean(
        abs(statistics.mean([n or 0 for n in draws(releases, m)]) - len(rounds.people("af.etab", m, m + 1)))
        for m in UNCHANGED
    )


def test_averaging_all_rounds_gains_nothing_on_unchanged_sets(
    real: list[Release], alone: list[Release]
) -> None:
    """Of a family by its key, whatever the gate is told; of several names because numbers are told again."""
    for releases in (real, alone):
        for month in UNCHANGED:
            first, *others = draws(releases, month)
            assert others == [first] * (TOLD - 1)
            assert len(possible([first])) == 2 * READER.rule.d + 1


def test_another_name_draws_anew_where_history_goes_by_names(
    real: list[Release], by_name: list[Release]
) -> None:
    """Without the party rule three families are three draws: nearer the truth, and fewer numbers left."""
    room = [len(possible(draws(by_name, month))) for month in UNCHANGED]
    assert statistics.mean(room) < 2 * READER.rule.d
    assert statistics.mean(n < 2 * READER.rule.d + 1 for n in room) > 0.8
    assert error(by_name) < error(real)
    changed = [a != b for n, a, b in pairs(by_name, "both", 1) if not rounds.with_af(n)]
    assert statistics.mean(changed) > 0.5  # and nothing that changed says anything of a person any more


# -- suppress: the ledger's refusal is what stops it -------------------------------------------------------


def test_whole_windows_subtracted_from_each_other_tell_who_came() -> None:
    """Were rounds by suppress let through one after the other: the gate does not hold windows together.

    Those who came since, less those who went, are few; whoever knows the ones knows the others.
    """
    releases: list[Release] = []
    for number in (1, 2):
        agreed = agreement("suppress", number, NAMES[0], rounds.IN_ALL)
        releases.append(rounds.released(agreed, releases))
    first, second = (release.table("af").rows[0]["value"] for release in releases)
    assert isinstance(first, int)
    assert isinstance(second, int)
    windows = [
        frozenset().union(*(rounds.people("af.etab", n - 1 + p, n) for p in range(TOLD))) for n in (1, 2)
    ]
    assert [first, second] == [len(window) for window in windows]
    came, went = len(windows[1] - windows[0]), len(windows[0] - windows[1])
    assert 0 < came < READER.rule.threshold
    assert second - first == came - went


def test_and_the_ledger_takes_one_of_three_by_suppress_whatever_its_name(tmp_path: Path) -> None:
    ledger, through = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}"), []
    for number in range(1, ROUNDS + 1):
        agreed = agreement("suppress", number, NAMES[number % 2], rounds.IN_ALL)
        try:
            rounds.kept(ledger, agreed)
            through.append(number)
        except MetBeforeError:
            continue
    assert through == list(range(1, ROUNDS + 1, TOLD))  # windows without a day in common
