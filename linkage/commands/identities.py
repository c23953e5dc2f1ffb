"""Identities and public keys: make, show, read. Called by `cli`, and by what needs a key but the secret."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from keys import files
from keys.atomic import whole_file
from keys.errors import KeysError
from keys.identity import Identity, PublicIdentity, PublicRoundKey, parse_public, safety_number
from linkage.commands.agreement_keys import NamesakeError
from linkage.errors import FileError

Ask = Callable[[], str]
"""Asks for the passphrase of a key file; called only where one is needed."""


MAX_PUBLIC_BYTES = 64 * 1024


class PublicFileError(KeysError):
    """A file is no public key file."""

    hint = "name the NAME.pub files that linkage keys init and linkage keys round wrote"


class PrivateKeyError(PublicFileError):
    """A private key was named, where its public half is wanted."""

    hint = "name the NAME.pub that was made with it; a private key is never shown or sent"


class OtherIdentityError(KeysError):
    """The identity in the folder is somebody else's."""

    hint = "make each identity in a folder of its own"


@dataclass(frozen=True)
class MadeIdentity:
    """An identity: where it lies, its fingerprint. already: the key was there, and NAME.pub was missing."""

    name: str
    fingerprint: str
    key: Path
    public: Path
    already: bool

    @property
    def safety_number(self) -> str:
        """The fingerprint in digits, to be read aloud."""
        return safety_number(self.fingerprint)


def init(name: str, folder: Path, passphrase: str | None) -> MadeIdentity:
    """Make an identity in `folder`: identity.key for its holder alone, NAME.pub for everybody.

    Called again after it was stopped between the two, with the same passphrase, it writes the missing one.
    Raises KeysError where the identity is there already: it is never overwritten.
    """
    key, public = folder / "identity.key", folder / f"{name}.pub"
    if public.exists():
        raise KeysError(
            "there is a public key already: {path}",
            path=public,
            hint="an identity is made once; move the old files away only if nobody has its fingerprint",
        )
    already = key.exists()
    identity = _found(key, name, passphrase) if already else Identity.generate(name)
    if not already:
        files.write_private(key, "identity", identity.to_bytes(), passphrase)
    with whole_file(public) as stream:
        stream.write(identity.public.to_text().encode())
    return MadeIdentity(name, identity.public.fingerprint, key, public, already)


def _found(key: Path, name: str, passphrase: str | None) -> Identity:
    identity = read_identity(key, None if passphrase is None else lambda: passphrase)
    if identity.name != name:
        raise OtherIdentityError("{path} is the identity of {name}", path=key, name=identity.name)
    return identity


def read_public(path: Path) -> PublicIdentity | PublicRoundKey:
    """The public key in a file. Raises KeysError."""
    try:
        if path.stat().st_size > MAX_PUBLIC_BYTES:
            raise PublicFileError("not a public key file: {path}", path=path)
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise FileError("no such file: {path}", path=path, hint="check the path") from None
    except (OSError, UnicodeDecodeError):
        raise PublicFileError("not a public key file: {path}", path=path) from None
    if _is_private(text):
        raise PrivateKeyError("{path} is a private key", path=path)
    try:
        return parse_public(text)
    except KeysError as error:
        raise PublicFileError("{path}: {what}", path=path, what=error.message) from None


def _is_private(text: str) -> bool:
    """Whether a file says of itself that it is a private key. It is opened no further."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and document.get("format") == files.FORMAT


def show(paths: Sequence[Path]) -> dict[str, dict[str, str]]:
    """name → {"fingerprint", "safety_number", "file"} of public keys; a round key's name ends in -round.

    Raises NamesakeError where two different keys go by one name: one of them would hide the other.
    """
    shown: dict[str, dict[str, str]] = {}
    for path in paths:
        key = read_public(path)
        name = f"{key.name}-round" if isinstance(key, PublicRoundKey) else key.name
        if name in shown and shown[name]["fingerprint"] != key.fingerprint:
            raise NamesakeError("two public keys are called {name}", name=name)
        shown[name] = {
            "fingerprint": key.fingerprint,
            "safety_number": safety_number(key.fingerprint),
            "file": str(path),
        }
    return shown


def read_identity(path: Path, ask: Ask | None) -> Identity:
    """The identity in a key file. Raises KeysError."""
    return Identity.from_bytes(files.read_private(path, "identity", ask))


def is_protected(path: Path) -> bool:
    """Whether a key file needs a passphrase; nothing is opened. Raises KeysError, OSError."""
    return files.describe(path.read_bytes(), str(path)).protected
