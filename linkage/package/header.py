"""The header of a package: what anybody can read of it without a key (docs/package.md, "Header")."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from linkage import canonical
from linkage.package.errors import FormatError
from linkage.package.layout import columns

if TYPE_CHECKING:
    from linkage.package.layout import Column

MAX_RANGES: Final = 16  # log2: at most 65 536 token ranges
MAX_PAIRS: Final = 1 << 16
EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MAX_HEADER: Final = 1 << 20  # bytes; some twenty thousand series

_NAME = r"[a-z0-9-]{1,255}"
_FINGERPRINT = r"SHA256:[A-Za-z0-9_-]{43}"
_TEXTS: Final = {
    "agreement": re.compile(_NAME),
    "digest": re.compile(r"[0-9a-f]{64}"),
    "party": re.compile(_NAME),
    "sender": re.compile(_FINGERPRINT),
    "matcher": re.compile(_FINGERPRINT),
    "round_key": re.compile(_FINGERPRINT),
    "check": re.compile(r"[0-9a-f]{16}"),
    "id": re.compile(r"[0-9a-f]{32}"),
    "created": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"),
}
_NUMBERS: Final = {
    "round": range(1, canonical.LIMIT),
    "sequence": range(canonical.LIMIT),
    "ranges": range(MAX_RANGES + 1),
    "pairs": range(MAX_PAIRS + 1),
}


@dataclass(frozen=True)
class Header:
    """The facts of a header.

    digest (64 hex digits), check (16) and id (32) as written; sender, matcher and round_key: fingerprints;
    sequence: milliseconds since 1970 at export; created: UTC; ranges: log2 of the number of token ranges;
    pairs: number of pair parts.
    """

    agreement: str
    round: int
    digest: str
    party: str
    sequence: int
    sender: str
    matcher: str
    round_key: str
    check: str
    id: str
    created: str
    columns: tuple[Column, ...]
    ranges: int
    pairs: int = 0

    @property
    def parts(self) -> int:
        """How many parts the package has: pairs, rows, and one summary."""
        return self.pairs + (1 << self.ranges) + 1

    def facts(self) -> dict[str, object]:
        """The header as the JSON object that it is written as."""
        return vars(self) | {"columns": [[c.name, c.width] for c in self.columns]}

    def to_bytes(self) -> bytes:
        """The canonical JSON of the header. Raises FormatError where a fact is not of its form."""
        data = canonical.encode(self.facts())
        type(self).parse(data)
        return data

    @property
    def made(self) -> dt.datetime:
        """When it was exported, as the sender's clock stood, aware."""
        return EPOCH + dt.timedelta(milliseconds=self.sequence)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The header of these bytes. Raises FormatError for all that is not exactly a header."""
        if len(data) > MAX_HEADER:
            raise FormatError("the header is too long")
        try:
            facts = canonical.decode(data)
        except canonical.NotCanonical:
            raise FormatError("the header is not canonical JSON") from None
        if not isinstance(facts, Mapping) or facts.keys() != _TEXTS.keys() | _NUMBERS.keys() | {"columns"}:
            raise FormatError("the header has other keys than a package's")
        texts = {key: _text(key, facts[key]) for key in _TEXTS}
        numbers = {key: _number(key, facts[key]) for key in _NUMBERS}
        if texts["created"] != created(numbers["sequence"]):
            raise FormatError("the header's created is not the moment of its sequence")
        try:
            found = columns(facts["columns"])
        except ValueError:
            raise _wrong("columns") from None
        return cls(columns=found, **texts, **numbers)  # type: ignore[arg-type]  # two tables of checked facts


def created(sequence: int) -> str:
    """The time, to the second, of so many milliseconds since 1970. Raises FormatError after the year 9999."""
    try:
        return f"{EPOCH + dt.timedelta(milliseconds=sequence):%Y-%m-%dT%H:%M:%SZ}"
    except OverflowError:
        raise _wrong("sequence") from None


def _text(key: str, value: object) -> str:
    if not isinstance(value, str) or _TEXTS[key].fullmatch(value) is None:
        raise _wrong(key)
    return value


def _number(key: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value not in _NUMBERS[key]:
        raise _wrong(key)
    return value


def _wrong(key: str) -> FormatError:
    return FormatError("the header's {key} is not of its form", key=key)
