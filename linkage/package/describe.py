"""What a package says of itself to anybody who has the file: for `linkage inspect`. Needs no key."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from linkage.package import read
from linkage.package.layout import COUNT

if TYPE_CHECKING:
    from typing import BinaryIO

SIGMAS = 6  # one in a thousand million parts lies further above the mean of the parts than this


def describe(stream: BinaryIO) -> dict[str, Any]:
    """The header's facts, the sizes, and between which numbers the number of people shows.

    For JSON: only text, numbers, lists and tables. The signature is not verified, the parts' digests are.
    Raises what `read.read` and `read.digest` raise.
    """
    sealed = read.read(stream)
    sha512 = read.digest(stream, sealed)
    at_least, at_most = people(sealed)
    return {
        "format": read.MAGIC.decode().strip(),
        **sealed.header.facts(),
        "ranges": 1 << sealed.header.ranges,
        "sha512": sha512,
        "bytes": sealed.size,
        "parts": sealed.header.parts,
        "part_bytes": sealed.length,
        "people": {"at_least": at_least, "at_most": at_most},
    }


def people(sealed: read.Sealed) -> tuple[int, int]:
    """Between which numbers of people a package has, as far as its size tells.

    The largest part fills its last 64 KiB at least with one byte. Tokens fall on the ranges as if by lot, so
    the largest of many parts is hardly more than SIGMAS standard deviations (√mean) above their mean.
    """
    row = sum(c.width for c in sealed.header.columns)
    ranges = 1 << sealed.header.ranges
    most = (sealed.plain - COUNT) // row
    largest = max(0, (sealed.plain - read.STEP - COUNT) // row + 1)
    if ranges == 1:
        return largest, most
    mean = max(0.0, math.sqrt(largest + SIGMAS**2 / 4) - SIGMAS / 2) ** 2
    return max(largest, math.floor(mean * ranges)), most * ranges
