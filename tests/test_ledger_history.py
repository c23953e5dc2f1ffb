"""The history of a round: who shares it, how often a family tells of a day, what a budget allows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from alembic import command
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.sql import text

from linkage.errors import ReleaseError
from linkage.ledger import Head, Ledger, RoundId, Scope, Spending, State, schema
from linkage.ledger.database import Database
from linkage.ledger.errors import (
    BudgetSpentError,
    MetBeforeError,
    NotAuditedError,
    OtherMethodError,
    RolledBackError,
    StateError,
    TooManyReleasesError,
)
from linkage.texts import Lang, say
from tests import faults
from tests.ledgers import KINDS, NOW, TERMS, address, arrival

PARTIES = (("af", "SHA256:af"), ("malmo", "SHA256:malmo"))
STRANGERS = (("lund", "SHA256:lund"),)


def days(
    first: int, last: int, method: str = "cellkey", parties: tuple[tuple[str, str], ...] = PARTIES
) -> Scope:
    """A scope over these days, counted from the first of 2020."""
    start = dt.date(2020, 1, 1)
    return Scope(method, parties, start + dt.timedelta(first), start + dt.timedelta(last))


def cost(
    name: str, number: int, epsilon: str = "1", family: str = "3", delta: str = "0", family_delta: str = "0"
) -> Spending:
    return Spending(
        RoundId(name, number),
        Fraction(epsilon),
        Fraction(delta),
        Fraction(family),
        Fraction(family_delta),
        NOW,
    )


@pytest.fixture(params=KINDS)
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    with address(request.param, tmp_path) as url:
        yield Ledger.open(url)


@pytest.fixture
def book(tmp_path: Path) -> Ledger:
    return Ledger.open(f"sqlite:///{tmp_path / 'book.db'}")


def frozen(ledger: Ledger, name: str, number: int, scope: Scope) -> RoundId:
    round_id = RoundId(name, number)
    package = arrival("malmo", 1)
    ledger.receive(replace(TERMS, id=round_id), [package], NOW)
    ledger.freeze(round_id, [package.sha512], NOW, scope)
    return round_id


def released(ledger: Ledger, name: str, number: int, scope: Scope) -> RoundId:
    round_id = frozen(ledger, name, number, scope)
    audited = ledger.head().releases
    ledger.release(round_id, f"{round_id}".encode(), bytes(64), NOW, audited=audited)
    return round_id


# -- who shares a history ----------------------------------------------------------------------------------

MEETS = {
    "the same": (days(0, 9), True),
    "one day in common": (days(9, 20), True),
    "the day after": (days(10, 20), False),
    "inside": (days(3, 4), True),
    "another method": (days(0, 9, "dp"), True),
    "one party in common": (days(0, 9, parties=(("af", "SHA256:af"), ("lund", "SHA256:lund"))), True),
    "a renewed key": (days(0, 9, parties=(("malmo", "SHA256:new"),)), True),
    "another name": (days(0, 9, parties=(("malmo-stad", "SHA256:malmo"),)), True),
    "strangers": (days(0, 9, parties=(("lund", "SHA256:lund"),)), False),
    "a key that was not noted": (days(0, 9, parties=(("lund", ""),)), False),
}


@pytest.mark.parametrize("case", MEETS)
def test_a_history_is_a_day_and_a_party_in_common(case: str) -> None:
    other, expected = MEETS[case]
    assert days(0, 9).meets(other) is expected
    assert other.meets(days(0, 9)) is expected


def test_two_keys_that_were_not_noted_are_not_the_same() -> None:
    assert not days(0, 9, parties=(("a", ""),)).meets(days(0, 9, parties=(("b", ""),)))


def test_a_release_says_whom_it_tells_of(ledger: Ledger) -> None:
    released(ledger, "malmo-sok", 1, days(0, 30))
    (made,) = ledger.releases()
    assert made.scope == days(0, 30)


# -- how often a family tells of a day ---------------------------------------------------------------------


def test_a_fourth_release_of_a_day_is_refused_before_and_at_the_end(ledger: Ledger) -> None:
    for number in (1, 2, 3):
        released(ledger, "malmo-sok", number, days(0, 30))
    with pytest.raises(
        TooManyReleasesError, match="3 releases that share a party with this round tell of 2020-01-01"
    ):
        ledger.check_history(RoundId("malmo-sok", 4), days(0, 30), None)
    fourth = frozen(ledger, "malmo-sok", 4, days(0, 30))
    with pytest.raises(TooManyReleasesError) as caught:
        ledger.release(fourth, b"4", bytes(64), NOW, audited=ledger.head().releases)
    assert isinstance(caught.value, ReleaseError)
    assert "2020-01-01" in say(caught.value.message, Lang.SV)
    assert len(ledger.releases()) == 3
    released(ledger, "malmo-sok", 5, days(31, 60))  # other days and other parties may
    released(ledger, "another", 1, days(0, 30, parties=STRANGERS))


def test_another_name_has_no_releases_of_its_own(book: Ledger) -> None:
    for name in ("malmo-sok", "malmo-sok-b", "malmo-sok-c"):
        released(book, name, 1, days(0, 30))
    for parties in (PARTIES, (("malmo-stad", "SHA256:malmo"),), (("malmo", "SHA256:renewed"),)):
        with pytest.raises(TooManyReleasesError):
            book.check_history(RoundId("new", 1), days(30, 50, parties=parties), None)
    book.check_history(RoundId("new", 1), days(31, 50), None)
    book.check_history(RoundId("new", 1), days(0, 30, parties=STRANGERS), None)


def test_a_release_of_each_month_over_three_months_goes_on_for_ever(book: Ledger) -> None:
    for number in range(1, 13):
        released(book, "malmo-sok", number, days(30 * number, 30 * number + 89))


def test_one_day_too_many_is_found_in_the_middle(book: Ledger) -> None:
    for number, (first, last) in enumerate(((0, 10), (5, 15), (10, 20)), start=1):
        released(book, "malmo-sok", number, days(first, last))
    with pytest.raises(TooManyReleasesError, match="2020-01-11"):
        book.check_history(RoundId("malmo-sok", 4), days(1, 30), None)
    book.check_history(RoundId("malmo-sok", 4), days(11, 30), None)


SPANS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)).map(sorted), max_size=7)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("empty") / "ledger.db"
    Ledger.open(f"sqlite:///{file}")
    return file.read_bytes()


@settings(max_examples=30, deadline=None)
@given(spans=SPANS)
def test_no_day_is_told_of_more_than_three_times(
    empty: bytes, tmp_path_factory: pytest.TempPathFactory, spans: list[list[int]]
) -> None:
    file = tmp_path_factory.mktemp("days") / "ledger.db"
    file.write_bytes(empty)
    ledger, told = Ledger.open(f"sqlite:///{file}"), [0] * 9
    with faults.watched(faults.Points()):
        for number, (first, last) in enumerate(spans, start=1):
            may = all(told[day] < 3 for day in range(first, last + 1))
            if may:
                released(ledger, "malmo-sok", number, days(first, last))
                told[first : last + 1] = [n + 1 for n in told[first : last + 1]]
            else:
                with pytest.raises(TooManyReleasesError):
                    ledger.check_history(RoundId("malmo-sok", number), days(first, last), None)


# -- one history, one method -------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["exact", "cellkey", "suppress", "dp"])
@pytest.mark.parametrize("other", ["exact", "cellkey", "suppress"])
def test_what_meets_a_release_is_by_the_same_method(book: Ledger, method: str, other: str) -> None:
    released(book, "malmo-sok", 1, days(0, 30, other))
    second = RoundId("another", 1)
    asks: tuple[Callable[[], None], ...] = (
        lambda: book.check_history(second, days(30, 60, method), None),
        lambda: book.check_history(second, days(30, 60, method), None, [days(0, 30, other)]),
    )
    if method == other != "suppress":
        for ask in asks:
            ask()
        return
    error = MetBeforeError if method == other else OtherMethodError
    for ask in asks:
        with pytest.raises(error) as caught:
            ask()
        assert isinstance(caught.value, ReleaseError)
        assert "samma parter och dagar" in say(caught.value.message, Lang.SV)
    frozen(book, "another", 1, days(30, 60, method))  # by a program that asked before the other was kept
    with pytest.raises(error):
        book.release(second, b"2", bytes(64), NOW, audited=1)
    assert len(book.releases()) == 1
    book.check_history(second, days(31, 60, method), None)
    book.check_history(second, days(0, 30, method, STRANGERS), None)


def test_a_release_whose_scope_was_not_noted_counts_as_far_as_it_tells(book: Ledger) -> None:
    unnoted = days(0, 30, "exact", (("malmo", ""),))
    with pytest.raises(OtherMethodError, match="is by exact, and this round by cellkey"):
        book.check_history(RoundId("malmo-sok", 2), days(0, 30), None, [unnoted])
    three = [replace(unnoted, method="cellkey")] * 3
    with pytest.raises(TooManyReleasesError):
        book.check_history(RoundId("malmo-sok", 2), days(0, 30), None, three)
    book.check_history(RoundId("malmo-sok", 2), days(0, 30), None, three[:2])


def test_a_release_is_kept_only_if_it_was_audited_with_all_that_it_meets(ledger: Ledger) -> None:
    """Two matchers at once: both froze and audited before either was kept."""
    first = frozen(ledger, "malmo-sok", 1, days(0, 30))
    second = frozen(ledger, "malmo-sok", 2, days(30, 60))
    third = frozen(ledger, "malmo-sok", 3, days(31, 60, parties=STRANGERS))
    known = ledger.head().releases
    ledger.release(first, b"1", bytes(64), NOW, audited=known)
    with pytest.raises(NotAuditedError, match="malmo-sok-2 was audited without it") as caught:
        ledger.release(second, b"2", bytes(64), NOW, audited=known)
    assert "matcha igen" in say(caught.value.hint or "", Lang.SV)
    found = ledger.round(second)
    assert found is not None
    assert found.state is State.FROZEN
    assert len(ledger.releases()) == 1
    ledger.release(third, b"3", bytes(64), NOW, audited=known)  # it meets none
    assert ledger.release(first, b"again", bytes(64), NOW, audited=known).release == b"1"
    ledger.release(second, b"2", bytes(64), NOW, audited=ledger.head().releases)
    assert len(ledger.releases()) == 3


def test_what_is_not_audited_with_others_does_not_wait_for_them(book: Ledger) -> None:
    for number in (1, 2):
        frozen(book, "malmo-sok", number, days(0, 30, "dp"))
        book.spend(RoundId("malmo-sok", number), cost("malmo-sok", number))
    for number in (1, 2):
        book.release(RoundId("malmo-sok", number), b"dp", bytes(64), NOW, audited=0)


# -- what a budget allows ----------------------------------------------------------------------------------


def spend(ledger: Ledger, name: str, number: int, scope: Scope, spending: Spending) -> None:
    frozen(ledger, name, number, scope)
    ledger.spend(RoundId(name, number), spending)


def test_a_budget_is_spent_and_then_refused(ledger: Ledger) -> None:
    for number in (1, 2, 3):
        spend(ledger, "malmo-sok", number, days(0, 30, "dp"), cost("malmo-sok", number))
    fourth = frozen(ledger, "malmo-sok", 4, days(0, 30, "dp"))
    late: tuple[Callable[[], None], ...] = (
        lambda: ledger.spend(fourth, cost("malmo-sok", 4)),
        lambda: ledger.check_history(fourth, days(0, 30, "dp"), cost("malmo-sok", 4)),
    )
    for refused in late:
        with pytest.raises(BudgetSpentError, match="3 of 3 is taken, and malmo-sok-4 needs 1") as caught:
            refused()
        assert isinstance(caught.value, ReleaseError)
        assert "3 av 3 är uttaget" in say(caught.value.message, Lang.SV)
    assert len(ledger.spendings()) == 3
    spend(ledger, "malmo-sok", 5, days(31, 60, "dp"), cost("malmo-sok", 5))  # other days


def test_the_same_round_pays_for_every_drawing(ledger: Ledger) -> None:
    first = frozen(ledger, "malmo-sok", 1, days(0, 30, "dp"))
    for _ in range(3):
        ledger.spend(first, cost("malmo-sok", 1))
    with pytest.raises(BudgetSpentError):
        ledger.spend(first, cost("malmo-sok", 1))
    ledger.release(first, b"1", bytes(64), NOW, audited=ledger.head().releases)
    with pytest.raises(StateError):
        ledger.spend(first, cost("malmo-sok", 1, family="9"))


def test_another_name_has_the_same_budget(book: Ledger) -> None:
    spend(book, "malmo-sok", 1, days(0, 30, "dp"), cost("malmo-sok", 1, "2"))
    for parties in (PARTIES, (("malmo-stad", "SHA256:malmo"),), (("malmo", "SHA256:renewed"),)):
        with pytest.raises(BudgetSpentError):
            book.check_history(RoundId("other", 1), days(9, 50, "dp", parties), cost("other", 1, "2"))
    stranger = days(9, 50, "dp", (("lund", "SHA256:lund"),))
    book.check_history(RoundId("other", 1), stranger, cost("other", 1, "2"))


def test_a_promise_made_before_is_kept_though_the_new_round_promises_less(book: Ledger) -> None:
    spend(book, "malmo-sok", 1, days(0, 30, "dp"), cost("malmo-sok", 1, "1", family="2"))
    with pytest.raises(BudgetSpentError, match="1 of 2 is taken"):
        book.check_history(RoundId("other", 1), days(0, 30, "dp"), cost("other", 1, "1.5", family="9"))
    book.check_history(RoundId("other", 1), days(0, 30, "dp"), cost("other", 1, "1", family="9"))


def test_each_round_counts_its_own_history_alone(book: Ledger) -> None:
    """January and March share nothing; February shares a day with both."""
    spend(book, "a", 1, days(0, 30, "dp"), cost("a", 1, "2"))
    spend(book, "a", 2, days(60, 90, "dp"), cost("a", 2, "2"))
    with pytest.raises(BudgetSpentError, match="4 of 5"):
        book.check_history(RoundId("a", 3), days(30, 60, "dp"), cost("a", 3, "1.5", family="5"))
    with pytest.raises(BudgetSpentError, match="2 of 3"):
        book.check_history(RoundId("a", 3), days(30, 60, "dp"), cost("a", 3, "1.5", family="9"))
    book.check_history(RoundId("a", 3), days(30, 60, "dp"), cost("a", 3, "1", family="9"))


def test_delta_is_a_budget_too_and_fractions_are_exact(book: Ledger) -> None:
    for number in range(1, 11):
        spending = cost("g", number, "0.1", "1", "0.000001", "0.00001")
        spend(book, "g", number, days(0, 30, "dp"), spending)
    eleventh = cost("g", 11, "0.1", "2", "0.000001", "0.0001")
    with pytest.raises(BudgetSpentError, match="1 of 1 is taken"):
        book.check_history(RoundId("g", 11), days(0, 30, "dp"), eleventh)
    other = Ledger.open(book.place and f"sqlite:///{book.place}-2")
    for number in range(1, 11):
        spend(other, "g", number, days(0, 30, "dp"), cost("g", number, "0.1", "9", "0.000001", "0.00001"))
    with pytest.raises(
        BudgetSpentError, match=r"0\.00001 of delta 0\.00001 is taken, and g-11 needs 0\.000001"
    ):
        other.check_history(
            RoundId("g", 11), days(0, 30, "dp"), replace(eleventh, family_epsilon=Fraction(9))
        )


def test_a_release_that_costs_is_not_kept_unpaid(ledger: Ledger) -> None:
    first = frozen(ledger, "malmo-sok", 1, days(0, 30, "dp"))
    with pytest.raises(StateError, match="nothing was taken of the budget"):
        ledger.release(first, b"1", bytes(64), NOW, audited=ledger.head().releases)
    ledger.spend(first, cost("malmo-sok", 1))
    ledger.release(first, b"1", bytes(64), NOW, audited=ledger.head().releases)


def test_a_round_that_is_not_frozen_cannot_pay(book: Ledger) -> None:
    with pytest.raises(StateError, match="does not know the round"):
        book.spend(RoundId("malmo-sok", 1), cost("malmo-sok", 1))
    book.receive(TERMS, [arrival("malmo", 1)], NOW)
    with pytest.raises(StateError):
        book.spend(TERMS.id, cost("malmo-sok", 1))
    assert book.spendings() == ()


# -- an older copy of the ledger ---------------------------------------------------------------------------


def test_a_head_is_compared_with_what_the_ledger_knows(ledger: Ledger) -> None:
    heads = [ledger.head()]
    released(ledger, "malmo-sok", 1, days(0, 30, "exact"))
    heads.append(ledger.head())
    second = frozen(ledger, "malmo-sok", 2, days(31, 60, "dp"))
    ledger.spend(second, cost("malmo-sok", 2))
    heads.append(ledger.head())
    ledger.release(second, b"2", bytes(64), NOW, audited=ledger.head().releases)
    heads.append(ledger.head())
    assert heads == [Head(0, "0" * 64, 0), *heads[1:]]
    assert [(head.releases, head.spendings) for head in heads] == [(0, 0), (1, 0), (1, 1), (2, 1)]
    for head in heads:
        ledger.check_head(head)
    end = heads[-1]
    for newer in (
        replace(end, releases=3),
        replace(end, spendings=2),
        replace(end, chain="0" * 64),
        replace(end, releases=1),
        replace(heads[0], chain=end.chain),
    ):
        with pytest.raises(RolledBackError, match="older than what was done with it"):
            ledger.check_head(newer)


def test_a_round_that_was_frozen_before_scopes_were_noted_gets_one_as_it_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    with Database(f"sqlite:///{file}", create=True).connection(writes=True) as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        connection.execute(
            text(
                "INSERT INTO rounds (name, number, digest, round_key, retention_days, state, opened, frozen)"
                " VALUES ('malmo-sok', 1, :digest, :round_key, 30, 'frozen', '2026-11-21 20:00:00',"
                " '2026-11-21 20:00:00')"
            ),
            {"digest": TERMS.digest, "round_key": TERMS.round_key},
        )
    ledger = Ledger.open(f"sqlite:///{file}")
    with pytest.raises(StateError, match="are not frozen"):
        ledger.spend(TERMS.id, cost("malmo-sok", 1))
    ledger.freeze(TERMS.id, [], NOW, days(0, 30, "dp"))
    ledger.freeze(TERMS.id, [], NOW, days(0, 60, "dp"))  # what is noted stays
    ledger.spend(TERMS.id, cost("malmo-sok", 1))
    ledger.release(TERMS.id, b"1", bytes(64), NOW, audited=ledger.head().releases)
    assert [made.scope for made in ledger.releases()] == [days(0, 30, "dp")]
