"""The names under which refused rows are counted, and what a person reads for each."""

from __future__ import annotations

from linkage.errors import Text
from linkage.identifiers import reasons
from linkage.register.amounts import BROKEN, NO_AMOUNT, UNCLEAR
from linkage.register.when import NO_DATE, NO_DAY, NO_PERIOD, REVERSED

UNKNOWN_VALUE = "unknown-value"
NAMELESS = Text("a value that the map does not name")
LOST = (
    "lost-zeros",
    Text(
        'seven to nine digits, zeros in front were lost: repair = "leading-zeros" in the map puts them back'
    ),
)
SHORTENED = ("shortened", Text("a spreadsheet shortened the number to a power of ten"))


_KINDS = {
    "interim": Text("interim number"),
    "reserve": Text("reserve number"),
    "tf": Text("TF number"),
    "lma": Text("LMA number"),
    "unreadable": Text("unreadable"),
}


def kind_text(kind: str) -> Text | str:
    """What a person reads for a kind of identifier: its own name where that is a word."""
    return _KINDS.get(kind, kind)


def not_linked(kind: str) -> Text:
    """Why a row with an identifier of a kind that is not accepted is refused."""
    return Text("the agreement does not link this kind: {kind}", {"kind": kind_text(kind)})


def beside(reason: Text) -> Text:
    """Why one number of a row is not linked, and the row is used for the others."""
    return Text("one of several numbers is left out: {reason}", {"reason": reason})


def before(reason: Text) -> Text:
    """Why a previous number is left out; the row is used."""
    return Text("the previous number is left out: {reason}", {"reason": reason})


def reason_text(slug: str, of_scheme: str) -> Text:
    """What a person reads for the name of a reason: of rows, of values, of identifiers, or a kind of them."""
    texts = {
        fault.slug: fault.text for fault in (NO_DAY, NO_DATE, REVERSED, NO_PERIOD, NO_AMOUNT, BROKEN, UNCLEAR)
    }
    texts[UNKNOWN_VALUE] = NAMELESS
    texts |= dict((LOST, SHORTENED)) | dict(reasons(of_scheme))
    return texts.get(slug) or not_linked(slug)


def is_lost(reason: Text) -> bool:
    """Whether a row with this reason is lost by a mistake in it: not a kind that is not agreed."""
    harmless = (NAMELESS, not_linked(""), before(NAMELESS), beside(NAMELESS))
    return reason.template not in {text.template for text in harmless}
