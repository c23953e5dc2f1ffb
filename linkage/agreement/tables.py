"""Reading a document key by key, and collecting everything that is wrong with it.

A getter always returns a value of its type: where the document has none, it is empty and a problem is noted.
So every rule can be written as if all was well, and all problems are told at once.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import TYPE_CHECKING, Any

from keys.errors import Text
from linkage.agreement.names import fault, listed, near
from linkage.canonical import LIMIT
from linkage.errors import AgreementError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from linkage.agreement.places import Path, Places


class ProblemsError(AgreementError):
    """The agreement is not as it should be; each detail is a problem, with its place and what is allowed."""


class Problems:
    """What is wrong (and what is merely noticed) so far, each with its place."""

    def __init__(self, document: Mapping[str, object], places: Places) -> None:
        self._document = document
        self._places = places
        self._found: list[tuple[int, Text]] = []

    def unheard(self) -> Problems:
        """Somewhere to note what follows from a problem that has been noted: nobody reads it."""
        return Problems(self._document, self._places)

    def __len__(self) -> int:
        return len(self._found)

    def line(self, path: Path) -> int:
        """The line of what stands at the path."""
        return self._places.line(path)

    def add(self, path: Path, what: Text) -> None:
        """Note this about the value at the path."""
        self._found.append((self._places.line(path), self.at(path, what)))

    def at(self, path: Path, what: Text) -> Text:
        """What is said, with its place in front of it."""
        values: dict[str, object] = {
            "line": self._places.line(path),
            "path": self.written(path),
            "what": what,
        }
        return Text("line {line}, {path}: {what}", values) if path else Text("{what}", {"what": what})

    def written(self, path: Path) -> str:
        """The path as a person says it: party.malmo.series.krami.title; party[2] where it has no name."""
        here: Any = self._document
        words = ""
        for step in path:
            here = here[step] if isinstance(step, int) or (isinstance(here, dict) and step in here) else None
            if isinstance(step, str):
                words += f".{step}"
            elif isinstance(here, dict) and isinstance(name := here.get("name"), str) and not fault(name):
                words += f".{name}"
            else:
                words += f"[{step + 1}]"
        return words.removeprefix(".")

    def told(self) -> tuple[Text, ...]:
        """All problems, in the order of their lines."""
        return tuple(text for _, text in sorted(self._found, key=lambda found: found[0]))

    def refuse(self, source: str) -> None:
        """Raise all problems, in the order of their lines, if there are any."""
        details = self.told()
        if len(details) == 1:
            raise ProblemsError("the agreement has a problem: {source}", details=details, source=source)
        if details:
            raise ProblemsError(
                "the agreement has {count} problems: {source}",
                details=details,
                source=source,
                count=len(details),
            )


def _kind(value: object) -> Text:
    """What a value is, in words."""
    match value:
        case str():
            return Text("text")
        case bool():
            return Text("true or false")
        case int():
            return Text("a whole number")
        case float():
            return Text("a decimal number")
        case dt.date() | dt.time():
            return Text("a date or time without quotes")
        case list():
            return Text("a list")
        case _:
            return Text("a table")


def _unprintable(text: str) -> str:
    """The first character that a text may not hold, as U+0009; empty where there is none.

    Control characters but the newline, and those that turn the direction of writing: with them a line could
    be read as another than it is.
    """
    for sign in text:
        turns = sign in "\u061c\u200e\u200f" or "\u202a" <= sign <= "\u202e" or "\u2066" <= sign <= "\u2069"
        if (unicodedata.category(sign) in ("Cc", "Cs") and sign != "\n") or turns:
            return f"U+{ord(sign):04X}"
    return ""


class Table:
    """One table of the document. What nobody asked for when `finish` is called is an unknown key."""

    def __init__(self, data: Mapping[str, Any], path: Path, problems: Problems) -> None:
        self.data = data
        self.path = path
        self.problems = problems
        self._asked: dict[str, None] = {}

    def problem(self, key: str, what: Text) -> None:
        """Note this about a key of the table."""
        self.problems.add((*self.path, key), what)

    def has(self, *keys: str) -> bool:
        """Whether one of these keys is there; all of them count as known."""
        self._asked.update(dict.fromkeys(keys))
        return any(key in self.data for key in keys)

    def finish(self) -> None:
        """Note every key that is not known here."""
        for key in self.data:
            if key not in self._asked:
                self.problem(
                    key,
                    Text(
                        "unknown key{near}, allowed are {allowed}",
                        {"near": near(key, self._asked), "allowed": listed(self._asked)},
                    ),
                )

    def ignore_rest(self) -> None:
        """Take every key as known: what is wrong with the table has been said."""
        self.has(*self.data)

    def _get(self, key: str, kind: type | tuple[type, ...], expected: Text) -> Any:
        """The value if it is there and of this kind; else None, and a problem is noted."""
        if not self.has(key):
            self.problem(key, Text("missing, expected {expected}", {"expected": expected}))
            return None
        value = self.data[key]
        if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
            return value
        self.wrong((*self.path, key), value, expected, quotes=kind is str)
        return None

    def wrong(self, path: Path, value: object, expected: Text, *, quotes: bool = False) -> None:
        """Note that a value is of another kind. quotes: whether a number or date should be text."""
        what = Text("expected {expected}, found {found}", {"expected": expected, "found": _kind(value)})
        if quotes and isinstance(value, float | dt.date | dt.time):
            what = Text(
                "{found} is not used in agreements, write {written} in quotes",
                {"found": _kind(value), "written": f'"{value}"'},
            )
        self.problems.add(path, what)

    def text(self, key: str, *, empty: bool = False) -> str:
        """Text in normal form, without control characters. empty: whether it may say nothing."""
        value = self._get(key, str, Text("text in quotes"))
        return self.checked((*self.path, key), value, empty=empty) if isinstance(value, str) else ""

    def checked(self, path: Path, value: str, *, empty: bool = False) -> str:
        """The text; what is wrong with it is noted."""
        if sign := _unprintable(value):
            self.problems.add(
                path, Text("control character {sign}, allowed is only the newline", {"sign": sign})
            )
        elif not unicodedata.is_normalized("NFC", value):
            self.problems.add(
                path, Text("letters and their accents are written apart (not NFC): type the text anew")
            )
        elif not value.strip() and not empty:
            self.problems.add(path, Text("empty, expected {expected}", {"expected": Text("text in quotes")}))
        return value

    def name(self, reserved: Iterable[str] = ()) -> str:
        """The table's name: a–z, 0–9 and hyphens; empty where it is none."""
        value = self._get("name", str, Text("a name of a–z, 0–9 and hyphens"))
        if not isinstance(value, str):
            return ""
        if what := fault(value, reserved):
            self.problem("name", what)
            return ""
        return value

    def number(self, key: str, low: int, high: int = LIMIT - 1, *, told: int | None = None) -> int:
        """A whole number from low to high; low where there is none.

        told: the highest that is of use, where whoever asks refuses what is above it in words of its own.
        """
        value = self._get(key, int, Text("a whole number"))
        if value is None:
            return low
        if not low <= value <= high:
            words: dict[str, object] = {"low": low, "high": high if told is None else told}
            bounded = value > high or words["high"] != LIMIT - 1
            what = Text(
                "must be at least {low} and at most {high}" if bounded else "must be at least {low}", words
            )
            self.problem(key, what)
            return low
        return int(value)

    def flag(self, key: str) -> bool:
        """True or false; false where it is left out."""
        return self.has(key) and bool(self._get(key, bool, Text("true or false")))

    def choice(self, key: str, allowed: Iterable[str]) -> str:
        """One of the words that are allowed; empty where it is none."""
        value = self.text(key)
        allowed = tuple(allowed)
        if value in allowed or not value:
            return value
        self.problem(
            key,
            Text(
                "unknown {value!r}{near}, allowed are {allowed}",
                {"value": value, "near": near(value, allowed), "allowed": listed(allowed)},
            ),
        )
        return ""

    def texts(self, key: str, *, empty: bool = False) -> list[str]:
        """A list of texts, as it stands; what is none is noted, and the list is cut before it."""
        value = self._get(key, list, Text("a list of texts"))
        texts: list[str] = []
        for index, item in enumerate(value or []):
            if not isinstance(item, str):
                self.wrong((*self.path, key, index), item, Text("text in quotes"), quotes=True)
                break
            texts.append(self.checked((*self.path, key, index), item, empty=empty))
        return texts

    def table(self, key: str) -> Table:
        """A table inside this one; an empty one where there is none."""
        value = self._get(key, dict, Text("a table, as [{key}]", {"key": key}))
        problems = self.problems.unheard() if value is None else self.problems
        return Table(value or {}, (*self.path, key), problems)

    def tables(self, key: str) -> list[Table]:
        """The tables of a list, each written [[key]]."""
        if not self.has(key):
            return []
        written = ".".join([*(step for step in self.path if isinstance(step, str)), key])
        expected = Text("tables, each as [[{key}]]", {"key": written})
        value = self.data[key]
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.wrong((*self.path, key), value, expected)
            return []
        return [Table(item, (*self.path, key, i), self.problems) for i, item in enumerate(value)]
