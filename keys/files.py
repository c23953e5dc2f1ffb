"""Private keys and the secret at rest: one small file each, for the user alone, under a passphrase if wanted.

Format and reasons: docs/keys.md, "Key files". The only module besides keys.atomic that opens files in keys.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from keys import encoding, primitives
from keys.atomic import leftovers, remove, whole_file
from keys.errors import KeysError, Text

FORMAT = "linkage-key/1"
KINDS: Final[Mapping[str, Text]] = {
    "identity": Text("identity key"),
    "round": Text("round key"),
    "secret": Text("secret"),
    "family": Text("family key"),
}
LARGEST = 65536  # bytes; a key file has about one thousand
SHORTEST_PASSPHRASE = 8  # characters

_ARGON2ID = {
    "iterations": primitives.ARGON2ID_PASSES,
    "lanes": primitives.ARGON2ID_LANES,
    "memory_kib": primitives.ARGON2ID_KIB,
}
_OPEN = {"format", "kind", "protection", "payload"}
_LOCKED = _OPEN | {"argon2id", "salt", "nonce"}
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyFileError(KeysError):
    """A key file cannot be read, written or understood."""


class MissingKeyError(KeyFileError):
    """No key file where one was looked for."""

    hint = "name the file, or run the command in the folder where it is"


class KeyExistsError(KeyFileError):
    """A key file that would have been overwritten."""

    hint = "a key is never overwritten: choose another folder, or move the old key away if nothing needs it"


class ExposedKeyError(KeyFileError):
    """Others than the user may read the key file, or the folder cannot keep them out."""


class DamagedKeyFileError(KeyFileError):
    """A file that is no key file, or was altered."""

    hint = "restore the file from a backup, or make new keys and a new agreement"


class PassphraseError(KeyFileError):
    """A passphrase is missing, too short or wrong."""

    hint = "give the passphrase with which the file was made; nobody can recover it"


@dataclass(frozen=True)
class KeyFacts:
    """What a key file says of itself without being opened. kind: one of KINDS."""

    kind: str
    protected: bool


def modes_protect() -> bool:
    """Whether the system keeps other users out by file modes. Windows does not; a passphrase must."""
    return os.name == "posix"


def write_private(
    path: Path, kind: str, payload: bytes, passphrase: str | None, replace: bool = False
) -> None:
    """Write a key file: mode 0600 from its first byte, there whole or not at all.

    kind: one of KINDS. passphrase: None leaves the payload readable to whoever can read the file, which
    Windows cannot prevent, so there it is refused. replace=False: an existing file stays, KeyExistsError.
    Raises also PassphraseError, ExposedKeyError (a file system without modes), KeyFileError.
    """
    if kind not in KINDS:
        raise ValueError("a key file is of a known kind")
    _check_passphrase(path, passphrase)
    text = _locked(kind, payload, passphrase) if passphrase is not None else _unlocked(kind, payload)
    try:
        with whole_file(path, private=True, replace=replace) as stream:
            _refuse_exposed(path, stream.fileno())  # while the file is still empty
            stream.write(text.encode())
    except FileExistsError:
        raise KeyExistsError("{file} is there already", file=path) from None
    except OSError as error:
        raise KeyFileError("{file} cannot be written: {reason}", file=path, reason=error.strerror) from None


def read_private(path: Path, kind: str, ask: Callable[[], str] | None) -> bytes:
    """The payload that write_private wrote. ask: called once if a passphrase is needed; None: nobody to ask.

    Raises MissingKeyError, ExposedKeyError (mode wider than 0600), DamagedKeyFileError, UnknownVersionError,
    PassphraseError, KeyFileError. What ask() raises passes through.
    """
    document = _parse(path, _read(path, kind))
    if document["kind"] != kind:
        raise KeyFileError(
            "{file} holds another kind of key: {found}, and {wanted} is wanted",
            file=path,
            found=KINDS[str(document["kind"])],
            wanted=KINDS[kind],
            hint="name the right file",
        )
    if document["protection"] == "none":
        if not modes_protect():
            raise PassphraseError(
                "{file} has no passphrase, and this system cannot keep others from reading it",
                file=path,
                hint="make new keys with a passphrase, or protect this file where it was made",
            )
        return _bytes(document, "payload")
    if ask is None:
        raise PassphraseError(
            "{file} needs its passphrase, and there is nobody to ask",
            file=path,
            hint="name a file that holds it with --passphrase-file, or run the command at a terminal",
        )
    payload = _unlock(document, ask())
    if payload is None:  # raised here, where no frame holds the passphrase
        raise PassphraseError("the passphrase does not open {file}, or the file was altered", file=path)
    return payload


def describe(data: bytes, name: str) -> KeyFacts:
    """What the bytes of a key file say of themselves, without any passphrase. name: for messages."""
    document = _parse(name, data)
    return KeyFacts(str(document["kind"]), document["protection"] != "none")


def destroy(path: Path) -> None:
    """Overwrite a key file with random bytes, remove it, and do the same to what lost writes left of it.

    Best effort, no proof: solid-state disks, journals, snapshots, backups and synchronised folders may hold
    copies that no program can reach. What a passphrase protects is safe there as long as that is strong.
    Other hard links to the file are overwritten with it. A symbolic link is refused: only the link would go.
    Raises MissingKeyError, KeyFileError.
    """
    try:
        if path.is_symlink():
            raise KeyFileError(
                "{file} is a link; nothing was destroyed", file=path, hint="name the file that it points to"
            )
        for file in [*leftovers(path), path]:
            _overwrite(file)
            remove(file)
    except FileNotFoundError:
        raise MissingKeyError("there is no key file at {file}", file=path) from None
    except OSError as error:
        raise KeyFileError("{file} cannot be destroyed: {reason}", file=path, reason=error.strerror) from None


def _check_passphrase(path: Path, passphrase: str | None) -> None:
    if passphrase is None:
        if not modes_protect():
            raise PassphraseError(
                "{file} needs a passphrase: this system cannot keep others from reading it",
                file=path,
                hint="leave out --no-passphrase",
            )
        return
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise PassphraseError(
            "the passphrase is too short: at least {shortest} characters",
            shortest=SHORTEST_PASSPHRASE,
            hint="five or six random words are strong and can be remembered",
        )
    if any("\ud800" <= character <= "\udfff" for character in passphrase):
        raise PassphraseError(
            "the passphrase holds bytes that are no text here", hint="set the terminal to UTF-8"
        )


def _overwrite(path: Path) -> None:
    flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with open(path, "r+b", opener=lambda name, own: os.open(name, own | flags)) as stream:
        size = _regular(path, stream.fileno()).st_size
        stream.write(primitives.random(size))
        stream.flush()
        os.fsync(stream.fileno())


def _read(path: Path, kind: str) -> bytes:
    try:
        # without O_NONBLOCK, opening a named pipe would wait for ever
        flags = getattr(os, "O_NONBLOCK", 0)
        with open(path, "rb", opener=lambda name, own: os.open(name, own | flags)) as stream:
            _regular(path, stream.fileno())
            _refuse_exposed(path, stream.fileno())
            return stream.read()
    except FileNotFoundError:
        raise MissingKeyError("there is no {kind} at {file}", kind=KINDS[kind], file=path) from None
    except OSError as error:
        raise KeyFileError("{file} cannot be read: {reason}", file=path, reason=error.strerror) from None


def _regular(path: Path, handle: int) -> os.stat_result:
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:
        raise DamagedKeyFileError("{file} is no key file", file=path, hint="name the right file")
    return found


def _refuse_exposed(path: Path, handle: int) -> None:
    """Look at the open file, not at its name, which could point elsewhere a moment later."""
    mode = stat.S_IMODE(os.fstat(handle).st_mode)
    if modes_protect() and mode & _OTHERS:
        raise ExposedKeyError(
            "{file} can be read by others than you: its mode is {mode}",
            file=path,
            mode=f"{mode:04o}",
            hint="chmod 600 {file}, on a disk that keeps modes; if others may have read it, make new keys",
        )


def _unlocked(kind: str, payload: bytes) -> str:
    return encoding.pretty(
        {"format": FORMAT, "kind": kind, "protection": "none", "payload": encoding.b64(payload)}
    )


def _locked(kind: str, payload: bytes, passphrase: str) -> str:
    salt, nonce = primitives.random(primitives.ARGON2ID_SALT), primitives.random(primitives.AEAD_NONCE)
    header: dict[str, object] = {
        "format": FORMAT,
        "kind": kind,
        "protection": "passphrase",
        "argon2id": _ARGON2ID,
        "salt": encoding.b64(salt),
        "nonce": encoding.b64(nonce),
    }
    key = primitives.argon2id(_typed(passphrase), salt)
    sealed = primitives.aead_seal(key, nonce, payload, encoding.canonical(header))
    return encoding.pretty({**header, "payload": encoding.b64(sealed)})


def _unlock(document: Mapping[str, object], passphrase: str) -> bytes | None:
    header = {name: value for name, value in document.items() if name != "payload"}
    key = primitives.argon2id(_typed(passphrase), _bytes(document, "salt"))
    try:
        return primitives.aead_open(
            key, _bytes(document, "nonce"), _bytes(document, "payload"), encoding.canonical(header)
        )
    except primitives.Refused:
        return None


def _typed(passphrase: str) -> bytes:
    """One form for what looks the same on every keyboard: å is one character or two, by system (NFC)."""
    return unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")


def _parse(name: Path | str, data: bytes) -> Mapping[str, object]:
    """The members of a key file, all of them as written here and nothing else."""
    try:
        document = encoding.load(data)
    except ValueError:
        raise DamagedKeyFileError("{file} is no key file", file=name, hint="name the right file") from None
    encoding.known_format(document, FORMAT)
    try:
        locked = {"none": False, "passphrase": True}[encoding.string(document, "protection")]
        encoding.members(document, _LOCKED if locked else _OPEN)
        _bytes(document, "payload")
        if locked:
            # version 1 has these parameters and no others: a file cannot ask for weaker or endless work
            encoding.require(document["argon2id"] == _ARGON2ID)
            _bytes(document, "salt", primitives.ARGON2ID_SALT)
            _bytes(document, "nonce", primitives.AEAD_NONCE)
        encoding.require(encoding.string(document, "kind") in KINDS)
    except (ValueError, KeyError):
        raise DamagedKeyFileError("{file} is damaged", file=name) from None
    return document


def _bytes(document: Mapping[str, object], name: str, size: int | None = None) -> bytes:
    return encoding.unb64(encoding.string(document, name), size)
