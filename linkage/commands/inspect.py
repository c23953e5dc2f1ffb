"""What a file says of itself, without a key: package, hand-over, public key, key file, receipt, release.

Nothing is opened, and no signature is verified: `linkage receive` and `linkage verify` do that, for `cli`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from keys import exchange, files, receipts
from keys.identity import PublicRoundKey, parse_public
from linkage.errors import FileError
from linkage.package.describe import describe

LARGEST_TEXT = 64 * 1024 * 1024  # bytes; a release of the largest agreement stays far below


class UnknownFileError(FileError):
    """A file that none of the commands here made."""

    hint = "inspect reads packages (.link), keys (.key, .pub), receipts and releases (.json)"


def inspect(path: Path) -> Mapping[str, Any]:
    """Name → fact, for people and for --json, "format" first. Raises the error of the format."""
    try:
        with path.open("rb") as stream:
            head = stream.read(64)
            if head.startswith(b"linkage-package/"):
                stream.seek(0)
                return describe(stream)
            size = path.stat().st_size
            data = head + stream.read(LARGEST_TEXT)
    except FileNotFoundError:
        raise FileError("no such file: {path}", path=path, hint="check the path") from None
    except OSError as error:
        raise FileError(
            "cannot read {path}: {reason}", path=path, reason=error.strerror, hint="check the path"
        ) from None
    if head.startswith(b"linkage-secret/"):
        return _handover(data)
    reader = READERS.get(_format(data).partition("/")[0]) if size <= LARGEST_TEXT else None
    if reader is None and b"linkage-agreement/" in head + data[:4096]:
        raise UnknownFileError(
            "{path} is an agreement", path=path, hint="read it with: linkage agreement show {path}"
        )
    if reader is None:
        raise UnknownFileError("not a file of this program: {path}", path=path)
    return reader(data, path)


def _format(data: bytes) -> str:
    try:
        document = json.loads(data.decode("utf-8-sig"))  # bytes alone would be read in UTF-16 too
    except (ValueError, RecursionError):
        return ""
    found = document.get("format") if isinstance(document, dict) else None
    return found if isinstance(found, str) else ""


def _handover(data: bytes) -> dict[str, Any]:
    found = exchange.read_handover(data)
    return {
        "format": "linkage-secret/1",
        "family": found.family,
        "maker": found.maker,
        "receiver": found.receiver,
    }


def _public(data: bytes, path: Path) -> dict[str, Any]:
    del path
    key = parse_public(data.decode("utf-8-sig"))
    facts: dict[str, Any] = {"format": _format(data), "name": key.name, "fingerprint": key.fingerprint}
    if isinstance(key, PublicRoundKey):
        facts |= {"agreement": key.agreement, "round": key.round, "signer": key.signer}
    return facts


def _private(data: bytes, path: Path) -> dict[str, Any]:
    found = files.describe(data, str(path))
    return {"format": files.FORMAT, "kind": found.kind, "passphrase": found.protected}


def _receipt(data: bytes, path: Path) -> dict[str, Any]:
    del path
    found = receipts.read_receipt(data)
    # its facts apart: none of them may pass for the signer's name or fingerprint
    return {
        "format": "linkage-receipt/1",
        "name": found.name,
        "signer": found.signer,
        "facts": dict(found.facts),
    }


def _release(data: bytes, path: Path) -> dict[str, Any]:
    del path
    from linkage.release import parse

    release = parse(data)
    return {
        "format": "linkage-release/1",
        "agreement": release.agreement.name,
        "round": release.agreement.round,
        "digest": release.agreement.digest,
        "title": release.agreement.title,
        "method": release.method["name"],
        "made": f"{release.made:%Y-%m-%dT%H:%M:%SZ}",
        "matcher": release.matcher.identity,
        "packages": {p.party: {"id": p.id, "counted_percent": p.counted_percent} for p in release.packages},
        "tables": len(release.tables),
    }


READERS: Mapping[str, Callable[[bytes, Path], dict[str, Any]]] = {
    "linkage-identity": _public,
    "linkage-round-key": _public,
    "linkage-key": _private,
    "linkage-receipt": _receipt,
    "linkage-release": _release,
}
