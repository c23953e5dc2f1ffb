"""What must hold before a step is taken, asked of the rows inside the step's own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.ledger import rows
from linkage.ledger.errors import ClosedError, OlderError, OtherAgreementError, StateError
from linkage.ledger.model import Arrival, Received, RoundId, State, Terms
from linkage.ledger.tables import PackageRow, RoundRow
from linkage.package.errors import AnotherSecretError

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy.orm import Session


def known(session: Session, round_id: RoundId) -> RoundRow:
    """The row of a round that has begun. Raises StateError."""
    row = rows.find_round(session, round_id)
    if row is None:
        raise StateError("the ledger does not know the round {round}", round=round_id)
    return row


def expect(row: RoundRow, *states: State) -> None:
    """Raises StateError unless the round is in one of these states."""
    if row.state not in states:
        raise StateError(
            "the round {round} is {state}", round=RoundId(row.name, row.number), state=State(row.state).word
        )


def not_begun(session: Session, round_id: RoundId) -> None:
    """Raises StateError where a package of the round has been received."""
    if rows.find_round(session, round_id) is not None:
        raise StateError(
            "the round {round} has begun and has its key",
            round=round_id,
            hint="a new round key belongs to a new round: linkage agreement next",
        )


def check_open(row: RoundRow, terms: Terms, *, new: bool) -> None:
    """Raises OtherAgreementError, and where a package is new ClosedError, unless the round takes packages."""
    if row.digest != terms.digest:
        raise OtherAgreementError(
            "the round {round} was begun under another agreement: digest {digest}",
            round=terms.id,
            digest=row.digest,
        )
    if new and row.state != State.OPEN:
        raise _closed(row)


def _closed(row: RoundRow) -> ClosedError:
    round_id = RoundId(row.name, row.number)
    if row.state == State.FROZEN:
        return ClosedError("the packages of the round {round} are frozen", round=round_id)
    if row.state == State.FAILED:
        return ClosedError("the round {round} has ended without a release", round=round_id)
    if row.state == State.PURGED:
        return ClosedError("the round {round} has been purged", round=round_id)
    return ClosedError("the round {round} has been matched", round=round_id)


def begin(session: Session, terms: Terms, now: dt.datetime) -> RoundRow:
    """A new round, open."""
    row = RoundRow(
        name=terms.id.name,
        number=terms.id.number,
        digest=terms.digest,
        round_key=terms.round_key,
        retention_days=terms.retention_days,
        state=State.OPEN.value,
        opened=now,
    )
    session.add(row)
    return row


def accept(session: Session, row: RoundRow, arrival: Arrival, now: dt.datetime) -> list[Received]:
    """Put the package in its party's place; the packages that it replaces. Raises OlderError."""
    older = [package for package in row.packages if package.party == arrival.party]
    if any(package.sequence >= arrival.sequence for package in older):
        raise OlderError("a newer package of {party} is here", party=arrival.party)
    if any(package.package_id == arrival.id for package in older):
        raise OlderError("another package of {party} with the same id is here", party=arrival.party)
    replaced = [package for package in older if package.replaced is None]
    for package in replaced:
        package.replaced = now
    row.packages.append(
        PackageRow(
            party=arrival.party,
            package_id=arrival.id,
            sequence=arrival.sequence,
            sha512=arrival.sha512,
            secret_check=arrival.check,
            file=arrival.file,
            received=now,
        )
    )
    session.flush()
    return [rows.as_received(package) for package in replaced]


def same_secret(row: RoundRow) -> None:
    """Raises AnotherSecretError where packages that count were made with different secrets.

    Asked in the transaction: of two programs that receive at once, neither has seen the other's package.
    """
    counted = sorted(rows.counted(row), key=lambda package: package.received)
    for other in counted:
        if other.secret_check != counted[-1].secret_check:
            raise AnotherSecretError(
                "the package of {party} was made with another secret than that of {other}",
                party=counted[-1].party,
                other=other.party,
            )


def purging(row: RoundRow) -> None:
    """Raises StateError unless the destruction of the round has begun and not ended."""
    expect(row, State.RELEASED, State.FAILED)
    if row.purge_begun is None:
        raise StateError("the purge of the round {round} was not begun", round=RoundId(row.name, row.number))


def destroyed(row: RoundRow) -> None:
    """Raises StateError where a purge that found everything has not noted that it destroyed everything."""
    if row.purge_complete and (row.key_destroyed is None or row.packages_destroyed is None):
        raise StateError(
            "the purge of the round {round} has not destroyed everything",
            round=RoundId(row.name, row.number),
        )
