"""Whether a release is what its matcher signed, answers the agreement's questions, and agrees with itself.

The numbered checks are those of docs/release.md, in their order.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keys.public import RELEASE, SignatureError
from linkage.errors import PackageError
from linkage.release import agreeing
from linkage.release.document import Release, parse
from linkage.release.facts import asked_of, framed
from linkage.release.writing import write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keys.public import PublicIdentity
    from linkage.agreement.model import Agreement


class ReleaseSignatureError(PackageError):
    """The release was altered, or signed by somebody else."""

    hint = "ask the matcher for release.json and release.json.sig again; do not edit them"


class OtherMatcherError(PackageError):
    """Signed by an identity that is not the matcher of the release or of the agreement."""

    hint = "compare the fingerprint with the one in the agreement, and with the matcher by phone"


class OtherAgreementError(PackageError):
    """A release of another agreement, or another version of it."""

    hint = "give the agreement whose digest the release names; one changed word makes another digest"


class NotAskedError(PackageError):
    """The agreement's digest, and beside it questions or facts that the agreement does not hold."""

    hint = "do not use this release; tell the matcher and the other parties"


@dataclass(frozen=True)
class Verified:
    """A release that passed all checks. signer: fingerprint; compared: whether an agreement was given."""

    release: Release
    signer: str
    compared: bool

    def as_json(self) -> dict[str, object]:
        """The facts, for --json."""
        release = self.release
        return {
            "agreement": release.agreement.slug,
            "digest": release.agreement.digest,
            "agreement_compared": self.compared,
            "matcher": release.matcher.name,
            "fingerprint": self.signer,
            "method": release.method["name"],
            "audited": release.audited,
            "made": release.made.isoformat(),
            "tables": len(release.tables),
        }


def check(
    data: bytes, signature: bytes, matcher: PublicIdentity, agreement: Agreement | None = None
) -> Verified:
    """All checks of a release file.

    data: release.json; signature: release.json.sig; matcher: whose signature it should be; agreement: what
    it should answer, where the reader has it. Raises errors of the family PackageError.
    """
    # (1) the matcher signed exactly these bytes, as a release
    try:
        matcher.verify(RELEASE, data, signature)
    except SignatureError:
        raise ReleaseSignatureError(
            "the release is not as {matcher} signed it, or somebody else signed it", matcher=matcher.name
        ) from None
    # (2) the file is a release of a known format, every member as docs/release.md says
    release = parse(data)
    # (3) the signer is the matcher that the release names
    _check_matcher(release.matcher.identity, matcher)
    # (4) the agreement is the one that the reader holds, and its questions are the ones answered
    if agreement is not None:
        _check_agreement(release, agreement)
        _check_matcher(agreement.matcher.identity, matcher)
    # (5) the numbers agree with each other
    agreeing.check(release)
    return Verified(release, matcher.fingerprint, agreement is not None)


def _check_matcher(named: str | None, matcher: PublicIdentity) -> None:
    if named != matcher.fingerprint:
        raise OtherMatcherError(
            "the release names another matcher than {matcher} with {fingerprint}",
            matcher=matcher.name,
            fingerprint=matcher.fingerprint,
        )


def _check_agreement(release: Release, agreement: Agreement) -> None:
    digest = None if agreement.digest is None else agreement.digest.hex()
    if release.agreement.digest != digest:
        raise OtherAgreementError(
            "the release is of another agreement than {agreement}: the digests differ",
            agreement=agreement.slug,
        )
    found = json.loads(release.to_bytes())
    expected = json.loads(write(asked_of(agreement)))
    for member, value in expected.items():
        if found[member] != value:
            raise NotAskedError("{member} of the release is not that of the agreement", member=member)
    if found["method"] != {"name": agreement.release.method, **agreement.release.parameters}:
        raise NotAskedError("{member} of the release is not that of the agreement", member="method")
    _check_questions(found["tables"], agreement)
    parties = [(party.name, party.title) for party in agreement.parties]
    if [(package.party, package.title) for package in release.packages] != parties:
        raise NotAskedError("{member} of the release is not that of the agreement", member="packages")


def _check_questions(tables: list[Mapping[str, object]], agreement: Agreement) -> None:
    """The tables answer the agreement's measures, all of them, in its order."""
    found = [{key: value for key, value in table.items() if key != "rows"} for table in tables]
    if found != json.loads(write({"tables": [framed(m, agreement) for m in agreement.measures]}))["tables"]:
        raise NotAskedError("{member} of the release is not that of the agreement", member="tables")
