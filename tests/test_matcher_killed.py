"""Killed at every write of ledger and release: no release without its row, no spending forgotten.

The release draws here, as a method with noise does: each drawing is other bytes, and leaves a line of its own
in a file that nothing rolls back. What was drawn was paid for, and what was kept is given back.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from keys.identity import RELEASE
from linkage.commands import ledger_head, leftovers, matcher_match, release
from linkage.commands.matcher_desk import Desk
from linkage.errors import ReleaseError
from linkage.ledger import Ledger, Scope, Spending, State
from linkage.ledger.errors import BudgetSpentError, RolledBackError
from linkage.release import control
from linkage.release.methods.dp.noise import NoSamplerError
from linkage.texts import Lang
from tests import faults
from tests.agreements import RULES
from tests.matchers import ROUND, Table, keys

ONE: dict[str, Any] = {"languages": [Lang.SV]}
STEPS = 1  # of SQLite between two points
BUDGET = 3  # drawings that the parties allow
posix = pytest.mark.skipif(os.name == "nt", reason="no fork")
Draws = Callable[[], int]


@pytest.fixture
def draws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Path], int]:
    """A method that draws and costs; how often was drawn in a folder."""
    monkeypatch.setattr(leftovers, "STALE", 0)
    monkeypatch.setattr(release, "_reports", lambda _, out, lang: [(out / f"report.{lang}.html", b"<p>")])
    plain: property = Desk.__dict__["scope"]

    def costs(desk: Desk, now: dt.datetime) -> Spending:
        return Spending(desk.round_id, Fraction(1, 2), Fraction(0), Fraction(BUDGET, 2), Fraction(0), now)

    def drawn(figures: Any, agreement: Any, facts: Any, made: dt.datetime, *rest: Any, **more: Any) -> Any:
        with Path("drawn").open("a") as log:
            log.write("x")
        made += dt.timedelta(seconds=secrets.randbelow(10**8))
        return control(figures, agreement, facts, made, *rest, **more)

    def noisy(desk: Desk) -> Scope:
        scope: Scope = plain.__get__(desk)
        return replace(scope, method="dp")

    monkeypatch.setattr(Desk, "spending", costs)
    monkeypatch.setattr(Desk, "scope", property(noisy))
    monkeypatch.setattr(matcher_match, "control", drawn)
    monkeypatch.chdir(tmp_path)
    return lambda folder: len((folder / "drawn").read_text()) if (folder / "drawn").exists() else 0


def ready(folder: Path) -> Table:
    """Received and frozen by nobody yet."""
    table = Table(folder)
    table.receive(*table.both())
    return table


def sound(table: Table, drawn: int) -> None:
    """What must hold at any moment: paid before it was drawn, kept before it was written."""
    books = table.ledger
    assert len(books.spendings()) >= drawn
    path = table.out / "release.json"
    if path.exists():
        assert [made.release for made in books.releases()] == [path.read_bytes()]
    assert len(books.releases()) == (table.state is State.RELEASED)
    ledger_head.check(table.store, books)


@posix
def test_killed_at_every_write(
    tmp_path: Path, draws: Callable[[Path], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, at, going = ready(tmp_path / "before"), 0, True
    kept = lost = 0
    while going:
        at += 1
        table = before.copy(tmp_path / str(at))
        monkeypatch.chdir(table.folder)
        going = faults.killed(lambda table=table: table.match(**ONE), at, closely=STEPS)  # type: ignore[misc] # mypy cannot infer a lambda's default
        with faults.watched(faults.Points()):
            sound(table, draws(table.folder))
            known, spent = table.ledger.releases(), len(table.ledger.spendings())
            table.match(**ONE)
            (made,) = table.ledger.releases()
            assert not known or known == (made,)
            assert table.signed() == (made.release, made.signature)
            keys()[1].public.verify(RELEASE, *table.signed())
            again = draws(table.folder)
            sound(table, again)
            assert len(table.ledger.spendings()) == spent + (not known)
        kept, lost = kept + bool(known), lost + (spent > 0 and not known)
    assert at > 200, at
    assert kept > 10, kept
    assert lost > 10, lost


@posix
def test_what_was_lost_is_not_given_back(
    tmp_path: Path, draws: Callable[[Path], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after each drawing, the budget runs out, and nothing is drawn any more."""
    table = ready(tmp_path / "table")
    monkeypatch.chdir(table.folder)
    keep = Ledger.release
    monkeypatch.setattr(Ledger, "release", lambda *_, **__: os.kill(os.getpid(), 9))
    for number in range(1, BUDGET + 1):
        assert faults.killed(lambda: table.match(**ONE), 10**9)
        assert draws(table.folder) == len(table.ledger.spendings()) == number
    monkeypatch.setattr(Ledger, "release", keep)
    with pytest.raises(BudgetSpentError, match=r"1\.5 of 1\.5 is taken, and malmo-sok-1 needs 0\.5"):
        table.match(**ONE)
    assert draws(table.folder) == BUDGET
    assert table.ledger.releases() == ()
    table.purge(give_up=True)  # the round can be ended
    assert table.state is State.PURGED


def test_a_spent_budget_is_told_before_anything_is_frozen_or_opened(
    tmp_path: Path, draws: Callable[[Path], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = ready(tmp_path / "table")

    def too_much(desk: Desk, now: dt.datetime) -> Spending:
        return Spending(desk.round_id, Fraction(2), Fraction(0), Fraction(1), Fraction(0), now)

    monkeypatch.setattr(Desk, "spending", too_much)
    monkeypatch.setattr(matcher_match, "count", lambda *_, **__: pytest.fail("opened"))
    with pytest.raises(BudgetSpentError) as caught:
        table.match(**ONE)
    assert isinstance(caught.value, ReleaseError)
    assert table.state is State.OPEN
    assert table.ledger.spendings() == ()
    assert draws(tmp_path) == 0


def test_a_ledger_of_before_the_spending_is_noticed(tmp_path: Path, draws: Callable[[Path], int]) -> None:
    table = ready(tmp_path / "table")
    yesterday = (table.home / "ledger.db").read_bytes()
    table.match(**ONE)
    (table.home / "ledger.db").write_bytes(yesterday)
    with pytest.raises(RolledBackError, match="older than what was done with it"):
        table.match(**ONE | {"out": tmp_path / "elsewhere"})
    assert draws(tmp_path) == 1
    assert table.ledger.round(ROUND) is not None


@pytest.mark.parametrize("rule", ["dp", "gaussian"])
def test_under_dp_it_is_paid_for_and_given_back(tmp_path: Path, rule: str) -> None:
    table = Table(tmp_path / "table", rule=RULES[rule])
    table.match(table.both(), **ONE)
    (spending,) = table.ledger.spendings()
    assert (spending.epsilon, spending.family_epsilon) == (Fraction(1, 2), Fraction(3))
    assert (spending.delta > 0) is (rule == "gaussian")
    before = table.signed()
    assert table.match(table.both(), **ONE).already
    assert table.signed() == before
    assert table.ledger.spendings() == (spending,)


def test_without_opendp_nothing_is_frozen_and_nothing_paid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = Table(tmp_path / "table", rule=RULES["dp"])
    for name in ("opendp", "opendp.prelude"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(NoSamplerError):
        table.match(table.both(), **ONE)
    assert table.state is State.OPEN
    assert table.ledger.spendings() == ()
