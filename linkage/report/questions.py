"""What a measure asks, in words: an expression read out, with titles for names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from linkage.window import Unit

if TYPE_CHECKING:
    from linkage.release.tables import Table
    from linkage.report.words import Words

_WORD = re.compile(r"\s*([|&!(),]|[^\s|&!(),]+)\s*")
_SIGNS: Final = {"|": "or", "&": "and", "-": "but not"}
_FUNCTIONS: Final = {
    "ever": "at some time {asked}",
    "started": "newly {asked}",
    "left": "in the last period of being {asked}",
}
_COUNTED: Final = {
    "was": "{asked} {spell} earlier",
    "will": "{asked} {spell} later",
    "within": "{asked} now or within {spell}",
    "bridge": "{asked} or in a gap of at most {spell}",
}
_DEEPEST: Final = 40
_LONGEST: Final = 200
"""What lies in more parentheses, or has more words and signs, is quoted as it is written."""
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
    """What somebody is: in "a", newly in "a", not in "a" and at some time in "b"."""
    tree = _read(source)
    return words.t("in {asked}", asked=_quoted(source, words)) if tree is None else _said(tree, words)


def in_words(source: str, words: Words) -> str:
    """The same as a name: "a", "a" or "b", newly in "a"."""
    tree = _read(source)
    return _quoted(source, words) if tree is None else _said(tree, words, place=False)


def leavers(source: str, words: Words) -> str:
    """Those who leave: women who leave "a"; those who stop being in "a" and in "b"."""
    tree = _read(source)
    several = () if tree is None else _chain(tree, "&")
    who = [one for one in several if _is_trait(one)]
    rest = [one for one in several if not _is_trait(one)]
    if tree is None or (len(rest) == 1 and _is_list(rest[0])):
        asked = _quoted(source, words) if tree is None else _said(rest[0], words, place=False)
        if not who:
            return words.t("those who leave {asked}", asked=asked)
        traits = f" {words.t('and')} ".join(_said(one, words) for one in who)
        return words.t("those who are {traits} and leave {asked}", traits=traits, asked=asked)
    return words.t("those who stop being {asked}", asked=_said(tree, words))


# -- an expression, read for its words ---------------------------------------------------------------------


@dataclass(frozen=True)
class _Node:
    """A name, a sign with what it joins, or a function with what it is asked of."""

    name: str
    several: tuple[_Node, ...] = ()


class _OddError(Exception):
    pass


def _read(source: str) -> _Node | None:
    """The tree of an expression; None of a text that is none."""
    tokens = _WORD.findall(source)
    if len(tokens) > _LONGEST:
        return None
    try:
        tree = _joined(tokens, 0)
    except _OddError:
        return None
    return None if tokens else tree


def _joined(tokens: list[str], depth: int, signs: tuple[str, ...] = ("|", "&-")) -> _Node:
    found = _joined(tokens, depth, signs[1:]) if signs else _one(tokens, depth)
    while signs and tokens and tokens[0] in signs[0]:
        sign = tokens.pop(0)
        found = _Node(sign, (found, _joined(tokens, depth, signs[1:])))
    return found


def _one(tokens: list[str], depth: int) -> _Node:
    word = tokens.pop(0) if tokens and depth <= _DEEPEST else ")"
    if word == "!":
        return _Node("!", (_one(tokens, depth + 1),))
    if word == "(":
        found = _joined(tokens, depth + 1)
        _close(tokens)
        return found
    if word in "|&-,)":
        raise _OddError
    if tokens[:1] != ["("]:
        return _Node(word)
    several = list[_Node]()
    while not several or tokens[:1] == [","]:
        tokens.pop(0)
        several.append(_joined(tokens, depth + 1))
    _close(tokens)
    return _Node(word, tuple(several))


def _close(tokens: list[str]) -> None:
    if not tokens or tokens.pop(0) != ")":
        raise _OddError


def _said(node: _Node, words: Words, *, place: bool = True) -> str:
    """place: whether it says that somebody is "in" a series; else the series alone is named."""
    if not node.several:
        return _leaf(node.name, words, place=place)
    if node.name in _SIGNS:
        return _signed(node, words, place=place)
    if node.name == "!":
        inner = node.several[0]
        if inner.name == "|" and _is_list(inner):  # "not in a or b" could be half of each
            return words.t(
                "not {asked}", asked=words.t("in {asked}", asked=f"({_signed(inner, words, place=False)})")
            )
        return words.t("not {asked}", asked=_inner(inner, words))
    last = node.several[-1].name
    if node.name in _FUNCTIONS and len(node.several) == 1:
        return words.t(_FUNCTIONS[node.name], asked=_inner(node.several[0], words))
    if node.name in _COUNTED and last.isdecimal():
        return words.t(
            _COUNTED[node.name], asked=_inner(node.several[0], words), spell=words.spell(int(last))
        )
    names = ", ".join(_said(one, words, place=False) for one in node.several[1:])
    if node.name == "atleast":
        return words.t("in at least {number} of {names}", number=node.several[0].name, names=names)
    return f"{node.name}({names})"


def _signed(node: _Node, words: Words, *, place: bool) -> str:
    """Both sides of a sign. Series that are joined by "or" need but one "in"."""
    if node.name == "|" and _is_list(node):
        several = [_leaf(one.name, words, place=False) for one in _chain(node, "|")]
        joined = f" {words.t('or')} ".join(several)
        return words.t("in {asked}", asked=joined) if place else joined
    left, right = (
        _said(one, words, place=place)
        if not one.several or one.name not in _SIGNS or (one.name == node.name and one is node.several[0])
        else f"({_said(one, words, place=place)})"
        for one in node.several
    )
    return f"{left} {words.t(_SIGNS[node.name])} {right}"


def _inner(node: _Node, words: Words) -> str:
    """What a function is asked of: in parentheses, where it is joined of several that are."""
    said = _said(node, words)
    return f"({said})" if node.name in _SIGNS and not (node.name == "|" and _is_list(node)) else said


def _leaf(name: str, words: Words, *, place: bool) -> str:
    if place and _is_trait(_Node(name)):
        title = words.title(name)
        return title[:1].lower() + title[1:]
    quoted = words.t("“{title}”", title=words.title(name))
    return words.t("in {asked}", asked=quoted) if place else quoted


def _quoted(source: str, words: Words) -> str:
    return words.t("“{title}”", title=" ".join(words.release.title(source).split()))


def _chain(node: _Node, sign: str) -> list[_Node]:
    """a, b, c of a | b | c."""
    found: list[_Node] = []
    while node.name == sign and node.several:
        node, last = node.several
        found.append(last)
    return [node, *reversed(found)]


def _is_list(node: _Node) -> bool:
    """Whether it is a series, or several joined by "or"."""
    return all(not one.several and not _is_trait(one) for one in _chain(node, "|"))


def _is_trait(node: _Node) -> bool:
    """Whether it is a sex or an age, which nobody is "in"."""
    return not node.several and node.name.partition(".")[0] in ("sex", "age") and "." in node.name


def operands(source: str) -> tuple[str, ...]:
    """a, b, c of a | b | c, as written; the source alone where it is no such thing."""
    found, depth, start = [], 0, 0
    for at, sign in enumerate(source):
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and depth == 0:
            found.append(source[start:at])
            start = at + 1
    return tuple(" ".join(part.split()) for part in (*found, source[start:]))
