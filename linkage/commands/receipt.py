"""Who signed a receipt, and that it is of this agreement. Called by `linkage verify`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from keys import receipts
from keys.identity import PublicIdentity, SignatureError
from linkage.commands.agreement_files import load_ready
from linkage.commands.agreement_keys import public_keys
from linkage.commands.identities import read_public
from linkage.errors import FileError, KeysError, PackageError, Text, UsageError

if TYPE_CHECKING:
    from linkage.agreement.model import Agreement

LARGEST = 4 * 1024 * 1024  # bytes; a receipt names at most some thousand packages


class RefusedReceiptError(PackageError):
    """The receipt was altered, or somebody else signed it."""

    hint: ClassVar[str] = "ask the signer for the receipt again; do not edit it"


class OtherReceiptError(PackageError):
    """A receipt of another agreement or round, or by somebody who could not have destroyed what it names."""

    hint: ClassVar[str] = "see what it says with: linkage inspect; perhaps --agreement names another"


class WhoseReceiptError(UsageError):
    """Nothing was given that says whose signature it should be."""

    hint: ClassVar[str] = "name --agreement, or --signer with a NAME.pub whose fingerprint you compared"


class NoSignerKeyError(KeysError):
    """The signer's public key is not at hand."""

    hint: ClassVar[str] = "put its NAME.pub beside the agreement, or name it with --signer"


@dataclass(frozen=True)
class ReceiptFacts:
    """A receipt whose signature holds. name: the signer's, from its public key or the agreement."""

    name: str
    signer: str
    facts: Mapping[str, object]
    compared: bool

    def as_json(self) -> dict[str, object]:
        """The facts, for --json."""
        return {
            "receipt": dict(self.facts),
            "signer": self.name,
            "fingerprint": self.signer,
            "agreement_compared": self.compared,
        }

    def lines(self) -> list[Text]:
        """The facts, for a person."""
        return [
            Text("signed by {matcher}, {fingerprint}", {"matcher": self.name, "fingerprint": self.signer}),
            *[Text("{name}: {value}", {"name": name, "value": value}) for name, value in self.facts.items()],
            Text("it is a receipt of the agreement at hand")
            if self.compared
            else Text("no agreement was compared"),
            Text("a receipt attests to what its signer did; it cannot prove it"),
        ]


def is_receipt(path: Path) -> bool:
    """Whether a file says of itself that it is a receipt, of whatever version. No where it cannot be read."""
    try:
        with path.open("rb") as stream:
            found = json.loads(stream.read(LARGEST))["format"]
    except (OSError, ValueError, TypeError, LookupError, RecursionError):
        return False
    return isinstance(found, str) and found.startswith("linkage-receipt/")


def verify(path: Path, agreement: Path | None = None, signer: Path | None = None) -> ReceiptFacts:
    """Check a receipt: who signed it, and with an agreement also that it is of this one, by who could do it.

    signer: the NAME.pub whose signature it should be; left out, the key of the party or the matcher that the
    receipt names, from beside the agreement. Raises PackageError, KeysError, FileError, AgreementError, and
    WhoseReceiptError without both.
    """
    data = _read(path)
    agreed = None if agreement is None else load_ready(agreement)
    try:
        named = receipts.read_receipt(data).signer
        if signer is not None:
            key = _named(signer)
        elif agreement is not None and agreed is not None:
            key = _beside(agreement, agreed, named)
        else:
            raise WhoseReceiptError("a receipt alone cannot say whose it is: {path}", path=path)
        facts = receipts.verify_receipt(data, key)
    except (receipts.ReceiptError, SignatureError) as error:
        raise RefusedReceiptError("{path} is refused: {why}", path=path, why=error.message) from None
    if agreed is not None:
        _check(facts, agreed, key.fingerprint)
    return ReceiptFacts(_name(key, agreed), key.fingerprint, facts, agreed is not None)


def _named(path: Path) -> PublicIdentity:
    key = read_public(path)
    if not isinstance(key, PublicIdentity):
        raise NoSignerKeyError("{path} is a round key, not an identity", path=path)
    return key


def _roles(agreed: Agreement) -> dict[str | None, str]:
    """Fingerprint → name of everybody in the agreement."""
    return {p.identity: p.name for p in agreed.parties} | {agreed.matcher.identity: agreed.matcher.name}


def _name(key: PublicIdentity, agreed: Agreement | None) -> str:
    return key.name if agreed is None else _roles(agreed)[key.fingerprint]


def _beside(agreement: Path, agreed: Agreement, fingerprint: str) -> PublicIdentity:
    if fingerprint not in _roles(agreed):
        raise OtherReceiptError("the receipt is signed by somebody who is not in the agreement")
    key = public_keys(agreement.parent).get(fingerprint)
    if not isinstance(key, PublicIdentity):
        raise NoSignerKeyError("the signer's public key is not here: {fingerprint}", fingerprint=fingerprint)
    return key


def _check(facts: Mapping[str, object], agreed: Agreement, signer: str) -> None:
    """A round is its matcher's to destroy, the secret of the family each party's own."""
    if signer not in _roles(agreed):
        raise OtherReceiptError("the receipt is signed by somebody who is not in the agreement")
    matcher = signer == agreed.matcher.identity
    expected: dict[str, object]
    match facts.get("destroyed"):
        case "round" if matcher:
            digest = None if agreed.digest is None else agreed.digest.hex()
            expected = {
                "agreement": agreed.name,
                "round": agreed.round,
                "digest": digest,
                "round_key": agreed.matcher.round_key,
            }
        case receipts.FAMILY_KEY if matcher:
            expected = {"family": agreed.name}
        case "secret" if not matcher:
            expected = {"family": agreed.name}  # kept for all its rounds, so not also who made it
        case _:
            raise OtherReceiptError("{signer} could not have destroyed this", signer=_roles(agreed)[signer])
    for name, value in expected.items():
        if facts.get(name) != value:
            raise OtherReceiptError(
                "the receipt is not of {round}: {name} differs", round=agreed.slug, name=name
            )


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(LARGEST)
    except OSError as error:
        raise FileError(
            "cannot read {path}: {reason}", path=path, reason=error.strerror, hint="check the path"
        ) from None
