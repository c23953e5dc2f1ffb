"""What is done with an agreement's files: read, write, compare. Called by `cli` and by every other command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keys.errors import KeysError
from keys.identity import PublicIdentity, PublicRoundKey, parse_public
from linkage import agreement as agreements
from linkage.agreement.model import Agreement
from linkage.errors import AgreementError, FileError

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 4 * 1024 * 1024
MAX_KEY_BYTES = 64 * 1024


class NoFileError(FileError):
    """There is no agreement at this path."""

    hint = "name the file with --agreement, or go to its folder"


class NotTextError(AgreementError):
    """The file is no text, or text in another encoding."""

    hint = "save it as UTF-8 in a text editor"


class DraftError(AgreementError):
    """Fingerprints are missing, so there is no digest yet and nothing can be done under the agreement."""

    hint = "put everybody's NAME.pub beside it, then: linkage agreement fill"


class StrangeKeyError(KeysError):
    """A .pub file beside the agreement is no public key of ours."""

    hint = "ask its owner for it again; only the .pub files of the agreement belong beside it"


def read(path: Path) -> str:
    """The text of a file, a BOM left out. Raises FileError, NotTextError."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise NotTextError(
                "larger than {limit} bytes, that is no agreement: {path}", limit=MAX_BYTES, path=path
            )
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise NoFileError("no such file: {path}", path=path) from None
    except UnicodeDecodeError:
        raise NotTextError("not a text file in UTF-8: {path}", path=path) from None
    except OSError as error:
        raise FileError("cannot be read ({reason}): {path}", reason=error.strerror, path=path) from None


def load(path: Path) -> Agreement:
    """The agreement in a file; perhaps a draft. Raises FileError, AgreementError with all problems."""
    return agreements.parse(read(path), str(path))


def load_ready(path: Path) -> Agreement:
    """The agreement in a file, with its digest. Raises DraftError where fingerprints are missing."""
    agreement = load(path)
    if agreement.digest is None:
        raise DraftError(
            "the agreement is a draft, missing are {missing}: {path}",
            missing=", ".join(agreement.missing),
            path=path,
        )
    return agreement


def public_keys(folder: Path) -> dict[str, PublicIdentity | PublicRoundKey]:
    """fingerprint → key of every *.pub file in the folder. Raises KeysError, which names the file."""
    found: dict[str, PublicIdentity | PublicRoundKey] = {}
    for path in sorted(folder.glob("*.pub")):
        try:
            if path.stat().st_size > MAX_KEY_BYTES:
                raise StrangeKeyError("not a public key file: {path}", path=path)
            key = parse_public(path.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError):
            raise StrangeKeyError("not a public key file: {path}", path=path) from None
        except StrangeKeyError:
            raise
        except KeysError as error:
            raise StrangeKeyError("{what}: {path}", what=error.message, path=path) from None
        found[key.fingerprint] = key
    return found
