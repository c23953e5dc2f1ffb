"""The words that an expression may use, and what is said of those that it may not."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from keys.errors import Text
from linkage.dimensions import SEXES
from linkage.errors import AgreementError
from linkage.measures.expressions import OfAge, OfSex, Presence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linkage.dimensions import Ages
    from linkage.measures.expressions import Expression, Tree

FUNCTIONS = ("ever", "atleast", "started", "left", "was", "will", "within", "bridge")
_WORD = re.compile(r"[|&!(),]|[^\s|&!(),]+")
_NAME = re.compile(r"[a-z0-9]+(-+[a-z0-9]+)*(\.(\*|[a-z0-9]+(-+[a-z0-9]+)*))?")
_SEX_TITLES = {"woman": "women", "man": "men"}


class ExpressionError(AgreementError):
    """An expression cannot be read. column: where, from 1; details show the place."""

    hint = "the language of expressions is described in docs/measures.md"

    def __init__(
        self, template: str, /, *, source: str, at: int, hint: str | None = None, **values: object
    ) -> None:
        """source: the whole expression; at: offset of what is wrong in it."""
        self.column = at + 1
        super().__init__(template, hint=hint, details=_pointer(source, at), column=at + 1, **values)


def _pointer(source: str, at: int) -> tuple[Text, Text]:
    """The expression, or what is near the place, and below it a caret."""
    start = max(0, at - 60)
    line = re.sub(r"\s", " ", source)[start : at + 40]
    return Text("{line}", {"line": line}), Text("{line}", {"line": " " * (at - start) + "^"})


class Word(NamedTuple):
    """A word or sign of an expression, and its offset."""

    text: str
    at: int


def words(source: str) -> list[Word]:
    """The words of an expression; whether they mean anything is not looked at."""
    return [Word(found[0], found.start()) for found in _WORD.finditer(source)]


class Node(NamedTuple):
    """A tree, and whether all series in it have dates."""

    tree: Tree
    dated: bool


@dataclass(frozen=True)
class Vocabulary:
    """What an expression may speak of.

    series: key → (title, dated), dated False where known = "window"; groups: name → its expression, whose
    label is the group's title; sex, ages: the agreed dimensions; periods: length of the window; amounts: keys
    of series that hold amounts, which no expression asks for.
    """

    series: Mapping[str, tuple[str, bool]]
    groups: Mapping[str, Expression]
    sex: bool
    ages: Ages | None
    periods: int
    amounts: frozenset[str] = frozenset()

    def names(self) -> list[str]:
        """Every name that can be used alone."""
        sexes = [f"sex.{name}" for name in SEXES[1:]] if self.sex else []
        return [*self.series, *self.groups, *sexes, *(f"age.{band}" for band in self._bands())]

    def _bands(self) -> list[str]:
        return [band.name for band in self.ages.bands + self.ages.also] if self.ages else []

    def title(self, source: str) -> str:
        """What the expression is called: the title of the one name that it is, else as written."""
        name = source.strip()
        if name in self.series:
            return self.series[name][0]
        if name in self.groups:
            return self.groups[name].label
        kind, _, rest = name.partition(".")
        if kind == "sex" and rest in _SEX_TITLES:
            return _SEX_TITLES[rest]
        if kind == "age" and rest in self._bands():
            return rest.replace("-", "–")
        return source

    def look_up(self, word: Word, source: str) -> list[Node]:
        """What a name stands for: one thing, or all series of a party. Raises ExpressionError."""
        name = word.text
        if name in self.groups:
            return [Node(self.groups[name].tree, self.groups[name].dated)]
        if name in self.series:
            return [Node(Presence(name), self.series[name][1])]
        kind, _, rest = name.partition(".")
        if kind == "sex" and self.sex and rest in SEXES[1:]:
            return [Node(OfSex(SEXES.index(rest)), dated=True)]
        if kind == "age" and self.ages and rest in self._bands():
            return [Node(OfAge(self.ages.codes(rest)), dated=True)]
        of_party = [Node(Presence(key), s[1]) for key, s in self.series.items() if key.startswith(f"{kind}.")]
        if rest == "*" and of_party:
            return of_party
        raise self._unknown(word, source)

    def _unknown(self, word: Word, source: str) -> ExpressionError:
        """What to say of a name that stands for nothing."""
        name, at = word
        kind, dot, rest = name.partition(".")
        if name in self.amounts or (rest == "*" and any(key.startswith(f"{kind}.") for key in self.amounts)):
            return ExpressionError(
                "{name} holds amounts, which a measure asks for by change; an expression asks who was there: "
                "column {column}",
                source=source, at=at, name=name,
            )  # fmt: skip
        if apart := self._apart(name):
            return ExpressionError(
                "no name {name!r}, perhaps {apart!r} with spaces around the minus: column {column}",
                source=source, at=at, name=name, apart=apart,
            )  # fmt: skip
        if name in FUNCTIONS:
            return ExpressionError(
                "{name} is a function, write {name}(…): column {column}", source=source, at=at, name=name
            )
        if kind == "sex" and dot:
            if not self.sex:
                return ExpressionError(
                    "the agreement has no dimension sex: column {column}", source=source, at=at
                )
            return ExpressionError(
                "no {name!r}, allowed are sex.woman and sex.man: column {column}",
                source=source, at=at, name=name,
            )  # fmt: skip
        if kind == "age" and dot:
            return self._unknown_age(name, at, source)
        if not _NAME.fullmatch(name):
            return ExpressionError(
                "{name!r} is no name (a–z, 0–9, hyphens; a series is party.series): column {column}{near}",
                source=source, at=at, name=name, near=self._near(name),
            )  # fmt: skip
        return self._unknown_plain(name, at, source)

    def _unknown_age(self, name: str, at: int, source: str) -> ExpressionError:
        if not self.ages:
            return ExpressionError(
                "the agreement has no dimension age: column {column}", source=source, at=at
            )
        return ExpressionError(
            "no age band {name!r}, allowed are {bands}: column {column}",
            source=source, at=at, name=name, bands=", ".join(f"age.{b}" for b in self._bands()),
        )  # fmt: skip

    def _unknown_plain(self, name: str, at: int, source: str) -> ExpressionError:
        party, dot, _ = name.partition(".")
        parties = list(dict.fromkeys(key.partition(".")[0] for key in self.series))
        if dot and party not in parties:
            return ExpressionError(
                "no party {party!r}, allowed are {parties}: column {column}{near}",
                source=source, at=at, party=party, parties=", ".join(parties), near=self._near(name),
            )  # fmt: skip
        if dot:
            return ExpressionError(
                "no series {name!r}: column {column}{near}",
                source=source, at=at, name=name, near=self._near(name),
            )  # fmt: skip
        return ExpressionError(
            "no group {name!r} (a series is written party.series): column {column}{near}",
            source=source, at=at, name=name, near=self._near(name),
        )  # fmt: skip

    def _near(self, name: str) -> Text | str:
        """A question whether a name like it was meant; empty where there is none."""
        names = self.names()
        owned = [key for key in self.series if key.partition(".")[2] == name]
        near = owned or difflib.get_close_matches(name.lower(), names, n=1)
        return Text(" (did you mean {name!r}?)", {"name": near[0]}) if near else ""

    def _apart(self, name: str) -> str:
        """Two known names that a hyphen has made one, with spaces put in; empty where it is not that."""
        names = set(self.names())
        cuts = [i for i, sign in enumerate(name) if sign in "-–—−"]
        pairs = ((name[:i], name[i + 1 :]) for i in cuts)
        return next((f"{a} - {b}" for a, b in pairs if a in names and b in names), "")
