"""Reads JSON strictly: every member is asked for by name and type, and each error says where it stands.

Used for release files. Refused beside what JSON itself refuses: a byte order mark, a key written twice,
NaN and infinities, members that nobody asked for, control characters in texts.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import NoReturn

from linkage.errors import PackageError

LIMIT = 1 << 53  # whole numbers at and above this are not the same in every language


class BadReleaseError(PackageError):
    """A file that is no release as docs/release.md says."""

    hint = "ask the matcher for release.json again; do not edit it"


class _TwiceError(Exception):
    pass


def load(data: bytes) -> Node:
    """The root of a JSON text in UTF-8. Raises BadReleaseError."""
    try:
        value = json.loads(
            data.decode("utf-8"), parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_object
        )
    except _TwiceError:
        raise BadReleaseError("not a release: a key is written twice in one object") from None
    except (ValueError, RecursionError, InvalidOperation):
        raise BadReleaseError("not a release: this is not JSON in UTF-8") from None
    return Node(value, "")


def _no_number(_: str) -> NoReturn:
    raise ValueError


def _object(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise _TwiceError
        found[key] = value
    return found


@dataclass(frozen=True)
class Node:
    """A JSON value and where it stands, such as tables[2].rows[14].value."""

    value: object
    where: str

    def members(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Node]:
        """The members of an object that has all the required ones and no others but the optional ones."""
        found = self.names()
        for name in required:
            if name not in found:
                raise BadReleaseError("not a release: {where} is missing", where=self._under(name))
        for name in found:
            if name not in required and name not in optional:
                raise BadReleaseError(
                    "not a release: {where} has a member that it may not have", where=self._here
                )
        return found

    def names(self) -> dict[str, Node]:
        """The members of an object with free names."""
        if not isinstance(self.value, dict):
            raise BadReleaseError("not a release: {where} is no object", where=self._here)
        for name in self.value:
            Node(name, self._under("…")).text()
        return {name: Node(item, self._under(name)) for name, item in self.value.items()}

    def items(self) -> list[Node]:
        """The items of an array."""
        if not isinstance(self.value, list):
            raise BadReleaseError("not a release: {where} is no array", where=self._here)
        return [Node(item, f"{self.where}[{i}]") for i, item in enumerate(self.value)]

    def text(self) -> str:
        """A text without control characters but line feeds."""
        if not isinstance(self.value, str):
            raise BadReleaseError("not a release: {where} is no text", where=self._here)
        if any(unicodedata.category(c) in ("Cc", "Cs") for c in self.value if c != "\n"):
            raise BadReleaseError("not a release: {where} has a control character", where=self._here)
        return self.value

    def texts(self) -> tuple[str, ...]:
        """An array of texts, each once."""
        found = tuple(item.text() for item in self.items())
        if len(set(found)) < len(found):
            raise BadReleaseError("not a release: {where} names something twice", where=self._here)
        return found

    def matching(self, form: re.Pattern[str]) -> str:
        """A text of this form."""
        text = self.text()
        if not form.fullmatch(text):
            raise BadReleaseError("not a release: {where} is not written as it should be", where=self._here)
        return text

    def among(self, allowed: Collection[str]) -> str:
        """One of these texts."""
        text = self.text()
        if text not in allowed:
            raise BadReleaseError("not a release: {where} is none of what it may be", where=self._here)
        return text

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise BadReleaseError("not a release: {where} is neither true nor false", where=self._here)
        return self.value

    def whole(self, low: int = -LIMIT + 1, high: int = LIMIT - 1) -> int:
        """A whole number from low to high."""
        if not isinstance(self.value, int) or isinstance(self.value, bool) or not low <= self.value <= high:
            raise BadReleaseError(
                "not a release: {where} is no whole number from {low} to {high}",
                where=self._here,
                low=low,
                high=high,
            )
        return self.value

    def number(self) -> int | Decimal:
        """A whole number or a decimal."""
        return self.value if isinstance(self.value, Decimal) and abs(self.value) < LIMIT else self.whole()

    def tenth(self) -> Decimal:
        """A number with at most one decimal."""
        number = Decimal(self.number())
        rounded = round(number, 1)
        if rounded != number:
            raise BadReleaseError("not a release: {where} has more than one decimal", where=self._here)
        return rounded

    @property
    def _here(self) -> str:
        return self.where or "the file"

    def _under(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name
