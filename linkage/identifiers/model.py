"""What reading an identifier gives: canonical forms behind a type, and kinds and reasons for the rest.

No value that is read here is ever shown: representations tell how many there are.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from linkage.errors import IdentifierError, Text

if TYPE_CHECKING:
    import pyarrow as pa

    from linkage.dimensions import Dimensions

Codes = npt.NDArray[np.uint8]
Keys = npt.NDArray[np.int64]
Canonical = npt.NDArray[np.bytes_]

NO_KEY = -1
_CHECKED_AT_ONCE = 1 << 18  # bounds the memory that checking takes


class NotCanonicalError(IdentifierError):
    """A value is no canonical identifier of its scheme."""

    hint = "identifiers are made by reading a register, not by hand"


class UnknownSchemeError(IdentifierError):
    """No scheme of this name."""

    hint = "the schemes of this version are se, no, dk, fi and text"


class Scheme(Protocol):
    """How a country writes its identity numbers, and what they tell.

    kinds: code → name; kinds 0 … linkable-1 have a canonical form and can be accepted by an agreement; the
    last one is "unreadable". reasons: code → (name, text) of why a value is unreadable; code 0: it is not.
    Keys are whole numbers, one for each canonical form, so that people can be sorted and compared fast. Those
    of one scheme object mean nothing to another where the numbers come from a table (`text`).
    """

    name: str
    kinds: tuple[str, ...]
    linkable: int
    reasons: tuple[tuple[str, Text], ...]

    def read(self, column: pa.StringArray, extracted: dt.date) -> Reading:
        """Kind, reason and key of every value of a column; extracted: the day that the register was taken."""
        ...

    def canonical(self, keys: Keys) -> Canonical:
        """Canonical form of every key, ASCII, of fixed width."""
        ...

    def keys(self, values: Canonical) -> Keys:
        """The keys of canonical forms. Raises NotCanonicalError if one is not."""
        ...

    def dimensions(self, keys: Keys, dimensions: Dimensions) -> tuple[Codes, Codes]:
        """Sex and age codes of every key, as `linkage.identifiers.dimensions`."""
        ...


@dataclass(frozen=True, repr=False)
class Reading:
    """What was found in the n values of a column, in their order.

    kind: code of the scheme's kinds. reason: code of its reasons, 0 where the value is readable.
    key: the identifier's key, NO_KEY where there is no canonical form.
    """

    scheme: Scheme
    kind: Codes
    reason: Codes
    key: Keys

    def __repr__(self) -> str:
        return f"<Reading of {len(self.kind)} values>"

    @property
    def canonical(self) -> Canonical:
        """Canonical form of every value, empty where there is none."""
        forms = self.scheme.canonical(np.maximum(self.key, 0))
        forms[self.key == NO_KEY] = b""
        return forms

    def of_kinds(self, accept: tuple[str, ...]) -> npt.NDArray[np.bool_]:
        """Where the value is an identifier of one of these kinds."""
        wanted = np.array([name in accept for name in self.scheme.kinds])
        return np.asarray(wanted[self.kind] & (self.key != NO_KEY))


class Identifiers:
    """Canonical identifiers of one scheme: n distinct values in ascending order.

    The only way to tokens. Making one checks every value, so nothing else can become a token.
    """

    __slots__ = ("_keys", "_scheme")

    def __init__(self, scheme: Scheme, keys: Keys) -> None:
        """keys: distinct, ascending, as `scheme.keys` or a Reading gave them. Raises NotCanonicalError."""
        if keys.ndim != 1 or (keys[1:] <= keys[:-1]).any():
            raise NotCanonicalError("identifiers are not distinct and in order")
        for start in range(0, len(keys), _CHECKED_AT_ONCE):
            some = keys[start : start + _CHECKED_AT_ONCE]
            if not np.array_equal(scheme.keys(scheme.canonical(some)), some):
                raise NotCanonicalError("a key is none of the scheme")
        self._scheme = scheme
        self._keys = keys.copy()
        self._keys.flags.writeable = False

    def __repr__(self) -> str:
        return f"<{len(self)} Identifiers: {self.scheme}>"

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def scheme(self) -> str:
        """The scheme's name, as it stands in front of every identifier in a token's message."""
        return self._scheme.name

    @property
    def values(self) -> Canonical:
        """Canonical forms, ASCII, shape (n,), of the scheme's fixed width ("S12" for se)."""
        return self._scheme.canonical(self._keys)

    def some(self, start: int, stop: int) -> Canonical:
        """values[start:stop], without making the others."""
        return self._scheme.canonical(self._keys[start:stop])

    def dimensions(self, dimensions: Dimensions) -> tuple[Codes, Codes]:
        """Sex and age codes, as `linkage.identifiers.dimensions`."""
        return self._scheme.dimensions(self._keys, dimensions)
