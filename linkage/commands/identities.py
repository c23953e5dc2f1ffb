"""Identities and public keys: make, show, read. Called by `cli`, and by what needs a key but the secret."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from keys import files
from keys.atomic import whole_file
from keys.errors import KeysError
from keys.identity import Identity, PublicIdentity, PublicRoundKey, parse_public
from linkage.errors import FileError

Ask = Callable[[], str]
"""Asks for the passphrase of a key file; called only where one is needed."""


MAX_PUBLIC_BYTES = 64 * 1024


class PublicFileError(KeysError):
    """A file is no public key file."""

    hint = "name the NAME.pub files that link keys init and link keys round wrote"


@dataclass(frozen=True)
class MadeIdentity:
    """A new identity: where it lies, and its fingerprint."""

    name: str
    fingerprint: str
    key: Path
    public: Path
    passphrase: bool


def init(name: str, folder: Path, passphrase: str | None) -> MadeIdentity:
    """Make an identity in `folder`: identity.key for its holder alone, NAME.pub for everybody.

    Raises KeysError where a file of that name is there already: an identity is never overwritten.
    """
    identity = Identity.generate(name)
    key, public = folder / "identity.key", folder / f"{name}.pub"
    if public.exists():
        raise KeysError(
            "there is a public key already: {path}",
            path=public,
            hint="an identity is made once; move the old files away only if nobody has its fingerprint",
        )
    files.write_private(key, "identity", identity.to_bytes(), passphrase)
    with whole_file(public) as stream:
        stream.write(identity.public.to_text().encode())
    return MadeIdentity(name, identity.public.fingerprint, key, public, passphrase is not None)


def read_public(path: Path) -> PublicIdentity | PublicRoundKey:
    """The public key in a file. Raises KeysError."""
    try:
        if path.stat().st_size > MAX_PUBLIC_BYTES:
            raise PublicFileError("not a public key file: {path}", path=path)
        return parse_public(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise FileError("no such file: {path}", path=path, hint="check the path") from None
    except (OSError, UnicodeDecodeError):
        raise PublicFileError("not a public key file: {path}", path=path) from None


def show(paths: Sequence[Path]) -> dict[str, dict[str, str]]:
    """name → {"fingerprint", "file"} of public key files; a round key's name ends in -round."""
    shown: dict[str, dict[str, str]] = {}
    for path in paths:
        key = read_public(path)
        name = f"{key.name}-round" if isinstance(key, PublicRoundKey) else key.name
        shown[name] = {"fingerprint": key.fingerprint, "file": str(path)}
    return shown


def read_identity(path: Path, ask: Ask | None) -> Identity:
    """The identity in a key file. Raises KeysError."""
    return Identity.from_bytes(files.read_private(path, "identity", ask))


def is_protected(path: Path) -> bool:
    """Whether a key file needs a passphrase; nothing is opened. Raises KeysError, OSError."""
    return files.describe(path.read_bytes(), str(path)).protected
