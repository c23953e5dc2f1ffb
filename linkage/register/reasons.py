"""The names under which refused rows are counted, and what a person reads for each."""

from __future__ import annotations

from linkage.errors import Text
from linkage.identifiers import scheme
from linkage.register.amounts import BROKEN, NO_AMOUNT, UNCLEAR
from linkage.register.when import NO_DATE, NO_DAY, NO_PERIOD, REVERSED

UNKNOWN_VALUE = "unknown-value"
NAMELESS = Text("a value that the map does not name")


def not_linked(kind: str) -> Text:
    """Why a row with an identifier of a kind that is not accepted is refused."""
    return Text("the agreement does not link this kind: {kind}", {"kind": kind})


def reason_text(slug: str, of_scheme: str) -> Text:
    """What a person reads for the name of a reason: of rows, of values, of identifiers, or a kind of them."""
    texts = {
        fault.slug: fault.text for fault in (NO_DAY, NO_DATE, REVERSED, NO_PERIOD, NO_AMOUNT, BROKEN, UNCLEAR)
    }
    texts[UNKNOWN_VALUE] = NAMELESS
    texts |= dict(scheme(of_scheme).reasons)
    return texts.get(slug) or not_linked(slug)
