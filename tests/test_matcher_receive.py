"""Packages come in: all that are named or none, sealed as they came; a refusal leaves a line and no more."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from keys.errors import KeysError
from linkage import intake
from linkage.commands import leftovers, matcher, matcher_receive
from linkage.commands.matcher_receive import RefusedError, TwiceError
from linkage.commands.store import ChangedFileError, Store, StoreError
from linkage.errors import AgreementError, LedgerError, PackageError, UsageError
from linkage.ledger import Arrival, Ledger, State
from linkage.ledger.errors import BusyError, ClosedError, OtherAgreementError
from linkage.package import errors
from tests import faults
from tests.builders import Part, assemble, header, in_order, plain_part, plain_summary, scene
from tests.ledgers import SCOPE
from tests.matchers import NAME, NOW, PARTIES, PEOPLE, ROUND, Table, agreement_text, keys

posix = pytest.mark.skipif(os.name == "nt", reason="modes, pipes and forks are POSIX")


@pytest.fixture(autouse=True)
def dead_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "STALE", 0)


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return Table(tmp_path)


def test_packages_are_kept_sealed_as_they_came(table: Table) -> None:
    facts = table.receive(*table.both())
    assert [(p.party, p.already) for p in facts.packages] == [("malmo", False), ("af", False)]
    assert sorted(table.stored().values()) == sorted(p.read_bytes() for p in table.both())
    for package in facts.packages:
        assert f"{ROUND}/{package.party}-{package.id}.link" in table.stored()
    assert facts.missing == ()
    assert str(facts.after()).startswith("linkage match")
    assert facts.as_json()["received"]
    assert table.state is State.OPEN


@posix
def test_the_store_is_for_its_owner_alone(table: Table) -> None:
    table.receive(*table.both())
    for path in [table.store, *table.store.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_who_is_missing_is_the_next_step(table: Table) -> None:
    facts = table.receive(table.package("malmo"))
    assert facts.missing == ("af",)
    assert str(facts.after()) == "wait for the packages of af"


def test_the_same_package_again_changes_nothing(table: Table) -> None:
    table.receive(*table.both())
    before = (table.stored(), table.ledger.packages(ROUND))
    facts = table.receive(*table.both())
    assert [p.already for p in facts.packages] == [True, True]
    assert (table.stored(), table.ledger.packages(ROUND)) == before
    assert "already" in str(facts.lines()[0])


def test_a_newer_package_takes_the_place_of_the_older(table: Table) -> None:
    table.receive(*table.both())
    newer = table.package("malmo", minute=1)
    table.receive(newer)
    assert sorted(table.stored().values()) == sorted([newer.read_bytes(), table.package("af").read_bytes()])
    again = table.receive(table.package("malmo"))  # the replaced one: nothing is to be done
    assert again.packages[0].already
    assert newer.read_bytes() in table.stored().values()


def older(table: Table) -> Path:
    table.receive(table.package("malmo", minute=5))
    return table.package("malmo", minute=4)


def other_bytes(table: Table) -> Path:
    """The same party, the same moment, other people."""
    table.receive(table.package("malmo"))
    path = table.folder / "other.link"
    path.write_bytes(table.scene.package("malmo", table.scene.rows("malmo", 3), now=NOW))
    return path


def changed(table: Table, change: Callable[[bytearray], None]) -> Path:
    data = bytearray(table.package("malmo").read_bytes())
    change(data)
    path = table.folder / "changed.link"
    path.write_bytes(data)
    return path


def flip(at: int) -> Callable[[bytearray], None]:
    def change(data: bytearray) -> None:
        data[at] ^= 1

    return change


def cut(data: bytearray) -> None:
    del data[-1:]


def garbage(table: Table) -> Path:
    path = table.folder / "register.xlsx"
    path.write_bytes(b"PK\x03\x04" + bytes(2000))
    return path


def empty(table: Table) -> Path:
    path = table.folder / "empty.link"
    path.write_bytes(b"")
    return path


def from_stranger(table: Table) -> Path:
    """Somebody who uses a party's name."""
    stranger, real = scene().parties["malmo"], table.scene
    parts = [
        Part(1, plain_part(real.layout("malmo"), in_order(real.rows("malmo", 3)))),
        Part(2, plain_summary({})),
    ]
    facts = header(real, "malmo", sender=stranger.public.fingerprint)
    path = table.folder / "stranger.link"
    path.write_bytes(assemble(facts, parts, stranger, real.round_key.public.seal))
    return path


def other_round(table: Table) -> Path:
    other = Table(table.folder / "other", number=2)
    return other.package("malmo")


def other_secret(table: Table) -> Path:
    table.receive(table.package("af"))
    path = table.folder / "secret.link"
    path.write_bytes(table.scene.package("malmo", table.scene.rows("malmo", 3), check=bytes(8)))
    return path


REFUSED: dict[str, tuple[Callable[[Table], Path], type[PackageError], str | None]] = {
    "garbage": (garbage, errors.FormatError, None),
    "empty": (empty, errors.FormatError, None),
    "cut": (lambda t: changed(t, cut), errors.FormatError, None),
    "signature": (lambda t: changed(t, flip(-1)), errors.PackageSignatureError, "malmo"),
    "part": (lambda t: changed(t, flip(3000)), errors.DamagedPartError, "malmo"),
    "stranger": (from_stranger, errors.StrangerError, "malmo"),
    "round": (other_round, errors.AnotherRoundError, "malmo"),
    "secret": (other_secret, errors.AnotherSecretError, "malmo"),
    "older": (older, errors.SequenceError, "malmo"),
    "other bytes": (other_bytes, errors.SequenceError, "malmo"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_what_is_refused_leaves_a_line_in_the_ledger_and_nothing_else(table: Table, fault: str) -> None:
    make, check, party = REFUSED[fault]
    path = make(table)
    stored, packages, files = table.stored(), table.ledger.packages(ROUND), everything(table)
    with pytest.raises(RefusedError, match="is refused: ") as caught:
        table.receive(path)
    assert caught.value.check == check.__name__
    assert str(path) in str(caught.value)
    assert str(caught.value.advice) == check.hint
    assert (table.stored(), table.ledger.packages(ROUND), everything(table)) == (stored, packages, files)
    (line,) = table.ledger.refusals(ROUND)
    assert (line.check, line.party, line.at) == (check.__name__, party, NOW)
    assert line.sha512 == hashlib.sha512(path.read_bytes()).hexdigest()


def everything(table: Table) -> set[Path]:
    return {path for path in table.home.rglob("*") if path.name != "ledger.db"}


def test_a_name_that_is_no_party_never_reaches_the_ledger(table: Table) -> None:
    strange = scene(parties=(("kalmar", ("krami",)),))
    path = table.folder / "kalmar.link"
    path.write_bytes(strange.package("kalmar", strange.rows("kalmar", 2)))
    with pytest.raises(RefusedError):
        table.receive(path)
    (line,) = table.ledger.refusals(ROUND)
    assert line.party is None


def test_of_several_named_together_all_are_received_or_none(table: Table) -> None:
    bad, worse = garbage(table), changed(table, flip(-1))
    with pytest.raises(RefusedError) as caught:
        table.receive(table.package("af"), bad, worse)
    assert str(bad) in str(caught.value)
    assert [str(worse) in str(detail) for detail in caught.value.details] == [True]
    assert table.stored() == {}
    assert table.state is None
    assert [line.check for line in table.ledger.refusals(ROUND)] == ["FormatError", "PackageSignatureError"]


@pytest.mark.parametrize("minute", [0, 1])
def test_two_packages_of_one_party_in_one_call_are_refused(table: Table, minute: int) -> None:
    with pytest.raises(TwiceError, match="two packages of malmo"):
        table.receive(table.package("malmo"), table.package("af"), table.package("malmo", minute))
    assert table.stored() == {}
    assert table.state is None


def test_two_new_packages_made_with_different_secrets_are_refused_together(table: Table) -> None:
    path = table.folder / "secret.link"
    path.write_bytes(table.scene.package("malmo", table.scene.rows("malmo", 3), check=bytes(8)))
    with pytest.raises(RefusedError, match="another secret"):
        table.receive(table.package("af"), path)
    assert table.stored() == {}


def as_link(table: Table) -> Path:
    path = table.folder / "a-link.link"
    path.symlink_to(table.package("malmo"))
    return path


def as_pipe(table: Table) -> Path:
    path = table.folder / "a-pipe.link"
    os.mkfifo(path)
    return path


@posix
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (as_link, "is a link"),
        (as_pipe, "neither a file nor a folder"),
        (lambda t: t.folder, "folder"),
        (lambda t: t.folder / "nowhere.link", "no such file"),
        (lambda t: t.package("malmo") / "below", "cannot read"),
    ],
)
def test_what_is_no_file_is_told_and_leaves_no_line(
    table: Table, make: Callable[[Table], Path], words: str
) -> None:
    with pytest.raises(RefusedError, match=words):
        table.receive(make(table))
    assert table.ledger.refusals(ROUND) == ()
    assert table.stored() == {}


def test_a_file_that_changes_after_its_check_is_not_kept(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = intake.check

    def slow(*args: object) -> intake.Package:
        found = real(*args)  # type: ignore[arg-type]  # passed on as they came
        table.package("malmo").write_bytes(table.package("malmo", minute=1).read_bytes())
        return found

    monkeypatch.setattr(intake, "check", slow)
    with pytest.raises(ChangedFileError, match="changed while"):
        table.receive(table.package("malmo"))
    assert table.stored() == {}
    assert table.state is None
    assert [line.check for line in table.ledger.refusals(ROUND)] == ["ChangedFileError"]


def test_what_was_lost_in_the_store_is_put_back_by_the_same_bytes(table: Table) -> None:
    table.receive(*table.both())
    before = table.stored()
    first, second = sorted(before)
    (table.store / first).unlink()
    (table.store / second).write_bytes(b"rot")
    table.receive(*table.both())
    assert table.stored() == before


@pytest.mark.parametrize("state", [State.FROZEN, State.RELEASED, State.FAILED, State.PURGED])
def test_after_the_freeze_the_same_is_fine_and_other_packages_are_refused(table: Table, state: State) -> None:
    table.receive(*table.both())
    ledger = table.ledger
    counting = [p.sha512 for p in ledger.packages(ROUND)]
    ledger.freeze(ROUND, counting, NOW, SCOPE)
    if state is State.FAILED:
        ledger.fail(ROUND, "why", NOW)
    elif state is not State.FROZEN:
        ledger.release(ROUND, b"{}", bytes(64), NOW, audited=0)
    if state is State.PURGED:
        ledger.begin_purge(ROUND, NOW)
        Store(table.store).clear(ROUND)
        ledger.note_destroyed(ROUND, NOW, key=True, packages=True)
        ledger.finish_purge(ROUND, b"receipt", NOW)
    before = table.stored()
    assert all(p.already for p in table.receive(*table.both()).packages)
    assert table.stored() == before  # what was purged does not come back
    with pytest.raises(ClosedError):
        table.receive(table.package("malmo", minute=1))
    assert table.stored() == before
    (line,) = ledger.refusals(ROUND)
    assert (line.check, line.party) == ("ClosedError", "malmo")


def test_a_round_that_began_under_another_text_is_not_mixed(table: Table) -> None:
    table.receive(table.package("malmo"))
    other = Table(table.folder / "other", purpose="Count something else.")
    with pytest.raises(OtherAgreementError, match="another agreement"):
        table.receive(other.package("af"), agreement=other.agreement)
    assert len(table.stored()) == 1


def test_without_the_senders_public_key_nothing_is_decided(table: Table) -> None:
    (table.agreement.parent / "malmo.pub").unlink()
    with pytest.raises(KeysError, match="public key of malmo is missing"):
        table.receive(table.package("malmo"))
    assert table.ledger.refusals(ROUND) == ()
    assert table.stored() == {}


def test_a_draft_receives_nothing(table: Table) -> None:
    package = table.package("malmo")
    text = agreement_text()
    fingerprint = keys()[1].public.fingerprint
    table.agreement.write_text(text.replace(f'identity = "{fingerprint}"\n', ""), encoding="utf-8")
    with pytest.raises(AgreementError, match="draft"):
        table.receive(package)
    assert not (table.home / "ledger.db").exists()


def test_nothing_named_is_usage(table: Table) -> None:
    with pytest.raises(UsageError):
        table.receive()


# -- when something breaks --------------------------------------------------------------------------------


def test_a_locked_ledger_leaves_no_file(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object) -> None:
        raise BusyError("the ledger is locked: {place}", place="ledger.db")

    table.receive(table.package("af"))
    monkeypatch.setattr(Ledger, "receive", locked)
    before = table.stored()
    with pytest.raises(LedgerError):
        table.receive(table.package("malmo"))
    assert table.stored() == before


def test_a_newer_package_that_came_meanwhile_wins(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two programs receive for one party at once: the one whose package is older is told."""
    real = Ledger.receive

    def overtaken(self: Ledger, terms: object, arrivals: list[Arrival], now: object) -> object:
        monkeypatch.setattr(Ledger, "receive", real)
        table.receive(table.package("malmo", minute=9))
        return real(self, terms, arrivals, now)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(Ledger, "receive", overtaken)
    with pytest.raises(PackageError, match="newer package of malmo"):
        table.receive(table.package("malmo"))
    assert list(table.stored().values()) == [table.package("malmo", minute=9).read_bytes()]
    assert [line.check for line in table.ledger.refusals(ROUND)] == ["OlderError"]


def test_another_secret_that_came_meanwhile_is_refused(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two programs receive at once, neither has seen the other's package, and the secrets differ."""
    path = table.folder / "secret.link"
    path.write_bytes(table.scene.package("malmo", table.scene.rows("malmo", 3), check=bytes(8)))
    real = Ledger.receive

    def overtaken(self: Ledger, terms: object, arrivals: list[Arrival], now: object) -> object:
        monkeypatch.setattr(Ledger, "receive", real)
        table.receive(table.package("af"))
        return real(self, terms, arrivals, now)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(Ledger, "receive", overtaken)
    with pytest.raises(errors.AnotherSecretError, match="another secret"):
        table.receive(path)
    assert list(table.stored().values()) == [table.package("af").read_bytes()]
    assert [(line.check, line.party) for line in table.ledger.refusals(ROUND)] == [
        ("AnotherSecretError", "malmo")
    ]


def named(table: Table, party: str, identifier: str, minute: int = 0) -> Path:
    """A package that bears this id."""
    real = table.scene
    parts = [
        Part(1, plain_part(real.layout(party), in_order(real.rows(party, 3)))),
        Part(2, plain_summary(PEOPLE)),
    ]
    at = int(NOW.timestamp() * 1000) + 60_000 * minute
    path = table.folder / f"named-{party}-{minute}.link"
    facts = header(real, party, id=identifier, sequence=at)
    path.write_bytes(assemble(facts, parts, real.parties[party], real.round_key.public.seal))
    return path


def test_no_party_can_take_the_id_of_anothers_package(table: Table) -> None:
    table.receive(named(table, "malmo", "ab" * 16))
    assert table.receive(named(table, "af", "ab" * 16)).missing == ()
    table.match()
    assert table.state is State.RELEASED


def test_an_id_given_twice_by_one_party_overwrites_nothing(table: Table) -> None:
    table.receive(named(table, "malmo", "ab" * 16))
    before = table.stored()
    with pytest.raises(PackageError, match="another package of malmo with the same id"):
        table.receive(named(table, "malmo", "ab" * 16, minute=1))
    assert table.stored() == before
    whole(table)
    assert [line.check for line in table.ledger.refusals(ROUND)] == ["OlderError"]


def prepared(folder: Path) -> Table:
    """af is here, malmo is to be replaced."""
    table = Table(folder)
    table.receive(table.package("malmo"), table.package("af"))
    table.package("malmo", minute=1)
    return table


def received(table: Table) -> None:
    """After one more call everything is as it should be, whatever happened before."""
    table.receive(table.package("malmo", minute=1))
    assert sorted(table.stored().values()) == sorted(
        [table.package("malmo", minute=1).read_bytes(), table.package("af").read_bytes()]
    )
    counting = {p.party: p.sequence for p in table.ledger.packages(ROUND) if p.counts}
    assert set(counting) == set(PARTIES)
    assert len(table.ledger.packages(ROUND)) == 3


def whole(table: Table) -> None:
    """At every moment: what the ledger counts is in the store."""
    store = Store(table.store)
    for package in table.ledger.packages(ROUND):
        if package.counts:
            assert store.holds(package.file, package.sha512)


def test_ctrl_c_anywhere_and_once_more(tmp_path: Path) -> None:
    before, at, struck = prepared(tmp_path / "before"), 0, True
    while struck:
        at += 1
        table = before.copy(tmp_path / str(at))
        points = faults.Points(at, faults.interrupt)
        with contextlib.suppress(KeyboardInterrupt), faults.watched(points):
            table.receive(table.package("malmo", minute=1))
        struck = points.passed >= at
        whole(table)
        with faults.watched(faults.Points()):
            received(table)
    assert at > 10, at


@posix
def test_killed_anywhere_and_once_more(tmp_path: Path) -> None:
    before, at, going = prepared(tmp_path / "before"), 0, True
    while going:
        at += 1
        table = before.copy(tmp_path / str(at))
        going = faults.killed(lambda table=table: table.receive(table.package("malmo", minute=1)), at)  # type: ignore[misc] # mypy cannot infer a lambda's default
        whole(table)
        with faults.watched(faults.Points()):
            received(table)
    assert at > 5, at


def test_a_full_disk_anywhere_changes_nothing(tmp_path: Path) -> None:
    ready, at, struck = prepared(tmp_path / "before"), 0, True
    while struck:
        at += 1
        table = ready.copy(tmp_path / str(at))
        before, packages = table.stored(), table.ledger.packages(ROUND)
        with faults.watched(faults.Points(at, faults.full_disk), after=False, room=True) as points:
            try:
                table.receive(table.package("malmo", minute=1))
            except StoreError as error:
                assert "No space left" in str(error)  # noqa: PT017 - it may also end well
                if table.ledger.packages(ROUND) == packages:
                    assert table.stored() == before
        struck = points.passed >= at
        whole(table)
        with faults.watched(faults.Points()):
            received(table)
    assert at > 3, at


def test_the_face_is_what_the_program_calls() -> None:
    assert matcher.receive is matcher_receive.receive
    assert NAME in str(ROUND)


def test_a_package_of_a_day_to_come_is_refused_and_can_be_corrected(table: Table) -> None:
    ahead = table.package("malmo", minute=24 * 60 + 1)
    with pytest.raises(RefusedError, match="which is yet to come") as told:
        table.receive(ahead)
    assert told.value.check == "FutureError"
    with pytest.raises(RefusedError, match="yet to come"):
        table.match([ahead, table.package("af")])
    assert table.receive(table.package("malmo")).missing == ("af",)
    assert "(8) of a day to come" in str(table.status().lines()[-1])
    # one day on, its time has come
    table.receive(ahead, now=NOW + dt.timedelta(days=1))


def test_an_older_delivery_again_is_told_to_be_replaced(table: Table) -> None:
    old, new = table.package("af"), table.package("af", minute=5)
    table.receive(old)
    first = table.receive(new, now=NOW + dt.timedelta(minutes=9))
    assert "may be deleted" in str(first.lines()[-1])
    again = [str(line) for line in table.receive(old, now=NOW + dt.timedelta(minutes=10)).lines()]
    at = (NOW + dt.timedelta(minutes=9)).astimezone()
    assert again == [f"this package of af was replaced; the one received {at:%Y-%m-%d %H:%M} counts"]


def test_after_the_match_the_next_step_is_no_match(table: Table) -> None:
    packages = table.both()
    table.match(packages, languages=())
    facts = table.receive(packages[0])
    assert str(facts.after()) == "nothing: the round malmo-sok-1 is matched, and its release stands"
