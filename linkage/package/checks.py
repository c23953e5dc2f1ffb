"""What the rows of one part must be: asked of every part that is opened, and of every part that is written.

The numbers are those of docs/package.md. Messages tell which range, never which row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linkage.package.errors import AmountError, DimensionError, PresenceError, TokenOrderError
from linkage.tokens import words

if TYPE_CHECKING:
    import numpy.typing as npt

    from linkage.package.layout import Layout
    from linkage.package.rows import Rows


def check(rows: Rows, layout: Layout, *, ranges: int, index: int) -> None:
    """Raises the first of (13) to (15) that the rows of token range `index` of 2**ranges do not meet."""
    if len(rows) == 0:
        return
    _tokens(rows, ranges, index)
    _dimensions(rows, layout, index)
    somewhere = _presence(rows, layout, index)
    somewhere |= _amounts(rows, layout, index)
    if not somewhere.all():
        raise PresenceError("a row without any presence or amount in range {range}", range=index)


def _tokens(rows: Rows, ranges: int, index: int) -> None:
    # (13) tokens ascend strictly, and lie in the range; so they ascend through the whole package
    high = np.ascontiguousarray(rows.tokens).view(">u8")[:, 0].astype(np.uint64)
    ascending = high[1:] > high[:-1]
    if not ascending.all():  # nearly never: two people share their first eight bytes
        low = words(rows.tokens)[1]
        ascending |= (high[1:] == high[:-1]) & (low[1:] > low[:-1])
    if not ascending.all():
        raise TokenOrderError("tokens do not ascend in range {range}", range=index)
    first, last = int(high[0]), int(high[-1])
    if first >> (64 - ranges) != index or last >> (64 - ranges) != index:
        raise TokenOrderError("tokens of another range in range {range}", range=index)


def _dimensions(rows: Rows, layout: Layout, index: int) -> None:
    # (14) only the codes that the agreement knows
    if rows.sex is not None and rows.sex.max() > layout.largest_sex:
        raise DimensionError("a sex that no agreement knows in range {range}", range=index)
    if rows.age is not None and layout.ages is not None and rows.age.max() > layout.ages:
        raise DimensionError("an age that the agreement does not know in range {range}", range=index)


def _presence(rows: Rows, layout: Layout, index: int) -> npt.NDArray[np.bool_]:
    """Whether each row has any."""
    # (15) presence lies in the window; a series without dates has all of it or none; nobody is nowhere
    full = layout.bits.type(layout.window.full)
    anywhere = np.zeros(len(rows), layout.bits)
    for key, bits in rows.presence.items():
        anywhere |= bits
        if key in layout.undated and not ((bits == 0) | (bits == full)).all():
            raise PresenceError(
                "dates in {series}, of which only some time is agreed, in range {range}",
                series=key,
                range=index,
            )
    if anywhere.max() > full:
        raise PresenceError("presence after the last period in range {range}", range=index)
    present: npt.NDArray[np.bool_] = anywhere != 0
    return present


def _amounts(rows: Rows, layout: Layout, index: int) -> npt.NDArray[np.bool_]:
    """Whether each row has any above zero."""
    # (15) amounts are at most what is agreed
    found = np.zeros(len(rows), bool)
    for key, values in rows.amounts.items():
        if values.max() > layout.amounts[key]:
            raise AmountError(
                "an amount above the agreed one in {series}, range {range}", series=key, range=index
            )
        found |= values.any(axis=1)
    return found
