"""What an export tells of numbers that were changed, repaired or left out: for a person, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.errors import Text
from linkage.package.pairs import Pairs

if TYPE_CHECKING:
    from linkage.register import Summary
    from linkage.register.changes import Changed
    from linkage.tokens import TokenArray


def facts(summary: Summary) -> dict[str, object]:
    """The counts, for --json."""
    return {
        "partly": summary.rows_partly,
        "repaired": summary.repaired,
        "changed": {
            "joined": summary.changed,
            "unclear": summary.changes_unclear,
            "left_out": summary.changes_left_out,
        },
    }


def lines(summary: Summary) -> list[Text]:
    """The counts that are not zero, for a person."""
    told = (
        Text(
            "  {rows} of these rows {rows:has|have} a further number that is not linked",
            {"rows": summary.rows_partly},
        ),
        Text(
            "  {numbers:# identity number|# identity numbers} got back the zeros in front",
            {"numbers": summary.repaired},
        ),
        Text(
            "  {numbers:# previous number was|# previous numbers were} replaced by a newest one",
            {"numbers": summary.changed},
        ),
        Text(
            "  {groups:# person|# people} whose newest number nobody can tell: each number counts by itself",
            {"groups": summary.changes_unclear},
        ),
        Text(
            "  {numbers:# previous number is|# previous numbers are} not linked",
            {"numbers": summary.changes_left_out},
        ),
    )
    return [text for text in told if any(text.values.values())]


def pairs(changed: Changed, tokens: TokenArray) -> Pairs:
    """Pairs for the package. tokens: those of `changed.identifiers`, in their order."""
    return Pairs.of(tokens[changed.newest], tokens[changed.previous])
