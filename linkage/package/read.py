"""A package as it lies sealed in a file: its header, its parts' places, its trailer. Opens nothing.

`read` finds the structure, `digest` goes once through all bytes, `part` gives one sealed part that is the
sender's. All three work on seekable binary streams.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from keys.primitives import HPKE_OVERHEAD, SIGNATURE
from linkage.package.background import Background
from linkage.package.errors import AnotherFormatError, DamagedPartError, FormatError
from linkage.package.header import MAX_HEADER, Header

if TYPE_CHECKING:
    from typing import BinaryIO

MAGIC: Final = b"linkage-package/1\n"
STEP: Final = 1 << 16  # a part's plaintext is a multiple of this, so that its length tells little
LARGEST: Final = 1 << 21  # of a part's plaintext: what a worker must hold
_VERSION = re.compile(rb"(linkage-package/[0-9]{1,6})\n")
_NUMBER = struct.Struct(">I")
_DIGEST: Final = 32


class Kind(IntEnum):
    """What a part holds; parts come in this order."""

    PAIRS = 0
    ROWS = 1
    SUMMARY = 2


def info(header: bytes, position: int, kind: Kind) -> bytes:
    """What a part is bound to when it is sealed: this header, its place among the parts, and its kind."""
    place = _NUMBER.pack(position) + bytes([kind])
    return b"linkage-package/1 part\n" + hashlib.sha256(header).digest() + place


def framed_header(header: bytes) -> bytes:
    """The header as it stands in the file, its length first."""
    return _NUMBER.pack(len(header)) + header


def framed_trailer(digests: list[bytes]) -> bytes:
    """The trailer as it stands in the file, its count first, without the signature."""
    return _NUMBER.pack(len(digests)) + b"".join(digests)


def framed_length(length: int) -> bytes:
    """The length of a part as it stands before it; 0 after the last."""
    return _NUMBER.pack(length)


@dataclass(frozen=True)
class Sealed:
    """The structure of a package file. Nothing of it is to be trusted before the signature is verified.

    raw: the header's exact bytes; length: bytes of each sealed part; digests: SHA-256 of each part.
    """

    header: Header
    raw: bytes
    length: int
    digests: tuple[bytes, ...]
    signature: bytes

    @cached_property
    def signed(self) -> bytes:
        """The bytes that the signature is over: header and trailer, each with its number in front."""
        return framed_header(self.raw) + framed_trailer(list(self.digests))

    @property
    def plain(self) -> int:
        """Bytes of a part's plaintext, padding included."""
        return self.length - HPKE_OVERHEAD

    @cached_property
    def start(self) -> int:
        """Where the length of the first part stands."""
        return len(MAGIC) + _NUMBER.size + len(self.raw)

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        parts = len(self.digests)
        return (
            self.start + parts * (_NUMBER.size + self.length) + 2 * _NUMBER.size + parts * _DIGEST + SIGNATURE
        )

    def kind(self, position: int) -> Kind:
        """What the part at this place holds."""
        if position < self.header.pairs:
            return Kind.PAIRS
        return Kind.SUMMARY if position == self.header.parts - 1 else Kind.ROWS

    def info(self, position: int) -> bytes:
        """What the part at this place was sealed for."""
        return info(self.raw, position, self.kind(position))


def read(stream: BinaryIO) -> Sealed:
    """The structure of the package in a seekable stream, read from its beginning.

    Raises FormatError or AnotherFormatError for all that is not exactly one package. No number in the file
    makes it read more than MAX_HEADER bytes or 65 537 + pairs digests.
    """
    # (1) magic, header, the parts' lengths, trailer, and nothing after
    stream.seek(0)
    _magic(stream)
    length = _number(stream)
    if length > MAX_HEADER:
        raise FormatError("the header is too long")
    raw = _exactly(stream, length)
    header = Header.parse(raw)
    length = _parts(stream, header.parts)
    if _number(stream) != 0:
        raise FormatError("more parts than the header says")
    if _number(stream) != header.parts:
        raise FormatError("the trailer is of another number of parts")
    trailer = _exactly(stream, header.parts * _DIGEST)
    signature = _exactly(stream, SIGNATURE)
    if stream.read(1):
        raise FormatError("something follows after the signature")
    digests = tuple(trailer[i : i + _DIGEST] for i in range(0, len(trailer), _DIGEST))
    return Sealed(header, raw, length, digests, signature)


def _magic(stream: BinaryIO) -> None:
    found = _some(stream, len(MAGIC))
    if found == MAGIC:
        return
    if other := _VERSION.match(found + _some(stream, 5)):
        raise AnotherFormatError(
            "format {found} is not known here; known: {known}",
            found=other[1].decode("ascii"),
            known=MAGIC.decode("ascii").rstrip(),
        )
    raise FormatError("not a package")


def _parts(stream: BinaryIO, count: int) -> int:
    """The length that all parts have. Leaves the stream after the last."""
    first = 0
    for position in range(count):
        length = _number(stream)
        if length == 0:
            raise FormatError("fewer parts than the header says")
        if position == 0:
            plain = length - HPKE_OVERHEAD
            if plain % STEP or not 0 < plain <= LARGEST:
                raise FormatError("the parts are of a length that no part has")
            first = length
        elif length != first:
            raise FormatError("parts of different lengths")
        stream.seek(length, os.SEEK_CUR)
    return first


def digest(stream: BinaryIO, sealed: Sealed) -> str:
    """Goes through all parts and gives the SHA-512 of the whole file, in hex.

    What was read before is hashed as it was read, so the result is of exactly the bytes that were checked.
    Raises DamagedPartError where a part is not the one that the trailer tells.
    """
    whole = hashlib.sha512(MAGIC + framed_header(sealed.raw))
    with Background(whole.update) as background:
        for position in range(len(sealed.digests)):
            found = part(stream, sealed, position)
            background.do(framed_length(sealed.length))
            background.do(found)
    whole.update(framed_length(0) + framed_trailer(list(sealed.digests)) + sealed.signature)
    return whole.hexdigest()


def part(stream: BinaryIO, sealed: Sealed, position: int) -> bytes:
    """The sealed part at this place. Raises DamagedPartError unless it is the one that the trailer tells."""
    stream.seek(sealed.start + position * (_NUMBER.size + sealed.length) + _NUMBER.size)
    found = _exactly(stream, sealed.length)
    _same(sealed, position, found)
    return found


def _same(sealed: Sealed, position: int, found: bytes) -> None:
    if hashlib.sha256(found).digest() != sealed.digests[position]:
        raise DamagedPartError(
            "part {part} of {parts} is not the one that was signed",
            part=position + 1,
            parts=len(sealed.digests),
        )


def _number(stream: BinaryIO) -> int:
    return int(_NUMBER.unpack(_exactly(stream, _NUMBER.size))[0])


def _exactly(stream: BinaryIO, size: int) -> bytes:
    found = _some(stream, size)
    if len(found) != size:
        raise FormatError("the file ends too early")
    return found


def _some(stream: BinaryIO, size: int) -> bytes:
    """Up to `size` bytes: fewer only where the stream ends. A raw stream may give less than it was asked."""
    found = stream.read(size)
    while len(found) < size and (more := stream.read(size - len(found))):
        found += more
    return found
