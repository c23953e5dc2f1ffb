"""The end of a round: what is destroyed, when, what the receipt says, and being killed on the way."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from keys import receipts
from keys.errors import KeysError
from linkage.commands import matcher_purge
from linkage.commands.matcher_purge import (
    GoingOnError,
    NotHereError,
    NothingToPurgeError,
    ReceiptExistsError,
    TooEarlyError,
)
from linkage.errors import FileError, LedgerError, UsageError
from linkage.ledger import Ledger, State
from linkage.ledger.errors import ClosedError, NoLedgerError, OtherAgreementError
from tests import faults
from tests.ledgers import SCOPE
from tests.matchers import NOW, ROUND, Table, keys

posix = pytest.mark.skipif(os.name == "nt", reason="forks are POSIX")


def released(folder: Path) -> Table:
    """A round as the match leaves it, without the files of the release."""
    table = Table(folder)
    table.receive(*table.both())
    ledger = table.ledger
    ledger.freeze(ROUND, [p.sha512 for p in ledger.packages(ROUND)], NOW, SCOPE)
    ledger.release(ROUND, b"{}", bytes(64), NOW, audited=0)
    return table


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return released(tmp_path)


def gone(table: Table) -> None:
    assert not list(table.home.glob("*round-1*"))
    assert table.stored() == {}
    assert not table.store.exists() or not list(table.store.iterdir())


def test_key_and_packages_are_destroyed_and_a_receipt_says_so(table: Table) -> None:
    facts = table.purge()
    gone(table)
    assert table.state is State.PURGED
    assert (facts.packages, facts.complete, facts.already) == (2, True, False)
    assert facts.as_json()["receipt"] == str(table.receipt)
    stated = receipts.verify_receipt(table.receipt.read_bytes(), keys()[1].public)
    packages = stated["packages"]
    assert isinstance(packages, list)
    assert {p["sha512"] for p in packages} == {p.sha512 for p in table.ledger.packages(ROUND)}
    assert {k: v for k, v in stated.items() if k != "packages"} == {
        "destroyed": "round",
        "agreement": "malmo-sok",
        "round": 1,
        "digest": (table.scene.agreement.digest or b"").hex(),
        "round_key": keys()[2].public.fingerprint,
        "complete": True,
        "at": "2026-12-22T20:00:00Z",
    }
    assert [receipt.data for receipt in table.ledger.receipts(ROUND)] == [table.receipt.read_bytes()]
    (key,) = table.ledger.round_keys(ROUND)
    assert key.destroyed == NOW + dt.timedelta(days=31)
    assert len(table.ledger.releases()) == 1
    assert "send" in str(facts.after())


def test_again_it_gives_the_same_receipt_back(table: Table) -> None:
    table.purge()
    before = table.receipt.read_bytes()
    assert table.purge().already
    table.receipt.unlink()
    table.identity.unlink()
    again = table.purge()
    assert again.already
    assert table.receipt.read_bytes() == before
    assert "before" in str(again.lines()[0])
    table.receipt.write_bytes(b"something else")
    with pytest.raises(ReceiptExistsError):
        table.purge()


def test_replaced_packages_stand_in_the_receipt_too(tmp_path: Path) -> None:
    table = Table(tmp_path)
    table.receive(*table.both())
    table.receive(table.package("malmo", minute=1))
    facts = table.purge(give_up=True)
    assert facts.packages == 3
    gone(table)


def test_what_was_lost_on_the_way_into_the_store_goes_too(table: Table) -> None:
    (table.store / str(ROUND) / ".malmo-00.link.0011.part").write_bytes(b"sealed, cut")
    (table.store / str(ROUND) / "malmo-unknown.link").write_bytes(b"sealed, never noted")
    table.purge()
    gone(table)


def test_other_rounds_are_left_alone(table: Table) -> None:
    second = Table(table.folder, number=2)
    second.receive(*second.both())
    table.purge()
    assert second.round_key.exists()
    assert sorted(second.stored().values()) == sorted(p.read_bytes() for p in second.both())


@pytest.mark.parametrize(("days", "early"), [(0, False), (29, False), (0, True)])
def test_the_agreed_days_pass_first_unless_it_is_said(table: Table, days: int, early: bool) -> None:
    now = NOW + dt.timedelta(days=days)
    if early:
        table.purge(now=now, before_time=True)
        gone(table)
        return
    with pytest.raises(TooEarlyError, match="until 2026-12-21"):
        table.purge(now=now)
    assert table.state is State.RELEASED
    assert len(table.stored()) == 2


@pytest.mark.parametrize("state", [State.OPEN, State.FROZEN])
def test_a_round_that_goes_on_is_purged_only_where_it_is_given_up(tmp_path: Path, state: State) -> None:
    table = Table(tmp_path)
    table.receive(*table.both())
    if state is State.FROZEN:
        table.ledger.freeze(ROUND, [p.sha512 for p in table.ledger.packages(ROUND)], NOW, SCOPE)
    with pytest.raises(GoingOnError, match=f"is {state.value}"):
        table.purge(before_time=True)
    assert len(table.stored()) == 2
    table.purge(give_up=True)
    gone(table)
    found = table.ledger.round(ROUND)
    assert found is not None
    assert (found.state, found.failure) == (State.PURGED, "the matcher gave it up")
    with pytest.raises(ClosedError, match="purged"):
        table.match([table.package("malmo", minute=1)])


def test_a_round_that_ended_without_a_release_is_due_at_once(tmp_path: Path) -> None:
    table = Table(tmp_path)
    table.receive(*table.both())
    table.ledger.fail(ROUND, "why", NOW)
    table.purge(now=NOW)
    gone(table)


def no_key(table: Table) -> dict[str, Any]:
    table.round_key.unlink()
    return {}


def no_package(table: Table) -> dict[str, Any]:
    (table.store / next(iter(table.stored()))).unlink()
    return {}


@pytest.mark.parametrize(
    "lose", [no_key, no_package, lambda t: {"store": t.home / "other"}, lambda t: {"round_key": t.home / "x"}]
)
def test_what_is_not_here_must_be_said_to_be_gone(
    table: Table, lose: Callable[[Table], dict[str, Any]]
) -> None:
    options = lose(table)
    kept = table.stored()
    with pytest.raises(NotHereError):
        table.purge(**options)
    assert table.state is State.RELEASED
    assert table.stored() == kept
    facts = table.purge(**options, gone=True)
    assert not facts.complete
    assert receipts.read_receipt(table.receipt.read_bytes()).facts["complete"] is False


def stopped(table: Table, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """A purge that ends before this step of its own."""

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(matcher_purge, step, stop)
        with pytest.raises(KeyboardInterrupt):
            table.purge()


@pytest.mark.parametrize("step", ["_destroy_key", "_destroy_packages"])
def test_what_an_interrupted_purge_did_not_destroy_is_not_said_to_be_destroyed(
    table: Table, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Gone on with elsewhere: what is not to be found there may still exist."""
    stopped(table, monkeypatch, step)
    away = {"round_key": table.home / "x"} if step == "_destroy_key" else {"store": table.home / "other"}
    kept = table.stored()
    with pytest.raises(NotHereError):
        table.purge(**away)
    assert table.stored() == kept
    facts = table.purge(**away, gone=True)
    assert not facts.complete
    assert receipts.read_receipt(table.receipt.read_bytes()).facts["complete"] is False
    assert table.round_key.exists() is (step == "_destroy_key")


def test_what_an_interrupted_purge_destroyed_is_remembered_wherever_it_goes_on(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped(table, monkeypatch, "_destroy_packages")
    found = table.ledger.round(ROUND)
    assert found is not None
    assert (found.key_destroyed is not None, found.packages_destroyed) == (True, None)
    assert table.purge(round_key=table.home / "x").complete
    gone(table)


@pytest.mark.parametrize("lost", ["key", "packages"])
def test_power_lost_between_destroying_and_noting(
    table: Table, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    """The trace here says it; somewhere else nothing does."""
    real = Ledger.note_destroyed

    def no(self: Ledger, *args: Any, **noted: Any) -> object:
        if noted.get(lost):
            raise LedgerError("the ledger is locked")
        return real(self, *args, **noted)

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "note_destroyed", no)
        with pytest.raises(LedgerError):
            table.purge()
    assert table.round_key.exists() is False
    away = {"round_key": table.home / "x"} if lost == "key" else {"store": table.home / "other"}
    with pytest.raises(NotHereError):
        table.purge(**away)
    ended(table)


def test_a_key_whose_folder_is_gone_can_be_said_to_be_gone(table: Table) -> None:
    facts = table.purge(round_key=table.home / "stick" / "round.key", gone=True)
    assert not facts.complete


def other_round_key(table: Table) -> dict[str, Any]:
    return {"round_key": Table(table.folder / "two", number=2).round_key}


def other_identity(table: Table) -> dict[str, Any]:
    from keys import files

    path = table.home / "other.key"
    files.write_private(path, "identity", keys()[0]["malmo"].to_bytes(), None)
    return {"identity": path}


@pytest.mark.parametrize("make", [other_round_key, other_identity])
def test_the_wrong_key_is_never_destroyed(table: Table, make: Callable[[Table], dict[str, Any]]) -> None:
    options = make(table)
    with pytest.raises(KeysError):
        table.purge(**options)
    assert all(path.exists() for path in options.values())
    assert table.round_key.exists()
    assert len(table.stored()) == 2


@posix
def test_a_link_to_the_key_is_not_taken_for_the_key(table: Table) -> None:
    link = table.home / "round.key"
    link.symlink_to(table.round_key)
    with pytest.raises(NotHereError, match="is a link"):
        table.purge(round_key=link)
    assert table.state is State.RELEASED
    assert table.round_key.exists()


def test_nothing_received_is_nothing_to_purge(tmp_path: Path) -> None:
    table = Table(tmp_path)
    with pytest.raises(NoLedgerError):
        table.purge()
    Ledger.open(table.ledger_url)
    with pytest.raises(NothingToPurgeError):
        table.purge()
    assert table.round_key.exists()


def test_another_text_of_the_agreement_purges_nothing(table: Table) -> None:
    other = Table(table.folder / "other", purpose="Count something else.")
    with pytest.raises(OtherAgreementError):
        table.purge(agreement=other.agreement)
    assert len(table.stored()) == 2


@pytest.mark.parametrize("where", ["exists", "no folder"])
def test_a_receipt_that_cannot_be_written_is_told_before(table: Table, where: str) -> None:
    out = table.home / ("there.json" if where == "exists" else "nowhere/there.json")
    if where == "exists":
        out.write_bytes(b"")
    with pytest.raises(FileError):
        table.purge(out=out)
    assert len(table.stored()) == 2


def test_the_receipt_is_named_after_the_round(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(table.home)
    assert table.purge(out=None).receipt == Path("malmo-sok-1-destroyed.json")


# -- on the way -------------------------------------------------------------------------------------------


def ended(table: Table) -> None:
    """Whatever happened before, one more purge ends it, with one receipt that says complete."""
    facts = table.purge(before_time=True)
    gone(table)
    assert facts.complete
    (receipt,) = table.ledger.receipts(ROUND)
    assert table.receipt.read_bytes() == receipt.data
    assert table.state is State.PURGED


def test_ctrl_c_anywhere_and_once_more(tmp_path: Path) -> None:
    before, at, struck = released(tmp_path / "before"), 0, True
    while struck:
        at += 1
        table = before.copy(tmp_path / str(at))
        points = faults.Points(at, faults.interrupt)
        with contextlib.suppress(KeyboardInterrupt), faults.watched(points):
            table.purge()
        struck = points.passed >= at
        with faults.watched(faults.Points()):
            ended(table)
    assert at > 10, at


@posix
def test_killed_anywhere_and_once_more(tmp_path: Path) -> None:
    before, at, going = released(tmp_path / "before"), 0, True
    while going:
        at += 1
        table = before.copy(tmp_path / str(at))
        going = faults.killed(table.purge, at)
        with faults.watched(faults.Points()):
            ended(table)
    assert at > 5, at


@pytest.mark.parametrize("step", ["begin_purge", "note_destroyed", "finish_purge"])
def test_a_ledger_that_says_no_and_once_more(
    table: Table, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def no(*_: object, **__: object) -> None:
        raise LedgerError("the ledger is locked")

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, step, no)
        with pytest.raises(LedgerError):
            table.purge()
    assert not table.receipt.exists()
    assert table.round_key.exists() is (step == "begin_purge")
    ended(table)


def test_the_day_comes_before_the_question(table: Table) -> None:
    """Whoever is too early is not asked first whether they are sure."""
    asked: list[bool] = []
    with pytest.raises(TooEarlyError):
        table.purge(now=NOW, sure=lambda: asked.append(True))
    assert asked == []
    table.purge(sure=lambda: asked.append(True))
    assert asked == [True]


def test_nothing_is_destroyed_where_nobody_is_sure(table: Table) -> None:
    def no() -> None:
        raise UsageError("not sure")

    with pytest.raises(UsageError):
        table.purge(sure=no)
    assert table.round_key.exists()
    assert table.state is State.RELEASED
