"""What others may know of a key holder: public identities, public round keys, their fingerprints and files.

Formats: docs/keys.md. A fingerprint covers keys and not names: a name in a .pub file is a label, and what
binds it is the agreement, which lists the fingerprint under the name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from keys import encoding, primitives
from keys.errors import KeysError
from keys.names import check_name

IDENTITY_FORMAT = "linkage-identity/1"

# the purposes of signatures: one each, so that a signature for one can never be shown for another
ROUND_KEY = "linkage-round-key/1"
SECRET = "linkage-secret/1"  # noqa: S105 - the name of a format
PACKAGE = "linkage-package/1"
RELEASE = "linkage-release/1"
RECEIPT = "linkage-receipt/1"
PURPOSES = frozenset({ROUND_KEY, SECRET, PACKAGE, RELEASE, RECEIPT})

_PREFIX = "SHA256:"
_IDENTITY_MEMBERS = {"format", "name", "fingerprint", "ed25519", "mlkem768", "x25519"}
_ROUND_MEMBERS = {
    "format",
    "name",
    "agreement",
    "round",
    "fingerprint",
    "mlkem768",
    "x25519",
    "signer",
    "signature",
}


class SignatureError(KeysError):
    """What was signed was altered, or somebody else signed it, or for another purpose."""

    hint = "ask the signer for the file again; do not edit it"


class PublicKeyError(KeysError):
    """A public key file that is not as docs/keys.md says."""

    hint = "ask its owner for the .pub file again; do not edit it"


def fingerprint(label: str, *keys: bytes) -> str:
    """ "SHA256:" and base64url of SHA-256(label, newline, keys end to end)."""
    return _PREFIX + encoding.b64(hashlib.sha256(f"{label}\n".encode() + b"".join(keys)).digest())


def fingerprint_bytes(text: str) -> bytes:
    """The 32 bytes that a fingerprint stands for. Raises ValueError where it is none."""
    if not text.startswith(_PREFIX):
        raise ValueError("a fingerprint starts with SHA256:")
    return encoding.unb64(text.removeprefix(_PREFIX), 32)


def safety_number(text: str) -> str:
    """A fingerprint as eight groups of five digits, to be read aloud; 132 of its 256 bits."""
    number = int.from_bytes(hashlib.sha256(b"linkage-safety/1\n" + fingerprint_bytes(text)).digest())
    digits = f"{number % 10**40:040}"
    return " ".join(digits[at : at + 5] for at in range(0, 40, 5))


def signed_message(purpose: str, data: bytes) -> bytes:
    """What Ed25519 signs: the purpose, a newline, SHA-512 of the exact bytes."""
    if purpose not in PURPOSES:
        raise ValueError("a signature has one of the known purposes")
    return f"{purpose}\n".encode() + hashlib.sha512(data).digest()


@dataclass(frozen=True, repr=False)
class PublicIdentity:
    """A key holder's public keys: Ed25519 (32 bytes), ML-KEM-768 (1184) and X25519 (32).

    What exists can be used: a key that is none is refused here (PublicKeyError).
    """

    name: str
    ed25519: bytes
    mlkem: bytes
    x25519: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        try:
            primitives.ed25519_check(self.ed25519)
        except primitives.Refused:
            raise PublicKeyError("the signing key of {name} is no key", name=self.name) from None
        _ = self._sealing

    def __repr__(self) -> str:
        return f"<PublicIdentity {self.name} {self.fingerprint}>"

    @cached_property
    def fingerprint(self) -> str:
        """ "SHA256:…" over the three keys."""
        return fingerprint(IDENTITY_FORMAT, self.ed25519, self.mlkem, self.x25519)

    @cached_property
    def _sealing(self) -> primitives.XWingPublic:
        return _sealing_key(self.name, self.mlkem, self.x25519)

    def verify(self, purpose: str, data: bytes, signature: bytes) -> None:
        """Raises SignatureError unless this identity signed exactly these bytes for this purpose."""
        try:
            primitives.ed25519_verify(self.ed25519, signed_message(purpose, data), signature)
        except primitives.Refused:
            raise SignatureError(
                "the signature is not by {name}, or what was signed was altered", name=self.name
            ) from None

    def seal(self, plaintext: bytes, info: bytes) -> bytes:
        """HPKE to this identity: only its holder can open it, and only with the same info."""
        return primitives.hpke_seal(self._sealing, plaintext, info)

    def to_text(self) -> str:
        """The text of NAME.pub."""
        return encoding.pretty(
            {
                "format": IDENTITY_FORMAT,
                "name": self.name,
                "fingerprint": self.fingerprint,
                "ed25519": encoding.b64(self.ed25519),
                "mlkem768": encoding.b64(self.mlkem),
                "x25519": encoding.b64(self.x25519),
            }
        )


@dataclass(frozen=True, repr=False)
class PublicRoundKey:
    """The public half of a matcher's key for one round, signed by the matcher's identity.

    name: the matcher's; agreement, round: what it is good for; signer: the matcher's fingerprint. A value of
    this type is well formed and not yet trusted: see verify().
    """

    name: str
    agreement: str
    round: int
    mlkem: bytes
    x25519: bytes
    signer: str
    signature: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        check_name(self.agreement)
        if not 1 <= self.round < 2**53:
            raise PublicKeyError("the round of the round key of {name} is no number from 1", name=self.name)
        _ = self._sealing

    def __repr__(self) -> str:
        return f"<PublicRoundKey {self.name} {self.agreement}-{self.round} {self.fingerprint}>"

    @cached_property
    def fingerprint(self) -> str:
        """ "SHA256:…" over the two keys."""
        return fingerprint(ROUND_KEY, self.mlkem, self.x25519)

    @cached_property
    def _sealing(self) -> primitives.XWingPublic:
        return _sealing_key(self.name, self.mlkem, self.x25519)

    def seal(self, plaintext: bytes, info: bytes) -> bytes:
        """HPKE to the round key."""
        return primitives.hpke_seal(self._sealing, plaintext, info)

    def signed_bytes(self) -> bytes:
        """What the matcher signs: canonical JSON of all members of the file but the signature."""
        return encoding.canonical(self._members())

    def verify(self, matcher: PublicIdentity) -> None:
        """Raises SignatureError unless this matcher signed it, for the agreement and round that it names.

        The caller still compares `agreement`, `round` and `fingerprint` with those of its own agreement.
        """
        if self.signer != matcher.fingerprint:
            raise SignatureError(
                "the round key of {name} is signed by another identity than {matcher}",
                name=self.name,
                matcher=matcher.name,
                hint="ask the matcher for its round key, and compare fingerprints with it",
            )
        matcher.verify(ROUND_KEY, self.signed_bytes(), self.signature)

    def to_text(self) -> str:
        """The text of NAME-round.pub."""
        return encoding.pretty({**self._members(), "signature": encoding.b64(self.signature)})

    def _members(self) -> dict[str, object]:
        return {
            "format": ROUND_KEY,
            "name": self.name,
            "agreement": self.agreement,
            "round": self.round,
            "fingerprint": self.fingerprint,
            "mlkem768": encoding.b64(self.mlkem),
            "x25519": encoding.b64(self.x25519),
            "signer": self.signer,
        }


def parse_public(text: str) -> PublicIdentity | PublicRoundKey:
    """The public identity or round key of a .pub file's text.

    Raises UnknownVersionError, BadNameError, PublicKeyError. A round key's signature is not checked here:
    that takes the matcher's identity.
    """
    try:
        document = encoding.load(text.removeprefix("\ufeff"))
    except ValueError:
        raise PublicKeyError("this is no public key file") from None
    kind = encoding.known_format(document, IDENTITY_FORMAT, ROUND_KEY)
    try:
        key = _identity_of(document) if kind == IDENTITY_FORMAT else _round_key_of(document)
    except ValueError:
        raise PublicKeyError("the public key file is damaged") from None
    if key.fingerprint != document["fingerprint"]:
        raise PublicKeyError(
            "the keys of {name} do not have the fingerprint that stands beside them", name=key.name
        )
    return key


def _identity_of(document: Mapping[str, object]) -> PublicIdentity:
    encoding.members(document, _IDENTITY_MEMBERS)
    return PublicIdentity(
        encoding.string(document, "name"),
        encoding.unb64(encoding.string(document, "ed25519"), primitives.ED25519_PUBLIC),
        *_halves(document),
    )


def _round_key_of(document: Mapping[str, object]) -> PublicRoundKey:
    encoding.members(document, _ROUND_MEMBERS)
    signer = encoding.string(document, "signer")
    fingerprint_bytes(signer)
    return PublicRoundKey(
        encoding.string(document, "name"),
        encoding.string(document, "agreement"),
        encoding.integer(document, "round"),
        *_halves(document),
        signer,
        encoding.unb64(encoding.string(document, "signature"), primitives.SIGNATURE),
    )


def _halves(document: Mapping[str, object]) -> tuple[bytes, bytes]:
    return (
        encoding.unb64(encoding.string(document, "mlkem768"), primitives.MLKEM_PUBLIC),
        encoding.unb64(encoding.string(document, "x25519"), primitives.X25519_PUBLIC),
    )


def _sealing_key(name: str, mlkem: bytes, x25519: bytes) -> primitives.XWingPublic:
    try:
        return primitives.xwing_public(mlkem, x25519)
    except primitives.Refused:
        raise PublicKeyError("the sealing key of {name} is no key", name=name) from None
