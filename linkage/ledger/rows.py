"""Rows of the tables as plain values, and the reading that several steps share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from linkage.ledger import chain
from linkage.ledger.errors import ChainError
from linkage.ledger.model import (
    Receipt,
    Received,
    Refusal,
    Released,
    Round,
    RoundId,
    RoundKeyNote,
    Scope,
    State,
    Terms,
)
from linkage.ledger.tables import ChainRow, ReleaseRow, RoundRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from linkage.ledger.tables import PackageRow, ReceiptRow, RefusalRow, RoundKeyRow


def find_round(session: Session, round_id: RoundId) -> RoundRow | None:
    """The row of a round, None where nothing of it was received."""
    wanted = select(RoundRow).where(RoundRow.name == round_id.name, RoundRow.number == round_id.number)
    return session.scalars(wanted).one_or_none()


def counted(row: RoundRow) -> list[PackageRow]:
    """The packages that count: one a party, by party."""
    return [package for package in row.packages if package.replaced is None]


def checked_releases(session: Session, place: str) -> list[ReleaseRow]:
    """All releases in order. Raises ChainError where one was changed or removed."""
    rows = list(session.scalars(select(ReleaseRow).order_by(ReleaseRow.number)))
    before = chain.START
    for number, row in enumerate(rows, start=1):
        before = chain.link(before, number, row.release, row.signature)
        if row.number != number or row.chain != before.hex():
            raise ChainError(
                "the ledger's chain of releases breaks at number {number}: {place}",
                number=number,
                place=place,
            )
    end = session.get_one(ChainRow, 1)
    if (end.number, end.hash) != (len(rows), before.hex()):
        raise ChainError("the ledger lacks releases that it has made: {place}", place=place)
    return rows


def as_round(row: RoundRow) -> Round:
    """A row as a value."""
    return Round(
        terms=Terms(RoundId(row.name, row.number), row.digest, row.round_key, row.retention_days),
        state=State(row.state),
        opened=row.opened,
        frozen=row.frozen,
        released=row.released,
        failed=row.failed,
        failure=row.failure,
        purge_begun=row.purge_begun,
        purge_complete=row.purge_complete,
        key_destroyed=row.key_destroyed,
        packages_destroyed=row.packages_destroyed,
        purged=row.purged,
    )


def as_received(row: PackageRow) -> Received:
    """A row as a value."""
    return Received(
        party=row.party,
        id=row.package_id,
        sequence=row.sequence,
        sha512=row.sha512,
        check=row.secret_check,
        file=row.file,
        received=row.received,
        replaced=row.replaced,
    )


def as_refusal(row: RefusalRow) -> Refusal:
    """A row as a value."""
    return Refusal(at=row.at, check=row.failed_check, sha512=row.sha512, party=row.party)


def as_released(row: ReleaseRow) -> Released:
    """A row as a value, with the packages that it was counted from."""
    return Released(
        id=RoundId(row.round.name, row.round.number),
        number=row.number,
        chain=row.chain,
        release=row.release,
        signature=row.signature,
        made=row.made,
        packages=tuple(as_received(package) for package in counted(row.round)),
        scope=as_scope(row.round),
    )


def as_scope(row: RoundRow) -> Scope | None:
    """Whom and when a round tells of, None where it was not noted."""
    if row.scope is None:
        return None
    parties = tuple((party.party, party.identity) for party in row.scope.parties)
    return Scope(row.scope.method, parties, row.scope.first_day, row.scope.last_day)


def as_round_key(row: RoundKeyRow) -> RoundKeyNote:
    """A row as a value."""
    return RoundKeyNote(
        id=RoundId(row.name, row.number),
        fingerprint=row.fingerprint,
        created=row.created,
        destroyed=row.destroyed,
    )


def as_receipt(row: ReceiptRow) -> Receipt:
    """A row as a value."""
    return Receipt(id=RoundId(row.round.name, row.round.number), at=row.at, data=row.data)
