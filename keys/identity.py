"""A key holder's own keys: an identity that lasts, and a matcher's key for one round.

Both are made here and nowhere else. Their public halves are in keys.public, and named here too.
"""

from __future__ import annotations

from collections.abc import Mapping

from keys import encoding, primitives
from keys.errors import KeysError
from keys.hidden import Hidden
from keys.names import BadNameError, check_name
from keys.public import (
    IDENTITY_FORMAT,
    PACKAGE,
    PURPOSES,
    RECEIPT,
    RELEASE,
    ROUND_KEY,
    SECRET,
    PublicIdentity,
    PublicKeyError,
    PublicRoundKey,
    SignatureError,
    fingerprint,
    fingerprint_bytes,
    parse_public,
    safety_number,
    signed_message,
)

__all__ = [
    "IDENTITY_FORMAT",
    "PACKAGE",
    "PURPOSES",
    "RECEIPT",
    "RELEASE",
    "ROUND_KEY",
    "SECRET",
    "BadNameError",
    "DamagedKeyError",
    "Identity",
    "PublicIdentity",
    "PublicKeyError",
    "PublicRoundKey",
    "RoundKey",
    "SealError",
    "SignatureError",
    "fingerprint",
    "fingerprint_bytes",
    "parse_public",
    "safety_number",
]


class SealError(KeysError):
    """A sealed message that this key does not open: it was altered, or sealed to another key or purpose."""

    hint = "ask the sender whose public key it was sealed to, and for the file again"


class DamagedKeyError(KeysError):
    """The inside of a private key file is not as it was written."""

    hint = "restore the file from a backup, or make new keys and a new agreement"


class Identity(Hidden):
    """A key holder's private keys: signs, and opens what was sealed to it. Shows and pickles nothing."""

    __slots__ = ("_ed25519", "_opening", "_xwing", "public")

    def __init__(self, name: str, ed25519: bytes, xwing: bytes) -> None:
        """ed25519, xwing: seeds of 32 bytes each. Use generate() or from_bytes()."""
        self._ed25519 = ed25519
        self._xwing = xwing
        self._opening = primitives.xwing_private(xwing)
        self.public = PublicIdentity(
            name, primitives.ed25519_public(ed25519), *primitives.xwing_public_bytes(xwing)
        )

    def __repr__(self) -> str:
        return f"<Identity {self.name} {self.public.fingerprint}: hidden>"

    @classmethod
    def generate(cls, name: str) -> Identity:
        """A new identity from the system's generator. Raises BadNameError."""
        check_name(name)
        return cls(name, primitives.random(primitives.SEED), primitives.random(primitives.SEED))

    @property
    def name(self) -> str:
        """The holder's name, as in the agreement."""
        return self.public.name

    def sign(self, purpose: str, data: bytes) -> bytes:
        """64 bytes: Ed25519 over purpose, newline, SHA-512(data). Purposes: PURPOSES, else ValueError."""
        return primitives.ed25519_sign(self._ed25519, signed_message(purpose, data))

    def unseal(self, ciphertext: bytes, info: bytes) -> bytes:
        """What PublicIdentity.seal sealed with the same info. Raises SealError."""
        return _unseal(self._opening, ciphertext, info)

    def to_bytes(self) -> bytes:
        """The private keys, for keys.files."""
        return encoding.checked(
            {
                "format": IDENTITY_FORMAT,
                "name": self.name,
                "ed25519": encoding.b64(self._ed25519),
                "xwing": encoding.b64(self._xwing),
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Identity:
        """The identity that to_bytes() wrote. Raises UnknownVersionError, DamagedKeyError."""
        document = private_document(data, IDENTITY_FORMAT)
        try:
            encoding.members(document, {"format", "name", "ed25519", "xwing"})
            return cls(
                encoding.string(document, "name"), _seed(document, "ed25519"), _seed(document, "xwing")
            )
        except (ValueError, BadNameError):
            raise DamagedKeyError("the private key is damaged") from None


class RoundKey(Hidden):
    """A matcher's private key for one round: opens packages. Destroying it ends the round."""

    __slots__ = ("_opening", "_xwing", "public")

    def __init__(self, xwing: bytes, public: PublicRoundKey) -> None:
        """xwing: seed of 32 bytes; public: its public half, signed. Use generate() or from_bytes()."""
        self._xwing = xwing
        self._opening = primitives.xwing_private(xwing)
        self.public = public

    def __repr__(self) -> str:
        return f"<RoundKey {self.public.agreement}-{self.public.round} {self.public.fingerprint}: hidden>"

    @classmethod
    def generate(cls, name: str, agreement: str, round: int, signer: Identity) -> RoundKey:  # noqa: A002 - the agreement's own word
        """A new round key of the matcher `name`, signed by its identity. Raises BadNameError."""
        seed = primitives.random(primitives.SEED)
        halves = primitives.xwing_public_bytes(seed)
        return cls(seed, _signed(name, agreement, round, halves, signer))

    def unseal(self, ciphertext: bytes, info: bytes) -> bytes:
        """What PublicRoundKey.seal sealed with the same info. Raises SealError. Safe to call from threads."""
        return _unseal(self._opening, ciphertext, info)

    def to_bytes(self) -> bytes:
        """The private key and its public half, for keys.files."""
        return encoding.checked(
            {"format": ROUND_KEY, "xwing": encoding.b64(self._xwing), "public": self.public.to_text()}
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> RoundKey:
        """The round key that to_bytes() wrote. Raises UnknownVersionError, DamagedKeyError."""
        document = private_document(data, ROUND_KEY)
        try:
            encoding.members(document, {"format", "xwing", "public"})
            seed = _seed(document, "xwing")
            public = parse_public(encoding.string(document, "public"))
            encoding.require(isinstance(public, PublicRoundKey))
            # else packages that were sealed to the public half would be waited for, and none would open
            encoding.require((public.mlkem, public.x25519) == primitives.xwing_public_bytes(seed))
        except (ValueError, KeysError):
            raise DamagedKeyError("the private key is damaged") from None
        if not isinstance(public, PublicRoundKey):
            raise DamagedKeyError("the private key is damaged")
        return cls(seed, public)


def private_document(data: bytes, expected: str) -> Mapping[str, object]:
    """What a to_bytes() of this format wrote, whole. Raises UnknownVersionError, DamagedKeyError."""
    try:
        encoding.known_format(encoding.load(data, lines=True), expected)
        return encoding.load_checked(data)
    except ValueError:
        raise DamagedKeyError("the private key is damaged") from None


def _signed(
    name: str,
    agreement: str,
    round_number: int,
    halves: tuple[bytes, bytes],
    signer: Identity,
) -> PublicRoundKey:
    unsigned = PublicRoundKey(name, agreement, round_number, *halves, signer.public.fingerprint, b"")
    signature = signer.sign(ROUND_KEY, unsigned.signed_bytes())
    return PublicRoundKey(name, agreement, round_number, *halves, signer.public.fingerprint, signature)


def _unseal(key: primitives.XWingPrivate, ciphertext: bytes, info: bytes) -> bytes:
    try:
        return primitives.hpke_open(key, ciphertext, info)
    except primitives.Refused:
        raise SealError("this cannot be opened with this key") from None


def _seed(document: Mapping[str, object], name: str) -> bytes:
    return encoding.unb64(encoding.string(document, name), primitives.SEED)
