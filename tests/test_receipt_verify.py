"""`linkage verify` of a receipt: who signed it, and whether it was theirs to destroy."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from keys.identity import Identity
from keys.receipts import receipt, secret_destroyed
from keys.secret import Secret
from linkage.commands.receipt import (
    NoSignerKeyError,
    OtherReceiptError,
    RefusedReceiptError,
    WhoseReceiptError,
    is_receipt,
    verify,
)
from linkage.release.writing import write
from tests.matchers import NAME, NOW, Table, keys
from tests.rounds import link, ok

PARTIES, MATCHER, ROUND_KEY, SECRET = keys()
STRANGER = Identity.generate("matcher")


@pytest.fixture(scope="module")
def purged(tmp_path_factory: pytest.TempPathFactory) -> Table:
    """A round, matched and purged; only read."""
    table = Table(tmp_path_factory.mktemp("purged"))
    table.match(table.both())
    table.purge()
    return table


def written(folder: Path, signer: Identity, facts: Mapping[str, object]) -> Path:
    path = folder / "receipt.json"
    path.write_bytes(receipt(signer, facts))
    return path


def test_a_receipt_of_a_purge_is_verified_with_the_agreement(purged: Table) -> None:
    facts = verify(purged.receipt, purged.agreement)
    assert (facts.name, facts.signer, facts.compared) == ("matcher", MATCHER.public.fingerprint, True)
    assert facts.facts["destroyed"] == "round"
    done = ok("verify", purged.receipt, "--agreement", purged.agreement, cwd=purged.folder)
    assert done.out.startswith(f"signed by matcher, {MATCHER.public.fingerprint}\n")
    assert "destroyed: round\n" in done.out
    assert "it cannot prove it" in done.out
    told = ok("verify", purged.receipt, "--agreement", purged.agreement, "--json", cwd=purged.folder).json
    assert (told["signer"], told["agreement_compared"]) == ("matcher", True)
    assert told["receipt"] == facts.facts


def test_a_receipt_is_verified_with_its_signers_key(purged: Table, tmp_path: Path) -> None:
    path = written(tmp_path, PARTIES["malmo"], secret_destroyed(SECRET, NOW))
    own = purged.agreement.parent / "malmo.pub"
    facts = verify(path, signer=own)
    assert (facts.name, facts.compared) == ("malmo", False)
    assert verify(path, purged.agreement).compared
    assert verify(path, purged.agreement, own).compared
    assert "no agreement was compared" in ok("verify", path, "--signer", own, cwd=tmp_path).out


def test_alone_it_proves_nothing(purged: Table, tmp_path: Path) -> None:
    path = written(tmp_path, STRANGER, {"destroyed": "round"})
    (tmp_path / "matcher.pub").write_text(STRANGER.public.to_text())
    with pytest.raises(WhoseReceiptError):
        verify(path)
    assert link("verify", path, cwd=tmp_path).code == 2
    with pytest.raises(OtherReceiptError, match="not in the agreement"):
        verify(path, purged.agreement)
    with pytest.raises(OtherReceiptError, match="not in the agreement"):
        verify(path, purged.agreement, tmp_path / "matcher.pub")


def test_an_altered_receipt_and_one_of_another_are_refused(purged: Table, tmp_path: Path) -> None:
    whole = purged.receipt.read_text()
    for change in (
        whole.replace('"complete": true', '"complete": false'),
        whole.replace(MATCHER.public.fingerprint, PARTIES["af"].public.fingerprint),
        whole + "\n",
        whole.replace('"name": "matcher"', '"name": "af"', 1),
    ):
        assert change != whole
        path = tmp_path / "altered.json"
        path.write_text(change)
        assert is_receipt(path)
        with pytest.raises(RefusedReceiptError):
            verify(path, purged.agreement)
        assert link("verify", path, "--agreement", purged.agreement, cwd=tmp_path).code == 11
    with pytest.raises(RefusedReceiptError, match="signed by another identity than af"):
        verify(purged.receipt, signer=purged.agreement.parent / "af.pub")


def test_what_is_not_its_signers_to_destroy_is_refused(purged: Table, tmp_path: Path) -> None:
    secret = secret_destroyed(SECRET, NOW)
    whole = json.loads(purged.receipt.read_text())["facts"]
    other = secret_destroyed(Secret.create("lund-sok", PARTIES["malmo"].public.fingerprint), NOW)
    cases: list[tuple[Identity, Mapping[str, object], str]] = [
        (MATCHER, secret, "matcher could not have destroyed"),
        (PARTIES["af"], whole, "af could not have destroyed"),
        (MATCHER, {}, "matcher could not have destroyed"),
        (MATCHER, {"destroyed": "everything"}, "matcher could not have destroyed"),
        (PARTIES["malmo"], other, f"not of {NAME}-1: family differs"),
        *[
            (MATCHER, {**whole, name: value}, f"not of {NAME}-1: {name} differs")
            for name, value in {"agreement": "lund-sok", "round": 2, "digest": "00", "round_key": "x"}.items()
        ],
    ]
    for signer, facts, words in cases:
        with pytest.raises(OtherReceiptError, match=words):
            verify(written(tmp_path, signer, facts), purged.agreement)


def test_a_key_that_is_missing_or_no_identity_is_told(purged: Table, tmp_path: Path) -> None:
    table = purged.copy(tmp_path / "copy")
    (table.agreement.parent / "matcher.pub").unlink()
    with pytest.raises(NoSignerKeyError, match="is not here: SHA256:"):
        verify(table.receipt, table.agreement)
    (tmp_path / "round.pub").write_text(ROUND_KEY.public.to_text())
    with pytest.raises(NoSignerKeyError, match="round key"):
        verify(table.receipt, signer=tmp_path / "round.pub")


def test_options_of_the_other_kind_of_file_are_refused(purged: Table) -> None:
    key = purged.agreement.parent / "matcher.pub"
    release = purged.out / "release.json"
    assert link("verify", purged.receipt, "--matcher", key, cwd=purged.folder).code == 2
    assert link("verify", release, "--signer", key, cwd=purged.folder).code == 2
    assert link("verify", release, cwd=purged.folder).code == 2
    ok("verify", release, "--matcher", key, cwd=purged.folder)
    ok("verify", release, "--agreement", purged.agreement, cwd=purged.folder)


def test_inspect_keeps_what_a_receipt_claims_apart_from_who_signed(tmp_path: Path) -> None:
    lies = {"signer": MATCHER.public.fingerprint, "name": "matcher", "format": "linkage-release/1"}
    path = written(tmp_path, PARTIES["af"], {**lies, "destroyed": "round", "at": str(dt.date(2026, 1, 1))})
    told = ok("inspect", path, "--json", cwd=tmp_path).json
    assert (told["name"], told["signer"]) == ("af", PARTIES["af"].public.fingerprint)
    assert (told["format"], told["facts"]["signer"]) == ("linkage-receipt/1", lies["signer"])
    done = ok("inspect", path, cwd=tmp_path)
    assert f"\nsigner: {PARTIES['af'].public.fingerprint}\n" in done.out
    assert f"\nfacts.signer: {lies['signer']}\n" in done.out
    assert "--agreement agreement.toml" in done.err


def test_inspect_shows_no_line_of_a_title_as_a_fact(purged: Table, tmp_path: Path) -> None:
    document = json.loads((purged.out / "release.json").read_bytes())
    document["agreement"]["title"] = f"Volym\nmatcher: {STRANGER.public.fingerprint}"
    (tmp_path / "release.json").write_bytes(write(document))
    told = ok("inspect", "release.json", cwd=tmp_path).out
    assert f"\ntitle: Volym matcher: {STRANGER.public.fingerprint}\n" in told
    assert f"\nmatcher: {MATCHER.public.fingerprint}\n" in told
    assert f"\nmatcher: {STRANGER.public.fingerprint}" not in told


def test_what_is_no_receipt_is_none(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert not is_receipt(path)
    for data in (
        b"",
        b"[]",
        b"1",
        b'{"format": 1}',
        b"[" * 99_999,
        b"\xff\xfe",
        b'{"format": "linkage-release/1"}',
    ):
        path.write_bytes(data)
        assert not is_receipt(path)
