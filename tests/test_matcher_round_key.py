"""The key of a round: made once, noted before anybody can seal to it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

import pytest

from keys import files
from keys.errors import KeysError
from keys.files import PassphraseError
from keys.identity import Identity, PublicRoundKey, RoundKey, parse_public
from linkage.commands import matcher
from linkage.commands.matcher_keys import KeyOfAnotherRoundError
from linkage.errors import LedgerError
from linkage.ledger import Ledger, RoundId
from linkage.ledger.errors import StateError
from tests import faults
from tests.ledgers import NOW, TERMS, arrival
from tests.rounds import link, ok

posix = pytest.mark.skipif(os.name == "nt", reason="without a passphrase on POSIX only")
pytestmark = posix

OWN = Identity.generate("matcher")
WORDS = "fem slumpade ord"


def make(folder: Path, **options: Any) -> matcher.RoundKeyFacts:
    folder.mkdir(exist_ok=True)
    if not (folder / "identity.key").exists():
        files.write_private(
            folder / "identity.key", "identity", Identity.generate("matcher").to_bytes(), None
        )
    given: dict[str, Any] = {
        "identity": folder / "identity.key",
        "folder": folder,
        "passphrase": None,
        "ledger": url(folder),
        "now": NOW,
    }
    return matcher.round_key("malmo-sok", 1, **(given | options))


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'ledger.db'}"


def public(folder: Path) -> PublicRoundKey:
    found = parse_public((folder / "matcher-round.pub").read_text(encoding="utf-8"))
    assert isinstance(found, PublicRoundKey)
    return found


def test_a_key_for_the_matcher_a_public_half_for_everybody_a_note_in_the_ledger(tmp_path: Path) -> None:
    facts = make(tmp_path)
    private = RoundKey.from_bytes(files.read_private(tmp_path / "round.key", "round", None))
    signer = Identity.from_bytes(files.read_private(tmp_path / "identity.key", "identity", None))
    found = public(tmp_path)
    found.verify(signer.public)
    assert (found.agreement, found.round, found.name) == ("malmo-sok", 1, "matcher")
    assert private.public.fingerprint == found.fingerprint == facts.fingerprint
    (note,) = Ledger.open(url(tmp_path)).round_keys(RoundId("malmo-sok", 1))
    assert (note.fingerprint, note.created, note.destroyed) == (facts.fingerprint, NOW, None)
    assert facts.as_json()["public"] == str(tmp_path / "matcher-round.pub")
    assert (facts.already, facts.passphrase) == (False, False)


def test_again_for_the_same_round_it_makes_no_other(tmp_path: Path) -> None:
    first = make(tmp_path)
    (tmp_path / "matcher-round.pub").unlink()
    again = make(tmp_path)
    assert (again.already, again.fingerprint) == (True, first.fingerprint)
    assert public(tmp_path).fingerprint == first.fingerprint
    assert len(Ledger.open(url(tmp_path)).round_keys(RoundId("malmo-sok", 1))) == 1


def test_the_key_of_another_round_is_not_overwritten(tmp_path: Path) -> None:
    first = make(tmp_path)
    before = (tmp_path / "round.key").read_bytes()
    with pytest.raises(KeyOfAnotherRoundError, match="is the key of malmo-sok-1"):
        matcher.round_key(
            "malmo-sok",
            2,
            identity=first.key.with_name("identity.key"),
            folder=tmp_path,
            passphrase=None,
            ledger=url(tmp_path),
        )
    assert (tmp_path / "round.key").read_bytes() == before


def test_a_passphrase_is_asked_for_when_it_is_found_again(tmp_path: Path) -> None:
    facts = make(tmp_path, passphrase=WORDS)
    assert facts.passphrase
    assert make(tmp_path, passphrase=WORDS).already
    for wrong in ("fem andra ord", None):
        with pytest.raises(PassphraseError):
            make(tmp_path, passphrase=wrong)


def test_a_round_that_has_begun_gets_no_other_key(tmp_path: Path) -> None:
    make(tmp_path)
    Ledger.open(url(tmp_path)).receive(TERMS, [arrival("malmo", 1)], NOW)
    (tmp_path / "round.key").unlink()
    with pytest.raises(StateError, match="has begun"):
        make(tmp_path)
    assert not (tmp_path / "round.key").exists()


def test_a_name_that_is_none_makes_nothing(tmp_path: Path) -> None:
    make(tmp_path / "first")
    with pytest.raises(KeysError):
        matcher.round_key(
            "Malmö Sök",
            1,
            identity=tmp_path / "first" / "identity.key",
            folder=tmp_path,
            passphrase=None,
            ledger=url(tmp_path / "first"),
        )
    assert not (tmp_path / "round.key").exists()


def test_a_ledger_that_says_no_leaves_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no(*_: object) -> None:
        raise LedgerError("the ledger is locked")

    monkeypatch.setattr(Ledger, "note_round_key", no)
    with pytest.raises(LedgerError):
        make(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"identity.key", "ledger.db"}


def whole(folder: Path) -> None:
    """A public half that somebody could have seen is that of the noted key."""
    if (folder / "matcher-round.pub").exists():
        notes = Ledger.open(url(folder)).round_keys(RoundId("malmo-sok", 1))
        assert [note.fingerprint for note in notes] == [public(folder).fingerprint]


@pytest.mark.parametrize("how", ["ctrl-c", "killed"])
def test_stopped_anywhere_and_once_more(tmp_path: Path, how: str) -> None:
    at, struck = 0, True
    while struck:
        at += 1
        folder = tmp_path / str(at)
        folder.mkdir()
        files.write_private(
            folder / "identity.key", "identity", Identity.generate("matcher").to_bytes(), None
        )
        Ledger.open(url(folder))
        if how == "killed":
            struck = faults.killed(lambda folder=folder: make(folder), at)  # type: ignore[misc] # mypy cannot infer a lambda's default
        else:
            points = faults.Points(at, faults.interrupt)
            with contextlib.suppress(KeyboardInterrupt), faults.watched(points):
                make(folder)
            struck = points.passed >= at
        whole(folder)
        facts = make(folder)
        assert public(folder).fingerprint == facts.fingerprint
        whole(folder)
    assert at > 5, at


def test_the_next_round_in_the_same_folder_is_told_where_to_make_its_key(tmp_path: Path) -> None:
    home = tmp_path / "matcher"
    home.mkdir()
    files.write_private(home / "identity.key", "identity", OWN.to_bytes(), None)
    first = ("keys", "round", "--agreement-name", "malmo-sok", "--no-passphrase")
    assert "a new ledger begins" in ok(*first, "--round", "1", cwd=home).err
    refused = link(*first, "--round", "2", cwd=home)
    assert refused.code == 12
    words = "--identity ../matcher/identity.key --ledger sqlite:///../matcher/ledger.db"
    assert words in refused.err
    (tmp_path / "matcher-2").mkdir()
    made = ok(*first, "--round", "2", *words.split(), cwd=tmp_path / "matcher-2")
    assert "a new ledger" not in made.err
