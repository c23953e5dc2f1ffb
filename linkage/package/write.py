"""Rows of people to a sealed and signed package: a stream, one part in memory (docs/package.md)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import numpy.typing as npt

from keys import primitives
from keys.identity import PACKAGE
from linkage import canonical
from linkage.package import checks
from linkage.package.background import Background
from linkage.package.errors import WriteError
from linkage.package.header import EPOCH, MAX_PAIRS, MAX_RANGES, Header, created
from linkage.package.layout import COUNT, Layout
from linkage.package.pairs import Pairs, fitting
from linkage.package.read import (
    LARGEST,
    MAGIC,
    STEP,
    Kind,
    framed_header,
    framed_length,
    framed_trailer,
    info,
)
from linkage.tokens import find, order, words

if TYPE_CHECKING:
    from typing import BinaryIO

    from keys.identity import Identity, PublicRoundKey
    from linkage.agreement.model import Agreement, Party
    from linkage.package.rows import Rows
    from linkage.tokens import Words

ID: Final = 16
MAX_SUMMARY: Final = (
    STEP - COUNT
)  # never the largest part, so the number of people shows no finer than it says


@dataclass(frozen=True)
class Written:
    """What was written. id, sha512: hex; bytes: of the file; parts: of all kinds; ranges: log2."""

    party: str
    id: str
    sequence: int
    sha512: str
    bytes: int
    parts: int
    ranges: int


def write(
    stream: BinaryIO,
    *,
    agreement: Agreement,
    rows: Rows,
    summary_json: Mapping[str, object],
    check: bytes,
    sender: Identity,
    round_key: PublicRoundKey,
    now: dt.datetime,
    package_id: bytes | None = None,
    pairs: Pairs | None = None,
    target: int = LARGEST,
) -> Written:
    """Write the package of the party that `sender` is, from where the stream stands.

    rows: one per person, in any order, of the layout that the agreement asks this party for. check: 8 bytes
    of the secret under the agreement. now: aware; becomes creation time and sequence. package_id: 16 bytes,
    random where left out. pairs: changed numbers, the newest token of each among the rows. target: the most
    bytes of a part before padding; smaller ones are for tests.
    Nothing but the package id and the sealing is random. Raises WriteError where agreement, sender, round
    key and rows do not belong together; and what `checks` raises where rows are not as a package has them.
    """
    party = _party(agreement, sender, round_key)
    layout = Layout.of(agreement, party.name)
    if not rows.fits(layout):
        raise WriteError(
            "the rows do not have the columns that the agreement asks {party} for", party=party.name
        )
    summary = _summary(summary_json)
    people = _Ordered(rows)
    ranges, cuts = _cuts(people.high, layout, target)
    sequence = (now - EPOCH) // dt.timedelta(milliseconds=1)
    size = _padded(max(layout.size_of(int(np.diff(cuts).max())), len(summary)))
    changed = _pairs(pairs or Pairs.none(), people, size)
    header = Header(
        agreement=agreement.name,
        round=agreement.round,
        digest=(agreement.digest or b"").hex(),
        party=party.name,
        sequence=sequence,
        sender=sender.public.fingerprint,
        matcher=agreement.matcher.identity or "",
        round_key=round_key.fingerprint,
        check=check.hex(),
        id=(primitives.random(ID) if package_id is None else package_id).hex(),
        created=created(sequence),
        columns=layout.columns,
        ranges=ranges,
        pairs=len(changed),
    )
    with _Out(stream, header, round_key) as out:
        for some in changed:
            out.part(Kind.PAIRS, some.encode(size))
        for index in range(1 << ranges):
            part = people.part(int(cuts[index]), int(cuts[index + 1]))
            checks.check(part, layout, ranges=ranges, index=index)
            out.part(Kind.ROWS, part.encode(layout, size))
        out.part(Kind.SUMMARY, summary.ljust(size, b"\0"))
        out.end(sender)
    return out.written()


def _party(agreement: Agreement, sender: Identity, round_key: PublicRoundKey) -> Party:
    """The party that the sender is, where everything belongs to the same round."""
    if agreement.digest is None:
        raise WriteError("the agreement is a draft", hint="fill in what `agreement check` says is missing")
    if round_key.fingerprint != agreement.matcher.round_key:
        raise WriteError("the round key is not the one that the agreement names")
    mine = [p for p in agreement.parties if p.identity == sender.public.fingerprint]
    if not mine:
        raise WriteError("the identity {name} is no party of the agreement", name=sender.name)
    return mine[0]


def _summary(facts: Mapping[str, object]) -> bytes:
    """u32le length and canonical JSON."""
    data = canonical.encode(facts)
    if len(data) > MAX_SUMMARY:
        raise WriteError("the summary is too long", hint="ask for help: no register needs such a summary")
    return len(data).to_bytes(COUNT, "little") + data


def _pairs(pairs: Pairs, people: _Ordered, size: int) -> list[Pairs]:
    """The pairs of each pair part: as many as go into a part of the size that rows and summary need."""
    if not len(pairs):
        return []
    pairs.check()
    if (find(people.words(), words(pairs.newest)) < 0).any():
        raise WriteError("a changed number whose newest is not among the rows")
    most = fitting(size)
    if len(pairs) > most * MAX_PAIRS:
        raise WriteError("too many changed numbers for one package")
    return [pairs.slice_of(slice(at, at + most)) for at in range(0, len(pairs), most)]


class _Ordered:
    """Rows as if they were sorted by token: each part is picked from where its rows lie."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._index: npt.NDArray[np.intp] | None = None
        self.high = words(rows.tokens)[0]
        if (self.high[1:] <= self.high[:-1]).any():
            self._index = order(rows.tokens)
            self.high = self.high[self._index]

    def words(self) -> tuple[Words, Words]:
        """All tokens, ascending."""
        low = words(self._rows.tokens)[1]
        return self.high, low if self._index is None else low[self._index]

    def part(self, start: int, stop: int) -> Rows:
        if self._index is None:
            return self._rows.slice(start, stop)
        return self._rows.take(self._index[start:stop])


def _cuts(high: npt.NDArray[np.uint64], layout: Layout, target: int) -> tuple[int, npt.NDArray[np.intp]]:
    """log2 of the fewest ranges whose parts are all within the target, and where each starts and ends."""
    most = layout.rows_in(target)
    finest = np.searchsorted(high, np.arange(1 << MAX_RANGES, dtype=np.uint64) << np.uint64(64 - MAX_RANGES))
    for ranges in range(MAX_RANGES + 1):
        cuts = np.append(finest[:: 1 << (MAX_RANGES - ranges)], len(high))
        if np.diff(cuts).max() <= most:
            return ranges, cuts
    raise WriteError("too many people for one package", hint="more than a hundred million do not fit yet")


def _padded(size: int) -> int:
    return -(-size // STEP) * STEP


class _Out:
    """Writes a package piece by piece, and hashes the whole of it on the way."""

    def __init__(self, stream: BinaryIO, header: Header, round_key: PublicRoundKey) -> None:
        self._stream = stream
        self._header = header
        self._raw = header.to_bytes()
        self._round_key = round_key
        self._digests: list[bytes] = []
        self._bytes = 0
        self._sha512 = hashlib.sha512()
        self._background = Background(self._sha512.update)

    def __enter__(self) -> Self:
        self._background.__enter__()
        self._put(MAGIC + framed_header(self._raw))
        return self

    def __exit__(self, *problem: object) -> None:
        self._background.__exit__(*problem)

    def _put(self, data: bytes) -> None:
        self._background.do(data)
        self._stream.write(data)
        self._bytes += len(data)

    def part(self, kind: Kind, plaintext: bytes) -> None:
        sealed = self._round_key.seal(plaintext, info(self._raw, len(self._digests), kind))
        self._digests.append(hashlib.sha256(sealed).digest())
        self._put(framed_length(len(sealed)))
        self._put(sealed)

    def end(self, sender: Identity) -> None:
        trailer = framed_trailer(self._digests)
        self._put(framed_length(0) + trailer + sender.sign(PACKAGE, framed_header(self._raw) + trailer))

    def written(self) -> Written:
        return Written(
            party=self._header.party,
            id=self._header.id,
            sequence=self._header.sequence,
            sha512=self._sha512.hexdigest(),
            bytes=self._bytes,
            parts=len(self._digests),
            ranges=self._header.ranges,
        )
