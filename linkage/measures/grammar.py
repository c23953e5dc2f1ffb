"""Words → tree: a parser by recursive descent, one word ahead, that points at what it does not understand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from keys.errors import Text
from linkage.measures.expressions import (
    And,
    AtLeast,
    Bridge,
    Ever,
    Left,
    Minus,
    Not,
    Or,
    Started,
    Was,
    Will,
    Within,
)
from linkage.measures.vocabulary import FUNCTIONS, ExpressionError, Node, Word, words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import NoReturn

    from linkage.measures.expressions import Tree
    from linkage.measures.vocabulary import Vocabulary

MAX_NESTING = 50
"""Parentheses, functions and ! inside each other, as written."""

_OF_ONE: Final[dict[str, Callable[[Tree], Tree]]] = {"started": Started, "left": Left}
_OF_ONE_AND_K: Final[dict[str, Callable[[Tree, int], Tree]]] = {
    "was": Was,
    "will": Will,
    "within": Within,
    "bridge": Bridge,
}
_INSTEAD = {
    "and": "&", "och": "&", "or": "|", "eller": "|", "+": "|", "not": "!", "inte": "!",
    "minus": " - ", "utan": " - ", "–": " - ", "—": " - ", "−": " - ",
}  # fmt: skip


def _any(nodes: Sequence[Node]) -> Node:
    """All of them joined by or, as flat as can be: a party may have hundreds of series."""
    while len(nodes) > 1:
        pairs = [nodes[i : i + 2] for i in range(0, len(nodes), 2)]
        nodes = [
            Node(Or(pair[0].tree, pair[1].tree), pair[0].dated and pair[1].dated) if pair[1:] else pair[0]
            for pair in pairs
        ]
    return nodes[0]


class Parser:
    """Reads one expression from left to right.

    either = both { "|" both } · both = not { ("&" | " - ") not } · not = "!" not | one ·
    one = "(" either ")" | function "(" … ")" | name
    """

    def __init__(self, source: str, vocabulary: Vocabulary) -> None:
        self._source = source
        self._vocabulary = vocabulary
        self._words = words(source)
        self._next = 0
        self._nesting = 0

    def whole(self) -> Node:
        """The expression, and nothing after it. Raises ExpressionError."""
        node = self._either()
        if self._next < len(self._words):
            self._unexpected(Text("| & - or the end"))
        return node

    # -- grammar ------------------------------------------------------------------------------------------

    def _either(self) -> Node:
        nodes = [self._both()]
        while self._take("|"):
            nodes.append(self._both())
        return _any(nodes)

    def _both(self) -> Node:
        left = self._not()
        while True:
            word, at = self._peek()
            if word not in ("&", "-"):
                return left
            if word == "-" and not re.fullmatch(r"\s-\s", self._source[max(0, at - 1) : at + 2]):
                self._no_space(at)
            self._next += 1
            right = self._not()
            joined = And if word == "&" else Minus
            left = Node(joined(left.tree, right.tree), left.dated and right.dated)

    def _not(self) -> Node:
        at = self._peek().at
        if not self._take("!"):
            return self._one()
        self._deeper(at)
        inner = self._not()
        self._nesting -= 1
        return Node(Not(inner.tree), inner.dated)

    def _one(self) -> Node:
        word = self._peek()
        ahead = self._words[self._next + 1].text if self._next + 1 < len(self._words) else ""
        call = word.text in FUNCTIONS and ahead == "("
        if not call and word.text != "(":
            return self._name(word)
        self._deeper(word.at)
        self._next += 2 if call else 1
        node = self._call(word) if call else self._either()
        self._expect(")")
        self._nesting -= 1
        return node

    def _name(self, word: Word) -> Node:
        if word.text in ("", "|", "&", "-", ")", ",") or word.text in _INSTEAD:
            self._unexpected(Text("a series, a group, a function or a parenthesis"))
        if word.text.startswith("-") or word.text.endswith("-"):
            self._no_space(word.at)
        nodes = self._vocabulary.look_up(word, self._source)
        self._next += 1
        return _any(nodes)

    def _call(self, function: Word) -> Node:
        """What stands between the parentheses of a function."""
        if function.text == "atleast":
            return self._at_least(function)
        inner = self._either()
        if function.text == "ever":
            return Node(Ever(inner.tree), inner.dated)
        if not inner.dated:
            raise ExpressionError(
                '{function}() needs dates, and a series in it has none (known = "window"): column {column}',
                source=self._source,
                at=function.at,
                function=function.text,
            )
        if function.text in _OF_ONE:
            return Node(_OF_ONE[function.text](inner.tree), dated=True)
        self._expect(",")
        return Node(_OF_ONE_AND_K[function.text](inner.tree, self._reach(function.text)), dated=True)

    def _reach(self, function: str) -> int:
        """The k of was, will, within and bridge: 0 to one less than the periods of the window."""
        k, at = self._number()
        if k >= self._vocabulary.periods:
            raise ExpressionError(
                "{function}() reaches {k} periods, allowed are 0 to {most}: column {column}",
                source=self._source,
                at=at,
                function=function,
                k=k,
                most=self._vocabulary.periods - 1,
            )
        return k

    def _at_least(self, function: Word) -> Node:
        count, at = self._number()
        self._expect(",")
        items = [self._either()]
        while self._take(","):
            items.append(self._either())
        if not 1 <= count <= len(items):
            raise ExpressionError(
                "{function}() asks for {count} of {items}, allowed are 1 to {items}: column {column}",
                source=self._source,
                at=at,
                function=function.text,
                count=count,
                items=len(items),
            )
        return Node(AtLeast(count, tuple(i.tree for i in items)), all(i.dated for i in items))

    def _number(self) -> tuple[int, int]:
        """A whole number, and where it stands."""
        word, at = self._peek()
        if not re.fullmatch(r"[0-9]{1,6}", word):
            self._unexpected(Text("a whole number"))
        self._next += 1
        return int(word), at

    # -- words --------------------------------------------------------------------------------------------

    def _peek(self) -> Word:
        """The next word; empty at the end."""
        if self._next < len(self._words):
            return self._words[self._next]
        return Word("", len(self._source.rstrip()))

    def _take(self, text: str) -> bool:
        """Go past the next word if it is this one."""
        if self._peek().text != text:
            return False
        self._next += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._take(text):
            self._unexpected(Text("{sign!r}", {"sign": text}))

    def _deeper(self, at: int) -> None:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise ExpressionError(
                "nested deeper than {limit}: column {column}", source=self._source, at=at, limit=MAX_NESTING
            )

    # -- what is said ---------------------------------------------------------------------------------------

    def _unexpected(self, expected: Text) -> NoReturn:
        """Raise what is best said about the next word, where `expected` should have stood."""
        word, at = self._peek()
        if not word:
            raise ExpressionError(
                "ends too early, expected {expected}: column {column}",
                source=self._source,
                at=at,
                expected=expected,
            )
        if word in _INSTEAD:
            raise ExpressionError(
                "write {sign!r} instead of {word!r}: column {column}",
                source=self._source,
                at=at,
                sign=_INSTEAD[word],
                word=word,
            )
        if word.startswith("-") and len(word) > 1:
            self._no_space(at)
        raise ExpressionError(
            "expected {expected}, found {word!r}: column {column}",
            source=self._source,
            at=at,
            expected=expected,
            word=word,
        )

    def _no_space(self, at: int) -> NoReturn:
        raise ExpressionError(
            "a minus needs a space on each side: column {column}", source=self._source, at=at
        )
