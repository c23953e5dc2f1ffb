"""What a measure asks, in words: an expression read out, with titles for names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from linkage.report.words import Words

_WORD = re.compile(r"\s*([|&!(),]|[^\s|&!(),]+)\s*")
_ALONE = re.compile(r"\(([“”][^“”()]*”)\)")  # one title needs no parentheses
_SIGNS: Final = {"|": "or", "&": "and", "-": "but not", "!": "not"}
_FUNCTIONS: Final = {
    "ever": "at some time",
    "atleast": "in at least so many of",
    "started": "new in",
    "left": "last time in",
    "was": "so many periods earlier in",
    "will": "so many periods later in",
    "within": "now or within so many periods in",
    "bridge": "in, or in a gap of at most so many periods,",
}


def in_words(source: str, words: Words) -> str:
    """The expression with titles for names and words for signs: «Krami» eller inte «Avanti»."""
    said: list[str] = []
    for found in _WORD.finditer(source):
        word = found[1]
        if word in _SIGNS:
            said.append(f" {words.t(_SIGNS[word])} ")
        elif word in _FUNCTIONS:
            said.append(f" {words.t(_FUNCTIONS[word])} ")
        elif word in "(),":
            said.append({"(": " (", ")": ") ", ",": ", "}[word])
        else:
            said.append(word if word.isdigit() else words.t("“{title}”", title=words.title(word)))
    text = " ".join("".join(said).split())
    text = text.replace("( ", "(").replace(" )", ")").replace(" ,", ",")
    return _ALONE.sub(r"\1", text)


def operands(source: str) -> tuple[str, ...]:
    """a, b, c of a | b | c, as written; the source alone where it is no such thing."""
    found, depth, start = [], 0, 0
    for at, sign in enumerate(source):
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and depth == 0:
            found.append(source[start:at])
            start = at + 1
    return tuple(" ".join(part.split()) for part in (*found, source[start:]))
