"""The text forms of keys, receipts and their headers: canonical JSON and base64url, read strictly.

Strictly: what can be written in two ways is accepted in one, so a signature covers what a reader sees.
All functions raise ValueError, whose message is for a developer; the caller says what file it was.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from typing import NoReturn

from keys.errors import KeysError

# control characters, what turns the direction of writing or is not seen at all, separators of lines
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp"})
_FORMAT = re.compile(r"[a-z][a-z0-9-]{0,39}/[0-9]{1,6}")


class UnknownVersionError(KeysError):
    """A file of a newer program, or of no version that this one knows."""

    hint = "it may be of a newer version of the program: update this one"


def canonical(document: Mapping[str, object], *, lines: bool = False) -> bytes:
    """JSON with keys sorted by code point, no white space, UTF-8: one form for one document.

    lines: strings may hold newlines, as a file within the document does.
    """
    _check(document, lines)
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def pretty(document: Mapping[str, object]) -> str:
    """JSON for a text file that people open: keys in the order given, one line each, a final newline."""
    _check(document, lines=False)
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def load(text: str | bytes, *, lines: bool = False) -> dict[str, object]:
    """One JSON object, as canonical() could have written it: no key twice, no float, no control character."""
    document = _decoded(text, lines)
    if not isinstance(document, dict):
        raise ValueError("not one JSON object, or a key twice, or a number that is not whole")  # noqa: TRY004 - one exception for whatever is not as written
    return document


def checked(document: Mapping[str, object]) -> bytes:
    """Canonical JSON with one member more, `sha256`: a damaged private file must not become another key."""
    inner = canonical(document, lines=True)
    return canonical({**document, "sha256": hashlib.sha256(inner).hexdigest()}, lines=True)


def load_checked(data: bytes) -> dict[str, object]:
    """The document that checked() wrote, `sha256` left out."""
    document = load(data, lines=True)
    found = document.pop("sha256", None)
    require(checked(document) == data and found is not None)
    return document


def known_format(document: Mapping[str, object], *formats: str) -> str:
    """The document's format where it is one of `formats`. Raises UnknownVersionError, which names it."""
    found = document.get("format")
    if isinstance(found, str) and found in formats:
        return found
    if isinstance(found, str) and _FORMAT.fullmatch(found):
        raise UnknownVersionError(
            "format {found} is not known here; known: {known}", found=found, known=", ".join(formats)
        )
    raise UnknownVersionError("no format is given; known: {known}", known=", ".join(formats))


def require(condition: bool) -> None:
    """Check what must hold of a document as it is written here."""
    if not condition:
        raise ValueError("not as it is written here")


def members(document: Mapping[str, object], names: set[str]) -> None:
    """Check that the document has exactly these members."""
    require(set(document) == names)


def string(document: Mapping[str, object], name: str) -> str:
    """A member that is a string."""
    value = document[name]
    if not isinstance(value, str):
        raise ValueError(f"{name} is no string")  # noqa: TRY004 - one exception for whatever is not as written
    return value


def mapping(document: Mapping[str, object], name: str) -> Mapping[str, object]:
    """A member that is an object."""
    value = document[name]
    if not isinstance(value, dict):
        raise ValueError(f"{name} is no object")  # noqa: TRY004 - as above
    return value


def integer(document: Mapping[str, object], name: str) -> int:
    """A member that is a whole number."""
    value = document[name]
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{name} is no whole number")  # noqa: TRY004 - as above
    return value


def b64(data: bytes) -> str:
    """base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64(text: str, size: int | None = None) -> bytes:
    """The bytes of b64(); `size`: how many they must be."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise ValueError("not base64url") from None
    # the decoder skips foreign characters and unused bits; writing it again shows them
    if b64(data) != text or size not in {None, len(data)}:
        raise ValueError("not base64url in its one form, or of another length")
    return data


def _decoded(text: str | bytes, lines: bool) -> object:
    """None where it is not as it should be: the decoders' own errors hold the text, which may be a key."""
    try:
        if isinstance(text, bytes):
            text = text.decode()
        document: object = json.loads(
            text, object_pairs_hook=_unique, parse_float=_refuse, parse_constant=_refuse
        )
        _check(document, lines)
    except (ValueError, RecursionError):
        return None
    return document


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a key twice")
    return document


def _refuse(_: str) -> NoReturn:
    raise ValueError("a number that is not whole")


def _check(value: object, lines: bool) -> None:
    match value:
        case str():
            _check_text(value, lines)
        case bool() | int() | None:
            pass
        case list() | tuple():
            for item in value:
                _check(item, lines)
        case Mapping():
            for name, item in value.items():
                if not isinstance(name, str):
                    raise ValueError("a key that is no string")  # noqa: TRY004 - as above
                _check_text(name, lines)
                _check(item, lines)
        case _:
            raise ValueError("neither string, whole number, boolean, null, list nor object")


def _check_text(text: str, lines: bool) -> None:
    """Refuse what would make a terminal show another text than the one that was signed."""
    text.encode()  # a lone surrogate has no UTF-8
    for sign in text:
        if unicodedata.category(sign) in _UNSEEN and not (lines and sign == "\n"):
            raise ValueError("a control character")
