"""The key of a family: made once, noted, asked for by the match, refused where it is another, destroyed."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import io
import json
import os
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from keys import files
from keys.errors import KeysError
from keys.family import FamilyKey
from keys.files import MissingKeyError, PassphraseError
from keys.identity import Identity
from keys.names import BadNameError
from keys.receipts import verify_receipt
from linkage.agreement.model import Agreement, ReleaseRule
from linkage.commands import matcher, matcher_desk, matcher_family, matcher_match
from linkage.commands.agreement_files import load_ready
from linkage.commands.inspect import inspect
from linkage.commands.matcher_desk import OtherFamilyError
from linkage.commands.matcher_family import (
    FamilyReceiptError,
    GoneBeforeError,
    KeyMadeBeforeError,
    NoFamilyError,
)
from linkage.commands.receipt import OtherReceiptError
from linkage.commands.receipt import verify as verify_of
from linkage.errors import FileError, LedgerError
from linkage.ledger import FamilyNote, Ledger, State
from linkage.ledger.errors import FamilyEndedError, OtherFamilyKeyError, StateError
from tests import faults
from tests.builders import with_agreement
from tests.ledgers import KINDS, NOW, TERMS, address, arrival
from tests.matchers import NAME, Table, keys
from tests.rounds import link, ok

pytestmark = pytest.mark.skipif(os.name == "nt", reason="without a passphrase on POSIX only")

WORDS = "fem slumpade ord"
RULE = ReleaseRule("cellkey", {"threshold": 10, "D": 7, "variance": 4, "js": 2})
LATER = NOW + dt.timedelta(days=400)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The matcher's own, with its identity."""
    files.write_private(tmp_path / "identity.key", "identity", keys()[1].to_bytes(), None)
    return tmp_path


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'ledger.db'}"


def make(folder: Path, family: str = NAME, **options: Any) -> matcher.FamilyKeyFacts:
    given: dict[str, Any] = {
        "key": folder / "family.key",
        "passphrase": None,
        "ledger": url(folder),
        "now": NOW,
    }
    return matcher.family_key(family, **(given | options))


def end(folder: Path, family: str = NAME, **options: Any) -> matcher.EndedFamily:
    given: dict[str, Any] = {
        "key": folder / "family.key",
        "identity": folder / "identity.key",
        "ledger": url(folder),
        "out": folder / "receipt.json",
        "now": LATER,
    }
    return matcher.end_family(family, **(given | options))


def read(folder: Path) -> FamilyKey:
    return FamilyKey.from_bytes(files.read_private(folder / "family.key", "family", None))


def noted(folder: Path) -> FamilyNote | None:
    return Ledger.open(url(folder)).family(NAME)


# -- made -------------------------------------------------------------------------------------------------


def test_a_key_for_the_matcher_and_a_note_that_tells_nothing_of_it(folder: Path) -> None:
    facts = make(folder)
    key = read(folder)
    assert (key.family, key.check()) == (NAME, facts.check)
    assert noted(folder) == FamilyNote(NAME, key.check(), NOW, None)
    assert (folder / "family.key").stat().st_mode & 0o077 == 0
    value = json.loads(key.to_bytes())["key"]
    told = repr(facts) + json.dumps(facts.as_json()) + " ".join(map(str, [*facts.lines(), facts.after()]))
    assert value not in told
    assert value.encode() not in (folder / "ledger.db").read_bytes()


def test_again_it_makes_no_other(folder: Path) -> None:
    first = make(folder)
    again = make(folder)
    assert (first.already, again.already, again.check) == (False, True, first.check)


def test_another_family_does_not_replace_it(folder: Path) -> None:
    make(folder)
    before = (folder / "family.key").read_bytes()
    with pytest.raises(OtherFamilyError, match="is the key of the family malmo-sok"):
        make(folder, "lund-sok")
    assert (folder / "family.key").read_bytes() == before
    other = make(folder, "lund-sok", key=folder / "lund.key")
    assert other.check != make(folder).check


def test_a_family_whose_key_is_elsewhere_gets_no_other(folder: Path) -> None:
    first = make(folder)
    (folder / "family.key").rename(folder / "away.key")
    with pytest.raises(KeyMadeBeforeError, match="was made 2026-11-21, and is not at") as caught:
        make(folder)
    assert "agree on a new name" in str(caught.value.advice)
    assert not (folder / "family.key").exists()
    (folder / "away.key").rename(folder / "family.key")
    assert make(folder).check == first.check


def test_a_key_that_another_ledger_made_is_refused_where_one_is_noted(folder: Path) -> None:
    make(folder)
    make(folder, key=folder / "other.key", ledger=f"sqlite:///{folder / 'other.db'}")
    before = (folder / "other.key").read_bytes()
    with pytest.raises(OtherFamilyKeyError, match="not the key of the family malmo-sok"):
        make(folder, key=folder / "other.key")
    assert (folder / "other.key").read_bytes() == before


def test_a_ledger_that_says_no_leaves_no_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no(*_: object) -> None:
        raise LedgerError("the ledger is locked")

    monkeypatch.setattr(Ledger, "note_family", no)
    with pytest.raises(LedgerError):
        make(folder)
    assert not (folder / "family.key").exists()


def test_a_name_that_is_none_makes_nothing(folder: Path) -> None:
    with pytest.raises(BadNameError):
        make(folder, "Malmö Sök")
    assert [path.name for path in folder.iterdir()] == ["identity.key"]


def test_a_passphrase_is_asked_for_when_it_is_found_again(folder: Path) -> None:
    make(folder, passphrase=WORDS)
    assert make(folder, passphrase=WORDS).already
    for wrong in ("fem andra ord", None):
        with pytest.raises(PassphraseError):
            make(folder, passphrase=wrong)


@pytest.mark.parametrize("how", ["ctrl-c", "killed"])
def test_stopped_anywhere_and_once_more(folder: Path, how: str) -> None:
    at, struck = 0, True
    while struck:
        at += 1
        home = folder / str(at)
        home.mkdir()
        Ledger.open(url(home))
        if how == "killed":
            struck = faults.killed(lambda home=home: make(home), at)  # type: ignore[misc] # mypy cannot infer a lambda's default
        else:
            points = faults.Points(at, faults.interrupt)
            with contextlib.suppress(KeyboardInterrupt), faults.watched(points):
                make(home)
            struck = points.passed >= at
        facts = make(home)
        assert noted(home) == FamilyNote(NAME, read(home).check(), NOW, None)
        assert facts.check == read(home).check()
    assert at > 3, at


# -- destroyed --------------------------------------------------------------------------------------------


def test_its_end_is_signed_and_noted_and_final(folder: Path) -> None:
    made = make(folder)
    copy = (folder / "family.key").read_bytes()
    ended = end(folder)
    assert not (folder / "family.key").exists()
    facts = verify_receipt(ended.receipt.read_bytes(), keys()[1].public)
    assert facts == {
        "destroyed": "family-key",
        "family": NAME,
        "check": made.check,
        "at": LATER.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    assert noted(folder) == FamilyNote(NAME, made.check, NOW, LATER)
    with pytest.raises(FamilyEndedError, match="was destroyed"):
        make(folder)
    again = end(folder)
    assert (ended.already, again.already, again.receipt) == (False, True, ended.receipt)
    files.write_private(folder / "empty.key", "family", b"", None)
    (folder / "empty.key").write_bytes(copy)
    (folder / "empty.key").rename(folder / "family.key")  # as from a backup
    with pytest.raises(FamilyEndedError):
        make(folder)
    end(folder, out=folder / "second.json")
    assert not (folder / "family.key").exists()


def test_not_while_a_round_of_the_family_goes_on(folder: Path) -> None:
    make(folder)
    books = Ledger.open(url(folder))
    books.receive(TERMS, [arrival("malmo", 1)], NOW)
    with pytest.raises(StateError, match="malmo-sok-1 is open"):
        end(folder)
    assert read(folder).check() == make(folder).check
    assert not (folder / "receipt.json").exists()
    books.fail(TERMS.id, "given up", NOW)
    end(folder)


def test_what_is_refused_destroys_nothing(folder: Path) -> None:
    with pytest.raises(LedgerError, match="no ledger"):
        end(folder)
    Ledger.open(url(folder))
    with pytest.raises(NoFamilyError):
        end(folder)
    make(folder)
    make(folder, "lund-sok", key=folder / "lund.key")
    with pytest.raises(OtherFamilyError):
        end(folder, key=folder / "lund.key")
    with pytest.raises(FamilyReceiptError, match="no such folder"):
        end(folder, out=folder / "nowhere" / "receipt.json")
    (folder / "receipt.json").write_text("{}")
    with pytest.raises(FamilyReceiptError, match="is there already"):
        end(folder)
    files.write_private(folder / "forged.key", "family", FamilyKey.generate(NAME).to_bytes(), None)
    with pytest.raises(OtherFamilyKeyError):
        end(folder, key=folder / "forged.key", out=folder / "forged.json")
    assert not (folder / "forged.json").exists()
    assert {path.name for path in folder.glob("*.key")} == {
        "family.key",
        "forged.key",
        "identity.key",
        "lund.key",
    }
    assert noted(folder) == FamilyNote(NAME, read(folder).check(), NOW, None)


def test_a_full_disk_costs_neither_key_nor_receipt(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make(folder)

    class Full(io.BytesIO):
        def write(self, _: object, /) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    @contextlib.contextmanager
    def full(_path: Path, **_: Any) -> Iterator[Full]:
        yield Full()

    with monkeypatch.context() as patch:
        patch.setattr(matcher_family, "whole_file", full)
        with pytest.raises(FileError, match="No space left"):
            end(folder)
    (aside,) = folder.glob("family.key.*.destroying")
    assert FamilyKey.from_bytes(files.read_private(aside, "family", None)).check() == made.check
    ended = end(folder)
    assert not aside.exists()
    assert verify_receipt(ended.receipt.read_bytes(), keys()[1].public)["check"] == made.check


def make_is_refused(home: Path) -> bool:
    with contextlib.suppress(FamilyEndedError):
        make(home)
        return False
    return True


def test_a_link_is_not_destroyed_for_the_key(folder: Path) -> None:
    make(folder)
    (folder / "family.key").rename(folder / "real.key")
    (folder / "family.key").symlink_to("real.key")
    with pytest.raises(KeysError, match="is a link; nothing was destroyed"):
        end(folder)
    assert noted(folder) == FamilyNote(NAME, read(folder).check(), NOW, None)


def test_without_key_and_receipt_nothing_is_attested(folder: Path) -> None:
    make(folder)
    end(folder)
    (folder / "receipt.json").unlink()
    with pytest.raises(GoneBeforeError):
        end(folder)
    assert not (folder / "receipt.json").exists()


@pytest.mark.parametrize("how", ["ctrl-c", "killed"])
def test_the_end_stopped_anywhere_attests_to_no_more_than_happened(folder: Path, how: str) -> None:
    at, struck = 0, True
    while struck:
        at += 1
        home = folder / str(at)
        home.mkdir()
        files.write_private(home / "identity.key", "identity", keys()[1].to_bytes(), None)
        made = make(home)
        if how == "killed":
            struck = faults.killed(lambda home=home: end(home), at)  # type: ignore[misc] # mypy cannot infer a lambda's default
        else:
            points = faults.Points(at, faults.interrupt)
            with contextlib.suppress(KeyboardInterrupt), faults.watched(points):
                end(home)
            struck = points.passed >= at
        there = (home / "family.key").exists()
        if (home / "receipt.json").exists():
            assert not there
        note = noted(home)
        assert note is not None
        assert note.check == made.check
        if not there:
            assert note.destroyed is not None
            assert make_is_refused(home)
        with contextlib.suppress(GoneBeforeError):
            end(home)
            assert (home / "receipt.json").exists()
        assert not list(home.glob("family.key*"))
    assert at > 3, at


# -- the ledger's note ------------------------------------------------------------------------------------


@pytest.fixture(params=KINDS)
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    with address(request.param, tmp_path) as where:
        yield Ledger.open(where)


def test_a_family_has_one_key_and_none_after_it(books: Ledger) -> None:
    first = books.note_family(NAME, "00" * 8, NOW)
    assert books.note_family(NAME, "00" * 8, LATER) == first == books.family(NAME)
    with pytest.raises(OtherFamilyKeyError):
        books.note_family(NAME, "11" * 8, NOW)
    with pytest.raises(OtherFamilyKeyError):
        books.end_family(NAME, "11" * 8, NOW)
    assert books.note_family("lund-sok", "11" * 8, NOW).created == NOW
    ended = books.end_family(NAME, "00" * 8, LATER)
    assert books.end_family(NAME, "00" * 8, LATER + dt.timedelta(1)) == ended == books.family(NAME)
    with pytest.raises(FamilyEndedError):
        books.note_family(NAME, "00" * 8, NOW)
    assert books.family("nobody") is None


# -- the match --------------------------------------------------------------------------------------------


class Counting(Exception):  # noqa: N818 - it stops a test's match where the counting begins
    """What count was given."""

    def __init__(self, family_key: FamilyKey | None) -> None:
        super().__init__("counting")
        self.family_key = family_key


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Table:
    """A round under cellkey, both packages received; a match stops where the counting begins."""

    def as_cellkey(path: Path) -> Agreement:
        return replace(load_ready(path), release=RULE)

    def counting(
        _packages: object, _agreement: object, _round: object, family: FamilyKey | None, **_: Any
    ) -> None:
        raise Counting(family)

    monkeypatch.setattr(matcher_desk, "load_ready", as_cellkey)
    monkeypatch.setattr(matcher_match, "count", counting)
    made = Table(tmp_path)
    made.scene = with_agreement(made.scene, release=RULE)
    made.receive(*made.both())
    return made


def match(table: Table, **options: Any) -> matcher.MatchFacts:
    return table.match(**({"family_key": table.home / "family.key"} | options))


def own_key(table: Table) -> matcher.FamilyKeyFacts:
    return make(table.home, ledger=table.ledger_url)


def test_the_match_counts_with_the_familys_key(table: Table) -> None:
    made = own_key(table)
    with pytest.raises(Counting) as caught:
        match(table)
    assert caught.value.family_key is not None
    assert caught.value.family_key.check() == made.check
    assert table.state is State.FROZEN


def test_another_key_of_the_family_is_refused_before_anything_is_frozen(table: Table) -> None:
    own_key(table)
    (table.home / "family.key").unlink()
    forged = FamilyKey.generate(NAME)
    files.write_private(table.home / "family.key", "family", forged.to_bytes(), None)
    with pytest.raises(OtherFamilyKeyError, match="not the key of the family malmo-sok") as caught:
        match(table)
    assert table.state is State.OPEN
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + str(caught.value.advice)
    assert json.loads(forged.to_bytes())["key"] not in told
    assert "docs/keys.md" in told


def test_the_key_of_another_family_is_refused(table: Table) -> None:
    make(table.home, "lund-sok", ledger=table.ledger_url)
    with pytest.raises(OtherFamilyError, match="is the key of the family lund-sok, not of malmo-sok"):
        match(table)
    assert table.state is State.OPEN


def test_no_key_and_another_kind_of_key(table: Table) -> None:
    with pytest.raises(MissingKeyError, match="there is no family key at"):
        match(table)
    with pytest.raises(KeysError, match="holds another kind of key: round key, and family key is wanted"):
        match(table, family_key=table.round_key)
    assert table.state is State.OPEN


def test_a_family_that_has_ended_is_not_matched(table: Table) -> None:
    made = own_key(table)
    copy = (table.home / "family.key").read_bytes()
    table.ledger.fail(table.ledger.rounds()[0].id, "given up", NOW)
    end(table.home, ledger=table.ledger_url, identity=table.identity)
    second = Table(table.folder, 2)
    second.scene = with_agreement(second.scene, release=RULE)
    second.receive(*second.both())
    for there in (False, True):
        if there:
            (table.home / "family.key").write_bytes(copy)
            (table.home / "family.key").chmod(0o600)
        with pytest.raises(FamilyEndedError, match="was destroyed 2027-12-26"):
            match(second)
    assert second.state is State.OPEN
    assert made.check == read(table.home).check()


def test_a_ledger_that_has_not_seen_it_warns_and_notes_it(table: Table) -> None:
    elsewhere = f"sqlite:///{table.folder / 'elsewhere.db'}"
    made = make(table.home, ledger=elsewhere)
    told = [str(note) for note in table.receive(*table.both()).notes]
    assert any("has not seen the key of the family malmo-sok" in note for note in told)
    with pytest.raises(Counting):
        match(table)
    found = table.ledger.family(NAME)
    assert found is not None
    assert found.check == made.check
    told = [str(note) for note in table.receive(*table.both()).notes]
    assert not any("family" in note for note in told)


def test_the_passphrase_is_asked_for_once_and_only_there(table: Table) -> None:
    asked: list[str] = []

    def ask() -> str:
        asked.append("")
        return WORDS

    make(table.home, ledger=table.ledger_url, passphrase=WORDS)
    with pytest.raises(PassphraseError):
        match(table)
    with pytest.raises(Counting):
        match(table, ask_family=ask)
    assert len(asked) == 1


def test_status_tells_of_it(table: Table) -> None:
    def told() -> str:
        return "\n".join(map(str, table.status().lines()))

    assert "linkage keys family --agreement-name malmo-sok" in told()
    assert table.status().as_json()["family_key"] is None
    made = own_key(table)
    assert f"check value {made.check}" in told()
    assert table.status().as_json()["family_key"] == {
        "check": made.check,
        "created": NOW.isoformat(timespec="seconds"),
        "destroyed": None,
    }
    table.ledger.fail(table.ledger.rounds()[0].id, "given up", NOW)
    end(table.home, ledger=table.ledger_url, identity=table.identity)
    assert "the family's key was destroyed" in told()


def test_purge_leaves_it_where_it_is(table: Table) -> None:
    own_key(table)
    before = (table.home / "family.key").read_bytes()
    table.purge(give_up=True)
    assert (table.home / "family.key").read_bytes() == before
    assert table.status().as_json()["family_key"] is not None


def test_under_exact_nobody_asks_for_it(tmp_path: Path) -> None:
    made = Table(tmp_path)
    facts = made.match(made.both(), family_key=tmp_path / "nowhere.key")
    assert facts.release.exists()
    assert made.ledger.family(NAME) is None
    assert "family_key" not in made.status().as_json()


# -- as commands ------------------------------------------------------------------------------------------


def test_as_commands(folder: Path) -> None:
    words = folder / "words.txt"
    words.write_text(WORDS)
    words.chmod(0o600)
    call = ("keys", "family", "--agreement-name", NAME)
    assert link(*call, "--no-input", cwd=folder).code == 12
    made = ok(*call, "--passphrase-file", "words.txt", cwd=folder)
    assert "family.key: the key of the family malmo-sok" in made.out
    assert "back up family.key" in made.out + made.err
    assert "a new ledger begins" in made.err
    assert inspect(folder / "family.key") == {"format": "linkage-key/1", "kind": "family", "passphrase": True}
    assert "family.key is for its owner alone" in ok("doctor", cwd=folder).out
    (folder / "family.key").rename(folder / "away.key")
    refused = link(*call, "--passphrase-file", "words.txt", cwd=folder)
    assert (refused.code, "new noise on the same people" in refused.err) == (12, True)
    (folder / "away.key").rename(folder / "family.key")
    assert link(*call, "--out", "x.json", "--no-passphrase", cwd=folder).code == 2
    assert link(*call, "--destroy", "--no-passphrase", cwd=folder).code == 2
    destroy = (*call, "--destroy", "--passphrase-file", "words.txt")
    assert link(*destroy, "--no-input", cwd=folder).code == 2
    assert (folder / "family.key").exists()
    ended = ok(*destroy, "--yes", "--json", cwd=folder)
    assert ended.json == {"family": NAME, "receipt": "malmo-sok-family-destroyed.json", "already": False}
    assert "destroyed: family-key" in ok("inspect", "malmo-sok-family-destroyed.json", cwd=folder).out
    assert link(*call, "--passphrase-file", "words.txt", cwd=folder).code == 12


def test_without_a_passphrase_it_warns(folder: Path) -> None:
    made = ok("keys", "family", "--agreement-name", NAME, "--no-passphrase", cwd=folder)
    assert "whoever can read this file" in made.err


def test_the_receipt_is_the_matchers_and_of_this_family(tmp_path: Path) -> None:
    made = Table(tmp_path)
    make(made.home, ledger=made.ledger_url)
    ended = end(made.home, ledger=made.ledger_url, identity=made.identity)
    assert verify_of(ended.receipt, made.agreement).facts["family"] == NAME
    other = Table(tmp_path / "other")
    make(other.home, "lund-sok", ledger=other.ledger_url)
    wrong = end(other.home, "lund-sok", ledger=other.ledger_url, identity=other.identity)
    with pytest.raises(OtherReceiptError, match="family differs"):
        verify_of(wrong.receipt, other.agreement)
    party: Identity = keys()[0]["malmo"]
    files.write_private(made.home / "malmo.key", "identity", party.to_bytes(), None)
    make(made.home, "lund-sok", ledger=made.ledger_url, key=made.home / "lund.key")
    by_a_party = end(
        made.home,
        "lund-sok",
        ledger=made.ledger_url,
        key=made.home / "lund.key",
        identity=made.home / "malmo.key",
        out=made.home / "party.json",
    )
    with pytest.raises(OtherReceiptError, match="could not have destroyed this"):
        verify_of(by_a_party.receipt, made.agreement)
