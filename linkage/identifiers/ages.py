"""Days of birth → the age that an agreement asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import datetime as dt

    from linkage.dimensions import Ages
    from linkage.identifiers.model import Codes

Days: TypeAlias = npt.NDArray[np.int64]
"""Days as whole numbers: 19900131."""

_OLDEST = 1_000


def codes(born: Days, ages: Ages) -> Codes:
    """Days of birth → 1 + the index of the piece that holds the completed years on the agreed day, else 0."""
    return _pieces(ages)[np.clip(_years(born, ages.on) + 1, 0, _OLDEST)]


def _years(born: Days, on: dt.date) -> npt.NDArray[np.int64]:
    """Completed years on that day, negative before birth."""
    year, day = np.divmod(born, 10_000)
    return np.asarray(on.year - year - (on.month * 100 + on.day < day))


def _pieces(ages: Ages) -> Codes:
    """1 + age in years → code of the piece that it lies in; 0 for the unborn and for who is in no band."""
    table = np.zeros(_OLDEST + 1, np.uint8)
    for code, piece in enumerate(ages.pieces, start=1):
        table[piece.low + 1 : piece.high + 2] = code
    return table
