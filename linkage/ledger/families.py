"""Which key a family has: one, noted by its check value, and none after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from linkage.ledger.errors import FamilyEndedError, OtherFamilyKeyError, StateError
from linkage.ledger.model import FamilyNote, RoundId, State
from linkage.ledger.tables import FamilyRow, RoundRow

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy.orm import Session


def find(session: Session, name: str) -> FamilyRow | None:
    """The row of a family, None where no key of it was noted."""
    return session.scalars(select(FamilyRow).where(FamilyRow.name == name)).one_or_none()


def note(session: Session, name: str, check: str, now: dt.datetime) -> FamilyRow:
    """The family's row, made where there is none. Raises OtherFamilyKeyError, FamilyEndedError."""
    found = find(session, name)
    if found is None:
        found = FamilyRow(name=name, key_check=check, created=now)
        session.add(found)
    check_going_on(as_note(found))
    same(found, check)
    return found


def check_going_on(found: FamilyNote) -> None:
    """Raises FamilyEndedError where the family's key is destroyed."""
    if found.destroyed is not None:
        raise FamilyEndedError(
            "the key of the family {family} was destroyed {day:%Y-%m-%d}",
            family=found.name,
            day=found.destroyed,
        )


def same(found: FamilyRow, check: str) -> None:
    """Raises OtherFamilyKeyError where the check value is another key's."""
    if found.key_check != check:
        raise OtherFamilyKeyError(
            "this is not the key of the family {family} that was made {day:%Y-%m-%d}",
            family=found.name,
            day=found.created,
        )


def no_round_going_on(session: Session, name: str) -> None:
    """Raises StateError where a round of the family is open or frozen."""
    wanted = select(RoundRow).where(RoundRow.name == name).order_by(RoundRow.number)
    for row in session.scalars(wanted):
        if row.state in {State.OPEN, State.FROZEN}:
            raise StateError(
                "the round {round} is {state}: its family has not ended",
                round=RoundId(row.name, row.number),
                state=State(row.state).word,
                hint="match it first, or end it: linkage purge --give-up",
            )


def as_note(row: FamilyRow) -> FamilyNote:
    """A row as a value."""
    return FamilyNote(row.name, row.key_check, row.created, row.destroyed)
