"""Signed statements of what their signer destroyed.

Format: docs/keys.md, "Receipts". Apart from the hand-over, so that who never has the secret loads none of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keys import encoding, primitives
from keys.errors import KeysError
from keys.identity import Identity
from keys.public import RECEIPT, PublicIdentity, SignatureError

if TYPE_CHECKING:
    from keys.secret import Secret

FAMILY_KEY = "family-key"
"""What `destroyed` says of a family's key."""


class ReceiptError(KeysError):
    """A receipt that is none, or was altered."""

    hint = "ask for the receipt again; do not edit it"


@dataclass(frozen=True)
class Receipt:
    """What a receipt says. signer: fingerprint; name: the signer's own; facts: see docs/keys.md."""

    name: str
    signer: str
    facts: Mapping[str, object]

    def members(self) -> dict[str, object]:
        """What is signed, and stands in the file above the signature."""
        return {"format": RECEIPT, "name": self.name, "signer": self.signer, "facts": dict(self.facts)}


def receipt(identity: Identity, facts: Mapping[str, object]) -> bytes:
    """A signed statement, a JSON text file. facts: strings, whole numbers, booleans, lists and objects.

    It attests to what the signer did; it cannot prove it.
    """
    stated = Receipt(identity.name, identity.public.fingerprint, facts).members()
    return _receipt_text(stated, identity.sign(RECEIPT, encoding.canonical(stated)))


def secret_destroyed(secret: Secret, at: dt.datetime) -> dict[str, object]:
    """The facts of a receipt for a destroyed secret. at: when, with a time zone."""
    return {
        "destroyed": "secret",
        "family": secret.family,
        "maker": secret.maker,
        "at": _utc(at),
    }


def family_key_destroyed(family: str, check: str, at: dt.datetime) -> dict[str, object]:
    """The facts of a receipt for a family's destroyed key. check: its check value; at: with a time zone."""
    return {"destroyed": FAMILY_KEY, "family": family, "check": check, "at": _utc(at)}


def _utc(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_receipt(data: bytes) -> Receipt:
    """What a receipt says; its signature is not verified. Raises UnknownVersionError, ReceiptError."""
    return _parse_receipt(data)[0]


def verify_receipt(data: bytes, identity: PublicIdentity) -> Mapping[str, object]:
    """The facts of a receipt that this identity signed. Raises as read_receipt, and SignatureError."""
    found, signature = _parse_receipt(data)
    if found.signer != identity.fingerprint:
        raise SignatureError("the receipt is signed by another identity than {name}", name=identity.name)
    identity.verify(RECEIPT, encoding.canonical(found.members()), signature)
    return found.facts


def _parse_receipt(data: bytes) -> tuple[Receipt, bytes]:
    try:
        document = encoding.load(data)
    except ValueError:
        raise ReceiptError("this is no receipt") from None
    encoding.known_format(document, RECEIPT)
    try:
        encoding.members(document, {"format", "name", "signer", "facts", "signature"})
        found = Receipt(
            encoding.string(document, "name"),
            encoding.string(document, "signer"),
            encoding.mapping(document, "facts"),
        )
        signature = encoding.unb64(encoding.string(document, "signature"), primitives.SIGNATURE)
        encoding.require(_receipt_text(found.members(), signature) == data)
    except ValueError:
        raise ReceiptError("the receipt is altered") from None
    return found, signature


def _receipt_text(stated: Mapping[str, object], signature: bytes) -> bytes:
    return encoding.pretty({**stated, "signature": encoding.b64(signature)}).encode()
