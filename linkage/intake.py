"""What the matcher accepts as a package: the numbered checks of docs/package.md, in their order.

(1) to (9) need no key that opens anything; `check` makes them when a package is received. (10) to (17) are
made each time that a part is opened, in memory, while counting. What was seen before is an argument.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from keys.errors import KeysError
from keys.identity import PACKAGE, PublicIdentity, PublicRoundKey, SignatureError
from linkage import canonical
from linkage.package import checks, read
from linkage.package.errors import (
    AnotherAgreementError,
    AnotherDigestError,
    AnotherMatcherError,
    AnotherRoundError,
    AnotherRoundKeyError,
    AnotherSecretError,
    ColumnsError,
    FutureError,
    OtherPartyError,
    PackageSignatureError,
    PartError,
    PartSealError,
    SequenceError,
    StrangerError,
    SummaryError,
)
from linkage.package.layout import COUNT, Layout
from linkage.package.pairs import Pairs
from linkage.package.rows import Rows

if TYPE_CHECKING:
    from keys.identity import RoundKey
    from linkage.agreement.model import Agreement, Party
    from linkage.package.header import Header

Source: TypeAlias = Callable[[], BinaryIO]
"""Opens the package anew at each call: an independent, seekable stream, closed by whoever asked for it."""
Keys: TypeAlias = Mapping[str, PublicIdentity | PublicRoundKey]
"""Public keys by their fingerprint."""


CLOCKS_DIFFER = dt.timedelta(days=1)  # what a sender's clock may be ahead of ours


class MissingKeyError(KeysError):
    """The public key of a sender is not at hand, so its signature cannot be verified."""

    hint = "put its .pub file beside the agreement"


@dataclass(frozen=True)
class Seen:
    """A package that was accepted before in this round. id, sha512 and check in hex."""

    party: str
    id: str
    sequence: int
    sha512: str
    check: str


@dataclass(frozen=True, eq=False)
class Package:
    """A package that passed (1) to (9), still sealed. Made only by `check`.

    repeated: these very bytes were accepted before, and nothing is to be done. Opening is safe from threads:
    each call reads from a stream of its own.
    """

    header: Header
    layout: Layout
    sha512: str
    size: int
    repeated: bool
    _source: Source
    _sealed: read.Sealed

    def __repr__(self) -> str:
        return f"<Package {self.id} of {self.party}>"

    @property
    def party(self) -> str:
        """The sender's name in the agreement."""
        return self.header.party

    @property
    def sequence(self) -> int:
        """Milliseconds since 1970 at export."""
        return self.header.sequence

    @property
    def id(self) -> str:
        """32 hex digits."""
        return self.header.id

    @property
    def check(self) -> str:
        """16 hex digits that show which secret was used."""
        return self.header.check

    @property
    def ranges(self) -> int:
        """log2 of the number of token ranges."""
        return self.header.ranges

    @property
    def pairs(self) -> int:
        """Number of parts with pairs of changed numbers."""
        return self.header.pairs

    def open_pairs(self, round_key: RoundKey) -> Pairs:
        """The pairs of newest and previous tokens that the party knows, of all their parts.

        Raises the error of the first of (10) to (12) and (17) that fails.
        """
        parts = [Pairs.decode(self._open(i, round_key)) for i in range(self.pairs)]  # (12)
        pairs = Pairs.joined(parts)
        pairs.check()  # (17)
        return pairs

    def open_range(self, index: int, round_key: RoundKey) -> Rows:
        """The rows whose tokens lie in range `index` of 2**ranges, ascending by token.

        Raises the error of the first of (10) to (15) that fails; IndexError outside the ranges.
        """
        if not 0 <= index < 1 << self.ranges:
            raise IndexError("no such range")
        rows = Rows.decode(self.layout, self._open(self.header.pairs + index, round_key))  # (12)
        checks.check(rows, self.layout, ranges=self.ranges, index=index)  # (13), (14), (15)
        return rows

    def summary(self, round_key: RoundKey) -> Mapping[str, Any]:
        """The party's own counts: what `write` was given.

        Raises the error of the first of (10) to (12) and (16) that fails.
        """
        plain = self._open(self.header.parts - 1, round_key)
        # (12) the count fits the length, and nothing hides in the padding
        end = COUNT + int.from_bytes(plain[:COUNT], "little")
        if end > read.STEP or plain[end:].strip(b"\0"):
            raise PartError("the summary's length or padding is wrong")
        # (16) canonical JSON of a table
        try:
            facts = canonical.decode(plain[COUNT:end])
        except canonical.NotCanonical:
            raise SummaryError("the summary is not canonical JSON") from None
        if not isinstance(facts, Mapping):
            raise SummaryError("the summary is not a table")
        return facts

    def _open(self, position: int, round_key: RoundKey) -> bytes:
        # (10) the part is still the one that was signed, whatever happened to the file since
        with closing(self._source()) as stream:
            sealed = read.part(stream, self._sealed, position)
        # (11) it was sealed to this round key, for this package and this place
        try:
            return round_key.unseal(sealed, self._sealed.info(position))
        except KeysError:
            raise PartSealError(
                "part {part} of {parts} does not open", part=position + 1, parts=self.header.parts
            ) from None


def check(
    source: Source,
    agreement: Agreement,
    keys: Keys,
    seen: Sequence[Seen] = (),
    now: dt.datetime | None = None,
) -> Package:
    """The package, where it passes (1) to (9); raises the error of the first check that fails.

    agreement: not a draft. keys: at least the parties' identities. seen: what was accepted before in this
    round, of every party. now: the moment of receipt, aware; left out where it was received before.
    Goes through the file once, one part in memory.
    """
    with closing(source()) as stream:
        sealed = read.read(stream)  # (1)
        header = sealed.header
        _same_agreement(header, agreement)
        sender = _from_party(header, agreement)
        _for_matcher(header, agreement)
        _signed(sealed, sender, agreement, keys)
        _same_secret(header, seen)
        layout = _columns(header, agreement)
        twin = _newest(header, seen, now)
        # (9) every part is the one whose digest was signed
        sha512 = read.digest(stream, sealed)
    if twin is not None and twin.sha512 != sha512:
        raise _older(header)
    return Package(header, layout, sha512, sealed.size, twin is not None, source, sealed)


def _same_agreement(header: Header, agreement: Agreement) -> None:
    # (2) made for this agreement, this round, and the same text of it
    if header.agreement != agreement.name:
        raise AnotherAgreementError(
            "the package is for the agreement {found}, not for {name}",
            found=header.agreement,
            name=agreement.name,
        )
    if header.round != agreement.round:
        raise AnotherRoundError(
            "the package is for round {found} of {name}, not for round {round}",
            found=header.round,
            name=agreement.name,
            round=agreement.round,
        )
    if agreement.digest is None or header.digest != agreement.digest.hex():
        raise AnotherDigestError(
            "the package was made with another text of the agreement {name}", name=agreement.name
        )


def _from_party(header: Header, agreement: Agreement) -> Party:
    # (3) from the party that it names
    by_identity = {p.identity: p for p in agreement.parties}
    sender = by_identity.get(header.sender)
    if sender is None:
        raise StrangerError("the package is from somebody who is no party of the agreement")
    if sender.name != header.party:
        raise OtherPartyError(
            "the package names {party} and is from {sender}", party=header.party, sender=sender.name
        )
    return sender


def _for_matcher(header: Header, agreement: Agreement) -> None:
    # (4) for this matcher, and sealed to its key of this round
    if header.matcher != agreement.matcher.identity:
        raise AnotherMatcherError(
            "the package is for another matcher than {matcher}", matcher=agreement.matcher.name
        )
    if header.round_key != agreement.matcher.round_key:
        raise AnotherRoundKeyError("the package is sealed to another round key than the agreement's")


def _signed(sealed: read.Sealed, sender: Party, agreement: Agreement, keys: Keys) -> None:
    # (5) header and trailer are exactly what the sender signed; from here on they are the sender's words
    try:
        _identity(keys, sender).verify(PACKAGE, sealed.signed, sealed.signature)
    except SignatureError:
        if other := _signer(sealed, agreement, keys):
            raise OtherPartyError(
                "the package names {party} and is signed by {sender}", party=sender.name, sender=other.name
            ) from None
        raise PackageSignatureError("the signature is not {party}'s", party=sender.name) from None


def _identity(keys: Keys, party: Party) -> PublicIdentity:
    found = keys.get(party.identity or "")
    if not isinstance(found, PublicIdentity) or found.fingerprint != party.identity:
        raise MissingKeyError("the public key of {party} is missing", party=party.name)
    return found


def _signer(sealed: read.Sealed, agreement: Agreement, keys: Keys) -> Party | None:
    """The party, if any, whose signature it is: says who confused the keys."""
    for party in agreement.parties:
        try:
            _identity(keys, party).verify(PACKAGE, sealed.signed, sealed.signature)
        except KeysError:
            continue
        return party
    return None


def _same_secret(header: Header, seen: Sequence[Seen]) -> None:
    # (6) made with the secret of the others. Its own earlier packages do not count: it may correct a mistake
    newest = {s.party: s for s in sorted(seen, key=lambda s: s.sequence)}
    for party, other in newest.items():
        if party != header.party and other.check != header.check:
            raise AnotherSecretError(
                "the package of {party} was made with another secret than that of {other}",
                party=header.party,
                other=party,
            )


def _columns(header: Header, agreement: Agreement) -> Layout:
    # (7) exactly the columns that the agreement asks this party for
    layout = Layout.of(agreement, header.party)
    if header.columns != layout.columns:
        raise ColumnsError("the columns of {party} are not the agreed ones", party=header.party)
    return layout


def _newest(header: Header, seen: Sequence[Seen], now: dt.datetime | None) -> Seen | None:
    # (8) newer than all that this party sent before, or one of them once more, which (9) will tell; and not
    # of a time to come, for a mistaken clock would leave nothing to correct it with
    if now is not None and header.made > now + CLOCKS_DIFFER:
        raise FutureError(
            "the package of {party} was made at {created}, which is yet to come",
            party=header.party,
            created=header.created,
        )
    earlier = [s for s in seen if s.party == header.party]
    twin = next((s for s in earlier if (s.id, s.sequence) == (header.id, header.sequence)), None)
    if twin is None and any(s.sequence >= header.sequence for s in earlier):
        raise _older(header)
    return twin


def _older(header: Header) -> SequenceError:
    return SequenceError("a package of {party} that is as new or newer is here already", party=header.party)
