"""How parties give each other the secret: sealed to the one who gets it, signed by the one who made it.

Format: docs/keys.md, "The secret, and its hand-over".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from keys import encoding, primitives
from keys.errors import KeysError
from keys.identity import Identity
from keys.names import BadNameError, check_name
from keys.public import (
    SECRET,
    PublicIdentity,
    PublicRoundKey,
    fingerprint_bytes,
)
from keys.secret import SIZE, Secret

_MAGIC = f"{SECRET}\n".encode()
_LONGEST_HEADER = 1024
_SEALED = SIZE + primitives.HPKE_OVERHEAD


class HandoverError(KeysError):
    """A hand-over of the secret that is refused."""

    hint = "ask the party that made the secret for the file again; do not edit it"


class HandoverFormatError(HandoverError):
    """The file is no hand-over, or was cut or altered."""


class FamilyError(HandoverError):
    """The secret of another family of agreements."""

    hint = "ask for the secret of this agreement, or name the agreement that the secret is for"


class ReceiverError(HandoverError):
    """A hand-over that is sealed to somebody else."""

    hint = "each party has a file of its own: take the one that bears your name"


class MakerError(HandoverError):
    """The secret does not come from the party that is to make it."""

    hint = "the first party of the agreement makes the secret and hands it to each other party"


@dataclass(frozen=True)
class Handover:
    """What a hand-over says of itself, in the open. maker, receiver: fingerprints."""

    family: str
    maker: str
    receiver: str

    def header(self) -> bytes:
        """Its canonical JSON."""
        return encoding.canonical({"family": self.family, "maker": self.maker, "receiver": self.receiver})

    def info(self) -> bytes:
        """What HPKE binds the secret to: family, maker and receiver."""
        return b"".join(
            (
                _MAGIC,
                self.family.encode(),
                b"\x00",
                fingerprint_bytes(self.maker),
                fingerprint_bytes(self.receiver),
            )
        )


def hand_over(secret: Secret, maker: Identity, receiver: PublicIdentity) -> bytes:
    """The secret for one other party: only `receiver` can open it, and it shows who made it.

    The matcher must never be the receiver; whoever calls this takes receivers from the parties alone.
    Raises MakerError where `maker` did not make the secret.
    """
    if secret.maker != maker.public.fingerprint:
        raise MakerError("{name} did not make this secret and cannot hand it over", name=maker.name)
    handover = Handover(secret.family, secret.maker, receiver.fingerprint)
    sealed = receiver.seal(secret.value(), handover.info())
    signed = _MAGIC + _counted(handover.header()) + _counted(sealed)
    return signed + maker.sign(SECRET, signed)


def read_handover(data: bytes) -> Handover:
    """What the hand-over says of itself; nothing is opened or verified. Raises HandoverFormatError."""
    return _parse(data)[0]


def accept(
    data: bytes,
    receiver: Identity,
    known: Mapping[str, PublicIdentity | PublicRoundKey],
    family: str,
) -> Secret:
    """The secret that was handed to `receiver` for this family.

    known: by fingerprint, those who may have made it; give the agreement's first party and nobody else.
    Checks in order: format (UnknownVersionError, HandoverFormatError), family (FamilyError), receiver
    (ReceiverError), maker (MakerError), signature (SignatureError), and that it opens (SealError). Whether
    it may take the place of a secret that is here already: keys.secret.settle.
    """
    handover, signed, sealed, signature = _parse(data)
    if handover.family != family:
        raise FamilyError(
            "the secret is for {found}, and not for {wanted}", found=handover.family, wanted=family
        )
    if handover.receiver != receiver.public.fingerprint:
        raise ReceiverError("the secret is sealed to another key than that of {name}", name=receiver.name)
    maker = known.get(handover.maker)
    if not isinstance(maker, PublicIdentity) or maker.fingerprint != handover.maker:
        raise MakerError("the secret comes from an identity that is not known here")
    maker.verify(SECRET, signed, signature)
    value = receiver.unseal(sealed, handover.info())
    return Secret(value, handover.family, handover.maker)


def _counted(data: bytes) -> bytes:
    return len(data).to_bytes(4) + data


def _parse(data: bytes) -> tuple[Handover, bytes, bytes, bytes]:
    """The hand-over, the signed bytes, the sealed secret, the signature; every byte has one place."""
    _check_magic(data)
    at = len(_MAGIC) + 4
    end = at + int.from_bytes(data[len(_MAGIC) : at])
    if end - at > _LONGEST_HEADER or len(data) != end + 4 + _SEALED + primitives.SIGNATURE:
        raise HandoverFormatError("the hand-over of the secret is cut or altered")
    if data[end : end + 4] != _SEALED.to_bytes(4):
        raise HandoverFormatError("the hand-over of the secret is cut or altered")
    signed, signature = data[: -primitives.SIGNATURE], data[-primitives.SIGNATURE :]
    try:
        document = encoding.load(data[at:end])
        encoding.members(document, {"family", "maker", "receiver"})
        handover = Handover(*(encoding.string(document, name) for name in ("family", "maker", "receiver")))
        check_name(handover.family)
        handover.info()
        encoding.require(handover.header() == data[at:end])
    except (ValueError, BadNameError):
        raise HandoverFormatError("the hand-over of the secret is cut or altered") from None
    return handover, signed, signed[end + 4 :], signature


def _check_magic(data: bytes) -> None:
    line, newline, _ = data[:64].partition(b"\n")
    if not newline or not line.startswith(SECRET.partition("/")[0].encode()):
        raise HandoverFormatError("this is no hand-over of a secret", hint="name the right file")
    encoding.known_format({"format": line.decode("ascii", "replace")}, SECRET)
