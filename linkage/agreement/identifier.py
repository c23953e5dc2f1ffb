"""The [identifier] of an agreement: which numbers persons are known by, and which of them are linked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from keys.errors import Text
from linkage.agreement.names import listed
from linkage.agreement.sections import words
from linkage.patterns import PatternError, lengths
from linkage.schemes import SCHEMES

if TYPE_CHECKING:
    from linkage.agreement.tables import Table
    from linkage.schemes import Agreed


class Numbers(NamedTuple):
    """scheme: its name; accept: the kinds that are linked; pattern: empty where the scheme has none."""

    scheme: str
    accept: tuple[str, ...]
    pattern: str


def identifier(table: Table) -> Numbers:
    """The scheme, the kinds of numbers that are linked, and the pattern of text."""
    scheme = table.choice("scheme", SCHEMES)
    if not scheme:
        table.ignore_rest()
        return Numbers("", (), "")
    agreed = SCHEMES[scheme]
    found = Numbers(scheme, _accept(table, agreed), _pattern(table, agreed))
    table.finish()
    return found


def _accept(table: Table, agreed: Agreed) -> tuple[str, ...]:
    """The kinds; where a scheme has only one, there is nothing to choose, and the key may be left out."""
    if not table.has("accept") and len(agreed.kinds) == 1:
        return agreed.kinds
    accept = words(table, "accept", agreed.kinds)
    if not accept and table.data.get("accept") == []:
        table.problem("accept", Text("empty, allowed are {allowed}", {"allowed": listed(agreed.kinds)}))
    return accept


def _pattern(table: Table, agreed: Agreed) -> str:
    if not agreed.patterned:
        if table.has("pattern"):
            table.problem("pattern", Text("only the scheme text has a pattern: leave it out"))
        return ""
    pattern = table.text("pattern")
    if pattern:
        try:
            lengths(pattern)
        except PatternError as fault:
            what = Text("sign {where}: {what}", {"where": fault.where, "what": fault.what})
            table.problem("pattern", what)
    return pattern


def untold(top: Table, scheme: str) -> None:
    """Refuse dimensions that the numbers of the scheme do not tell."""
    dimensions = top.data.get("dimensions")
    if scheme not in SCHEMES or SCHEMES[scheme].tells or not isinstance(dimensions, dict):
        return
    for name in ("sex", "age"):
        if dimensions.get(name):
            what = Text("identifiers of the scheme {scheme} do not tell it: leave it out", {"scheme": scheme})
            top.problems.add(("dimensions", name), what)
