"""Identities and the secret as commands: finished where they were stopped, and nothing replaced or hidden."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from keys import files
from keys.identity import Identity, safety_number
from keys.receipts import verify_receipt
from keys.secret import Secret
from linkage.commands.identities import init
from tests.matchers import keys
from tests.rounds import link, ok

KEY_WORDS = "made-up people only"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Malmö's folder, with identity and secret."""
    parties, _, _, secret = keys()
    files.write_private(tmp_path / "identity.key", "identity", parties["malmo"].to_bytes(), None)
    files.write_private(tmp_path / "secret.key", "secret", secret.to_bytes(), None)
    return tmp_path


# -- init ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("passphrase", [None, KEY_WORDS])
def test_an_identity_that_was_stopped_midway_is_finished(tmp_path: Path, passphrase: str | None) -> None:
    made = init("malmo", tmp_path, passphrase)
    whole = made.public.read_bytes()
    made.public.unlink()
    again = init("malmo", tmp_path, passphrase)
    assert (made.already, again.already) == (False, True)
    assert again.fingerprint == made.fingerprint
    assert made.public.read_bytes() == whole


def test_finishing_needs_the_same_name_and_passphrase(tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text(KEY_WORDS)
    words.chmod(0o600)
    ok("keys", "init", "malmo", "--passphrase-file", "words.txt", cwd=tmp_path)
    (tmp_path / "malmo.pub").unlink()
    before = (tmp_path / "identity.key").read_bytes()
    other = link("keys", "init", "af", "--passphrase-file", "words.txt", cwd=tmp_path)
    assert (other.code, "identity.key is the identity of malmo" in other.err) == (12, True)
    words.write_text("another one entirely")
    assert link("keys", "init", "malmo", "--passphrase-file", "words.txt", cwd=tmp_path).code == 12
    assert link("keys", "init", "malmo", "--no-passphrase", cwd=tmp_path).code == 12
    assert (tmp_path / "identity.key").read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["identity.key", "words.txt"]


def test_a_whole_identity_is_never_made_again(tmp_path: Path) -> None:
    ok("keys", "init", "malmo", "--no-passphrase", cwd=tmp_path)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    for name in ("malmo", "af"):
        done = link("keys", "init", name, "--no-passphrase", cwd=tmp_path)
        assert done.code == 12
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


# -- show ---------------------------------------------------------------------------------------------------


def test_show_and_init_tell_the_safety_number(tmp_path: Path) -> None:
    made = ok("keys", "init", "malmo", "--no-passphrase", "--json", cwd=tmp_path).json
    number = safety_number(made["fingerprint"])
    assert made["safety_number"] == number
    shown = ok("keys", "show", "malmo.pub", "malmo.pub", "--json", cwd=tmp_path).json
    assert shown == {"malmo": {"fingerprint": made["fingerprint"], "safety_number": number}}
    assert ok("keys", "show", "malmo.pub", cwd=tmp_path).out == f"malmo  {made['fingerprint']}  {number}\n"
    (tmp_path / "af").mkdir()
    told = ok("keys", "init", "af", "--no-passphrase", cwd=tmp_path / "af").out
    af = ok("keys", "show", "af/af.pub", "--json", cwd=tmp_path).json["af"]["safety_number"]
    assert f"safety number, to be read aloud: {af}\n" in told


def test_two_keys_of_one_name_do_not_hide_each_other(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.pub").write_text(Identity.generate("malmo").public.to_text())
    done = link("keys", "show", "one.pub", "two.pub", cwd=tmp_path)
    assert (done.code, done.out) == (12, "")
    assert "two public keys are called malmo" in done.err


# -- inspect ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_file_in_another_encoding_is_refused_and_no_bug(folder: Path, encoding: str) -> None:
    parties, _, round_key, _ = keys()
    ok("secret", "destroy", "--yes", cwd=folder)
    texts = {
        "identity": parties["malmo"].public.to_text(),
        "round": round_key.public.to_text(),
        "key": (folder / "identity.key").read_text(),
        "receipt": (folder / "secret-destroyed.json").read_text(),
    }
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode(encoding))
        done = link("inspect", name, cwd=folder)
        assert (done.code, "not a file of this program" in done.err) == (10, True), (name, done.err)


# -- secret destroy -----------------------------------------------------------------------------------------


def test_the_secret_goes_and_a_receipt_stays(folder: Path) -> None:
    done = ok("secret", "destroy", "--yes", "--json", cwd=folder)
    assert not (folder / "secret.key").exists()
    data = (folder / done.json["receipt"]).read_bytes()
    assert verify_receipt(data, keys()[0]["malmo"].public)["family"] == "malmo-sok"


@pytest.mark.parametrize(
    "out", ["folder", "identity.key", "secret.key", "earlier.json", "dangling", "no/where"]
)
def test_a_receipt_replaces_nothing_and_then_nothing_is_destroyed(folder: Path, out: str) -> None:
    (folder / "folder").mkdir()
    (folder / "earlier.json").write_text("{}")
    (folder / "dangling").symlink_to(folder / "nobody")
    before = _tree(folder)
    done = link("secret", "destroy", "--yes", "--out", out, cwd=folder)
    assert done.code == 10
    assert "nothing was destroyed" in done.err
    assert _tree(folder) == before


def test_the_receipt_of_another_family_is_not_replaced_by_default(folder: Path) -> None:
    ok("secret", "destroy", "--yes", cwd=folder)
    earlier = (folder / "secret-destroyed.json").read_bytes()
    own = keys()[0]["malmo"].public.fingerprint
    files.write_private(folder / "secret.key", "secret", Secret.create("lund-sok", own).to_bytes(), None)
    assert link("secret", "destroy", "--yes", cwd=folder).code == 10
    assert (folder / "secret.key").exists()
    assert (folder / "secret-destroyed.json").read_bytes() == earlier
    ok("secret", "destroy", "--yes", "--out", "lund.json", cwd=folder)
    assert json.loads((folder / "lund.json").read_text())["facts"]["family"] == "lund-sok"


def _tree(folder: Path) -> dict[str, bytes | None]:
    return {
        str(p.relative_to(folder)): p.read_bytes() if p.is_file() else None for p in sorted(folder.rglob("*"))
    }


# -- passphrase files ---------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="modes tell who may read a file on POSIX alone")
@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640, 0o604, 0o644])
def test_a_passphrase_that_others_can_read_is_told(tmp_path: Path, mode: int) -> None:
    words = tmp_path / "words.txt"
    words.write_text(KEY_WORDS)
    words.chmod(mode)
    done = ok("keys", "init", "malmo", "--passphrase-file", "words.txt", cwd=tmp_path)
    told = "warning: others can read the passphrase file words.txt: chmod 600 words.txt" in done.err
    assert told is bool(mode & (stat.S_IRWXG | stat.S_IRWXO))
    assert KEY_WORDS not in done.out + done.err


def test_a_private_key_is_not_shown_and_its_public_half_named(tmp_path: Path) -> None:
    ok("keys", "init", "malmo", "--no-passphrase", cwd=tmp_path)
    done = link("keys", "show", "identity.key", cwd=tmp_path)
    assert done.code == 12
    assert "identity.key is a private key" in done.err
    assert "NAME.pub" in done.err


def test_a_damaged_public_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "odd.pub").write_text('{"format": "linkage-identity/1"}')
    done = link("keys", "show", "odd.pub", cwd=tmp_path)
    assert done.code == 12
    assert "odd.pub" in done.err


def test_inspect_leads_from_an_agreement_to_its_show(tmp_path: Path) -> None:
    ok("agreement", "new", "agreement.toml", cwd=tmp_path)
    done = link("inspect", "agreement.toml", cwd=tmp_path)
    assert done.code == 10
    assert "linkage agreement show agreement.toml" in done.err


def test_a_second_destruction_is_told_with_its_receipt_and_what_is_left(folder: Path) -> None:
    (folder / "secret-af.link").write_bytes(b"sealed")
    done = ok("secret", "destroy", "--yes", cwd=folder)
    assert "secret-af.link: would bring the secret back" in done.err
    again = link("secret", "destroy", "--yes", cwd=folder)
    assert again.code == 12
    assert "was destroyed before: secret-destroyed.json is its receipt" in again.err


def test_a_key_that_needs_a_passphrase_names_the_option(tmp_path: Path) -> None:
    (tmp_path / "words").write_text("fem slumpade ord\n")
    (tmp_path / "words").chmod(0o600)
    ok("keys", "init", "matcher", "--passphrase-file", "words", cwd=tmp_path)
    given = ("--agreement-name", "malmo-sok", "--round", "1", "--no-passphrase", "--no-input")
    done = link("keys", "round", *given, cwd=tmp_path)
    assert done.code == 12
    assert "--passphrase-file" in done.err
