"""Key files at rest: who may read them, what a passphrase protects, and what destroying does."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import stat
import traceback
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from keys import atomic, encoding, files, primitives
from keys.encoding import UnknownVersionError
from keys.files import (
    DamagedKeyFileError,
    ExposedKeyError,
    KeyExistsError,
    KeyFacts,
    KeyFileError,
    MissingKeyError,
    PassphraseError,
    describe,
    destroy,
    read_private,
    write_private,
)
from keys.identity import Identity
from keys.receipts import receipt, secret_destroyed, verify_receipt
from keys.secret import DifferentSecretError, Secret, settle

posix = pytest.mark.skipif(os.name == "nt", reason="modes and links of POSIX")
PHRASE = "fem gröna hästar åt"
PAYLOAD = b"not for others"


def ask() -> str:
    return PHRASE


def no_question() -> str:
    raise AssertionError("nothing was to be asked")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "identity.key"
    write_private(path, "identity", PAYLOAD, PHRASE)
    return path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A key file without a passphrase; on Windows as if it had been made elsewhere."""
    monkeypatch.setattr(files, "modes_protect", lambda: True)
    if os.name == "nt":
        monkeypatch.setattr(files, "_refuse_exposed", lambda *_: None)
    path = tmp_path / "bare.key"
    write_private(path, "identity", PAYLOAD, None)
    return path


@pytest.mark.parametrize("kind", files.KINDS)
def test_what_was_written_is_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.key"
    write_private(path, kind, PAYLOAD, PHRASE)
    assert read_private(path, kind, ask) == PAYLOAD
    assert describe(path.read_bytes(), path.name) == KeyFacts(kind, protected=True)


def test_without_a_passphrase_nothing_is_asked(bare: Path) -> None:
    assert read_private(bare, "identity", no_question) == PAYLOAD
    assert read_private(bare, "identity", None) == PAYLOAD
    assert describe(bare.read_bytes(), bare.name) == KeyFacts("identity", protected=False)


def test_the_file_is_as_docs_keys_md_says(key: Path, bare: Path) -> None:
    assert json.loads(bare.read_text(encoding="utf-8")) == {
        "format": "linkage-key/1",
        "kind": "identity",
        "protection": "none",
        "payload": encoding.b64(PAYLOAD),
    }
    document = json.loads(key.read_text(encoding="utf-8"))
    sealed = encoding.unb64(document.pop("payload"))
    salt, nonce = encoding.unb64(document["salt"]), encoding.unb64(document["nonce"])
    assert document == {
        "format": "linkage-key/1",
        "kind": "identity",
        "protection": "passphrase",
        "argon2id": {"iterations": 3, "lanes": 4, "memory_kib": 65536},
        "salt": encoding.b64(salt),
        "nonce": encoding.b64(nonce),
    }
    assert (len(salt), len(nonce)) == (16, 12)
    header = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    opened = primitives.aead_open(primitives.argon2id(PHRASE.encode(), salt), nonce, sealed, header)
    assert opened == PAYLOAD


def test_two_files_of_the_same_share_nothing(tmp_path: Path) -> None:
    made = []
    for name in ("a.key", "b.key"):
        write_private(tmp_path / name, "secret", PAYLOAD, PHRASE)
        made.append(json.loads((tmp_path / name).read_text(encoding="utf-8")))
    assert all(made[0][name] != made[1][name] for name in ("salt", "nonce", "payload"))


@posix
def test_only_the_user_may_read_it_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_private(tmp_path / "a.key", "secret", PAYLOAD, None)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.key").stat().st_mode) == 0o600


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o602, 0o610, 0o777])
def test_a_file_that_others_may_reach_is_refused(key: Path, bare: Path, mode: int) -> None:
    for path in (key, bare):
        path.chmod(mode)
        with pytest.raises(ExposedKeyError, match=f"its mode is {mode:04o}"):
            read_private(path, "identity", no_question)


@posix
@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_a_file_for_the_user_alone_is_read(bare: Path, mode: int) -> None:
    bare.chmod(mode)
    assert read_private(bare, "identity", None) == PAYLOAD


@posix
def test_the_file_behind_a_link_is_what_counts(tmp_path: Path, bare: Path) -> None:
    link = tmp_path / "link.key"
    link.symlink_to(bare)
    assert read_private(link, "identity", None) == PAYLOAD
    bare.chmod(0o644)
    with pytest.raises(ExposedKeyError):
        read_private(link, "identity", None)


@posix
def test_a_disk_that_keeps_no_modes_gets_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = os.fstat

    def wide(handle: int) -> os.stat_result:
        found = plain(handle)
        return os.stat_result((found.st_mode | 0o077, *tuple(found)[1:]))

    monkeypatch.setattr(os, "fstat", wide)
    with pytest.raises(ExposedKeyError):
        write_private(tmp_path / "a.key", "secret", PAYLOAD, PHRASE)
    assert list(tmp_path.iterdir()) == []


def test_where_modes_mean_nothing_a_passphrase_is_required(
    tmp_path: Path, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "modes_protect", lambda: False)
    with pytest.raises(PassphraseError, match="needs a passphrase"):
        write_private(tmp_path / "a.key", "secret", PAYLOAD, None)
    with pytest.raises(PassphraseError, match="has no passphrase"):
        read_private(bare, "identity", None)
    write_private(tmp_path / "b.key", "secret", PAYLOAD, PHRASE)
    assert read_private(tmp_path / "b.key", "secret", ask) == PAYLOAD
    assert sorted(f.name for f in tmp_path.iterdir()) == ["b.key", "bare.key"]


def test_windows_is_where_modes_mean_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, protect in (("nt", False), ("posix", True)):
        monkeypatch.setattr(os, "name", name)
        assert files.modes_protect() is protect
        monkeypatch.undo()


def test_a_wrong_passphrase_is_refused_and_not_shown(key: Path) -> None:
    wrong = "another passphrase"
    try:
        read_private(key, "identity", lambda: wrong)
    except PassphraseError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
        said = str(error)
    assert "does not open" in said
    frames = shown.split("keys/files.py")[1:] if os.name == "posix" else shown.split("files.py")[1:]
    assert frames
    assert not any(wrong in frame for frame in frames)


def test_a_passphrase_with_nobody_to_ask(key: Path) -> None:
    with pytest.raises(PassphraseError, match="nobody to ask"):
        read_private(key, "identity", None)


def test_the_same_passphrase_from_another_keyboard(key: Path) -> None:
    apart = unicodedata.normalize("NFD", PHRASE)
    assert apart != PHRASE
    assert read_private(key, "identity", lambda: apart) == PAYLOAD


@pytest.mark.parametrize("phrase", ["", "short", "1234567", "åäöåäö\udce5\udce4"])
def test_a_passphrase_that_protects_nothing_is_refused(tmp_path: Path, phrase: str) -> None:
    with pytest.raises(PassphraseError):
        write_private(tmp_path / "a.key", "secret", PAYLOAD, phrase)
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_never_overwritten_unless_meant(key: Path) -> None:
    before = key.read_bytes()
    with pytest.raises(KeyExistsError, match=r"identity\.key is there already"):
        write_private(key, "identity", b"other", PHRASE)
    assert key.read_bytes() == before
    write_private(key, "identity", b"other", PHRASE, replace=True)
    assert read_private(key, "identity", ask) == b"other"
    assert [f.name for f in key.parent.iterdir()] == ["identity.key"]


def test_another_kind_of_key_is_refused(bare: Path) -> None:
    with pytest.raises(KeyFileError, match="another kind of key: identity key, and round key is wanted"):
        read_private(bare, "round", None)
    with pytest.raises(ValueError, match="known kind"):
        write_private(bare, "other", PAYLOAD, PHRASE)


def test_no_file_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(MissingKeyError, match="there is no secret at"):
        read_private(tmp_path / "secret.key", "secret", None)
    with pytest.raises(MissingKeyError):
        destroy(tmp_path / "secret.key")
    with pytest.raises(KeyFileError, match="cannot be written"):
        write_private(tmp_path / "no" / "secret.key", "secret", PAYLOAD, PHRASE)


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError):
        read_private(tmp_path, "secret", None)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe", 0o600)
        with pytest.raises(DamagedKeyFileError):
            read_private(tmp_path / "pipe", "secret", None)


@pytest.mark.parametrize("data", [b"", b"\x00\xff", b"[]", b'{"format": "linkage-key/1"}', b"x" * 100_000])
def test_what_is_no_key_file_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.key"
    path.write_bytes(data)
    path.chmod(0o600)
    with pytest.raises((DamagedKeyFileError, UnknownVersionError)):
        read_private(path, "secret", None)


def test_another_version_is_refused_by_name(bare: Path) -> None:
    bare.write_text(
        bare.read_text(encoding="utf-8").replace("linkage-key/1", "linkage-key/2"), encoding="utf-8"
    )
    with pytest.raises(UnknownVersionError, match="format linkage-key/2 is not known here"):
        read_private(bare, "identity", None)


def change(path: Path, alter: Callable[[dict[str, object]], object]) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    alter(document)
    path.write_text(json.dumps(document), encoding="utf-8")


WEAKER: dict[str, Callable[[dict[str, object]], object]] = {
    "fewer passes": lambda d: d.update(argon2id={"iterations": 1, "lanes": 4, "memory_kib": 65536}),
    "endless work": lambda d: d.update(argon2id={"iterations": 3, "lanes": 4, "memory_kib": 2**31}),
    "no parameters": lambda d: d.pop("argon2id"),
    "short salt": lambda d: d.update(salt="AAAA"),
    "short nonce": lambda d: d.update(nonce="AAAA"),
    "no protection": lambda d: d.update(protection="none"),
    "another protection": lambda d: d.update(protection="rot13"),
    "no payload": lambda d: d.pop("payload"),
    "no text": lambda d: d.update(payload=3),
    "padded": lambda d: d.update(payload=str(d["payload"]) + "="),
    "more": lambda d: d.update(more=1),
    "unknown kind": lambda d: d.update(kind="x"),
}


@pytest.mark.parametrize("fault", WEAKER)
def test_a_header_that_asks_for_something_else_is_refused_before_any_question(key: Path, fault: str) -> None:
    change(key, WEAKER[fault])
    with pytest.raises(DamagedKeyFileError, match="is damaged"):
        read_private(key, "identity", no_question)


def first_changed(text: str) -> str:
    return ("A" if text[0] != "A" else "B") + text[1:]


BOUND: dict[str, Callable[[dict[str, object]], object]] = {
    "kind": lambda d: d.update(kind="secret"),
    "salt": lambda d: d.update(salt=encoding.b64(bytes(16))),
    "nonce": lambda d: d.update(nonce=encoding.b64(bytes(12))),
    "payload": lambda d: d.update(payload=first_changed(str(d["payload"]))),
}


@pytest.mark.parametrize("fault", BOUND)
def test_what_a_passphrase_protects_is_bound_to_its_header(key: Path, fault: str) -> None:
    change(key, BOUND[fault])
    with pytest.raises(PassphraseError, match="altered"):
        read_private(key, "secret" if fault == "kind" else "identity", ask)


def test_an_error_while_writing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        write_private(tmp_path / "a.key", "secret", PAYLOAD, PHRASE)
    assert list(tmp_path.iterdir()) == []


def test_destroying_overwrites_and_removes(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []
    plain = atomic.remove

    def spy(path: Path) -> None:
        seen.append(path.read_bytes())
        plain(path)

    before = bare.read_bytes()
    left = bare.with_name(f".{bare.name}.{1:024x}.part")
    left.write_bytes(before)
    monkeypatch.setattr(files, "remove", spy)
    destroy(bare)
    assert [len(data) for data in seen] == [len(before)] * 2
    assert not any(encoding.b64(PAYLOAD).encode() in data for data in seen)
    assert list(bare.parent.iterdir()) == []


@posix
def test_destroying_reaches_other_names_of_the_same_file(bare: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.key"
    os.link(bare, other)
    destroy(bare)
    assert encoding.b64(PAYLOAD).encode() not in other.read_bytes()


@posix
def test_destroying_does_not_stop_at_a_link(bare: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.key"
    link.symlink_to(bare)
    with pytest.raises(KeyFileError, match="is a link; nothing was destroyed"):
        destroy(link)
    assert read_private(bare, "identity", None) == PAYLOAD


def test_destroying_takes_key_files_and_nothing_else(tmp_path: Path) -> None:
    large = tmp_path / "register.csv"
    large.write_bytes(bytes(100_000))
    with pytest.raises(KeyFileError, match="is no key file"):
        destroy(large)
    assert large.stat().st_size == 100_000
    with pytest.raises(KeyFileError):
        destroy(tmp_path)


def test_what_cannot_be_destroyed_is_said(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str, *_: int) -> int:
        raise PermissionError(errno.EACCES, "not allowed", path)

    monkeypatch.setattr(os, "open", refuse)  # for root, too, no file is closed
    with pytest.raises(KeyFileError, match="cannot be destroyed: not allowed"):
        destroy(bare)
    with pytest.raises(KeyFileError, match="cannot be read: not allowed"):
        read_private(bare, "identity", None)
    assert bare.exists()


def test_a_secret_from_making_to_its_receipt(tmp_path: Path) -> None:
    malmo = Identity.generate("malmo")
    path = tmp_path / "secret.key"
    secret = Secret.create("malmo-sok", malmo.public.fingerprint)
    write_private(path, "secret", secret.to_bytes(), PHRASE)
    held = Secret.from_bytes(read_private(path, "secret", ask))
    assert not settle(held, secret)
    other = Secret.create("malmo-sok", malmo.public.fingerprint)
    with pytest.raises(DifferentSecretError):
        settle(held, other)
    with pytest.raises(KeyExistsError):  # and whoever forgets to settle still replaces nothing
        write_private(path, "secret", other.to_bytes(), PHRASE)
    destroy(path)
    made = receipt(malmo, secret_destroyed(held, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)))
    assert verify_receipt(made, malmo.public)["destroyed"] == "secret"
    with pytest.raises(MissingKeyError):
        read_private(path, "secret", ask)
