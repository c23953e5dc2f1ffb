"""What a measure asks, in words: an expression read out, with titles for names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from linkage.window import Unit

if TYPE_CHECKING:
    from linkage.release.tables import Table
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
_SAME: Final = {
    Unit.MONTH: "in the same month",
    Unit.QUARTER: "in the same quarter",
    Unit.TERTIAL: "in the same tertial",
    Unit.YEAR: "in the same year",
}


def follow_up(table: Table, words: Words) -> str:
    """When those who left are looked for: 6 months later, within 6 months, for 6 months on end."""
    if not table.k:
        return words.t(_SAME[words.unit])
    spell = words.spell(table.k)
    if table.follow == "within":
        return words.t("within {spell}", spell=spell)
    later = words.t("{spell} later", spell=spell)
    return words.t("for {spell} on end", spell=spell) if table.follow == "for" else later


def where(source: str, words: Words) -> str:
    """Where somebody is: in "a", or not in "a"."""
    rest = source.removeprefix("!").strip()
    alone = _WORD.fullmatch(rest) or (rest.startswith("(") and _closes(rest))
    if source.startswith("!") and alone:
        return words.t("not in {asked}", asked=in_words(rest, words))
    return words.t("in {asked}", asked=in_words(source, words))


def _closes(source: str) -> bool:
    """Whether the parenthesis that it begins with is closed at its very end."""
    depth = [0]
    for sign in source:
        depth.append(depth[-1] + (sign == "(") - (sign == ")"))
    return 0 not in depth[1:-1]


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
