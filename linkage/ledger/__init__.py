"""The matcher's ledger: packages received, what was refused, releases made, keys destroyed.

The only importer of SQLAlchemy's ORM. What leaves it are the plain values of `linkage.ledger.model`.
"""

from linkage.ledger.ledger import DEFAULT, Ledger
from linkage.ledger.model import (
    Arrival,
    Budget,
    FamilyNote,
    Head,
    Receipt,
    Received,
    Refusal,
    Released,
    Round,
    RoundId,
    RoundKeyNote,
    Scope,
    Spending,
    State,
    Terms,
)

__all__ = [
    "DEFAULT",
    "Arrival",
    "Budget",
    "FamilyNote",
    "Head",
    "Ledger",
    "Receipt",
    "Received",
    "Refusal",
    "Released",
    "Round",
    "RoundId",
    "RoundKeyNote",
    "Scope",
    "Spending",
    "State",
    "Terms",
]
