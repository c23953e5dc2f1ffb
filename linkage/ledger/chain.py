"""Releases follow one another: each carries a hash over itself and all before it."""

from __future__ import annotations

import hashlib

_LABEL = b"linkage-ledger/1\n"
START = bytes(32)


def link(before: bytes, number: int, release: bytes, signature: bytes) -> bytes:
    """SHA-256(label || hash before || u64be number || SHA-512(release) || SHA-512(signature)), 32 bytes.

    before: the hash of release number - 1, START for the first.
    """
    return hashlib.sha256(
        _LABEL
        + before
        + number.to_bytes(8, "big")
        + hashlib.sha512(release).digest()
        + hashlib.sha512(signature).digest()
    ).digest()
