"""What the ledger can be asked, each question one transaction that changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from linkage.ledger import budgets, chain, families, guards, history, rows
from linkage.ledger.database import Database
from linkage.ledger.errors import RolledBackError
from linkage.ledger.model import (
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
    Terms,
)
from linkage.ledger.tables import RefusalRow, RoundKeyRow, RoundRow

if TYPE_CHECKING:
    from collections.abc import Sequence


class Lookup:
    """What the ledger knows. Every method raises LedgerError where the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def place(self) -> str:
        """Where the ledger is, without user and password."""
        return self._database.place

    def round(self, round_id: RoundId) -> Round | None:
        """The round, None where no package of it was ever received."""
        with self._database.session(writes=False) as session:
            row = rows.find_round(session, round_id)
            return None if row is None else rows.as_round(row)

    def rounds(self) -> tuple[Round, ...]:
        """All rounds by name and number."""
        with self._database.session(writes=False) as session:
            found = session.scalars(select(RoundRow).order_by(RoundRow.name, RoundRow.number))
            return tuple(rows.as_round(row) for row in found)

    def packages(self, round_id: RoundId) -> tuple[Received, ...]:
        """Everything accepted for a round, replaced packages too, by party and sequence."""
        with self._database.session(writes=False) as session:
            row = rows.find_round(session, round_id)
            return () if row is None else tuple(rows.as_received(package) for package in row.packages)

    def refusals(self, round_id: RoundId) -> tuple[Refusal, ...]:
        """What was refused for a round, oldest first."""
        wanted = (
            select(RefusalRow)
            .where(RefusalRow.name == round_id.name, RefusalRow.number == round_id.number)
            .order_by(RefusalRow.id)
        )
        with self._database.session(writes=False) as session:
            return tuple(rows.as_refusal(row) for row in session.scalars(wanted))

    def releases(self) -> tuple[Released, ...]:
        """Every release ever made, in order. Raises ChainError where one was changed or removed."""
        with self._database.session(writes=False) as session:
            return tuple(rows.as_released(row) for row in rows.checked_releases(session, self.place))

    def released(self, round_id: RoundId) -> Released | None:
        """The release of a round, None where there is none. Raises ChainError."""
        return next((release for release in self.releases() if release.id == round_id), None)

    def round_keys(self, round_id: RoundId) -> tuple[RoundKeyNote, ...]:
        """The round keys made for a round, oldest first."""
        wanted = (
            select(RoundKeyRow)
            .where(RoundKeyRow.name == round_id.name, RoundKeyRow.number == round_id.number)
            .order_by(RoundKeyRow.id)
        )
        with self._database.session(writes=False) as session:
            return tuple(rows.as_round_key(row) for row in session.scalars(wanted))

    def receipts(self, round_id: RoundId) -> tuple[Receipt, ...]:
        """The signed receipts of a round, oldest first."""
        with self._database.session(writes=False) as session:
            row = rows.find_round(session, round_id)
            return () if row is None else tuple(rows.as_receipt(receipt) for receipt in row.receipts)

    def family(self, name: str) -> FamilyNote | None:
        """What is noted of the family's key, None where the ledger has seen none."""
        with self._database.session(writes=False) as session:
            row = families.find(session, name)
            return None if row is None else families.as_note(row)

    def spendings(self) -> tuple[Spending, ...]:
        """Everything that was ever taken of a budget of privacy, oldest first."""
        with self._database.session(writes=False) as session:
            return tuple(history.spendings(session))

    def budgets(self, scope: Scope, spending: Spending) -> tuple[Budget, Budget]:
        """What is taken and left of ε and of δ, for a round that would take this."""
        with self._database.session(writes=False) as session:
            return budgets.of_epsilon(session, scope, spending), budgets.of_delta(session, scope, spending)

    def head(self) -> Head:
        """How far the ledger has come. Raises ChainError."""
        with self._database.session(writes=False) as session:
            made = rows.checked_releases(session, self.place)
            last = made[-1].chain if made else chain.START.hex()
            return Head(len(made), last, len(tuple(history.spendings(session))))

    def check_head(self, head: Head) -> None:
        """Raises RolledBackError where the ledger lacks what it had when it was as far as this."""
        releases, spendings = self.releases(), self.spendings()
        known = releases[head.releases - 1].chain if 0 < head.releases <= len(releases) else chain.START.hex()
        if len(releases) < head.releases or known != head.chain or len(spendings) < head.spendings:
            raise RolledBackError("the ledger is older than what was done with it: {place}", place=self.place)

    def check_history(
        self, round_id: RoundId, scope: Scope, spending: Spending | None, unnoted: Sequence[Scope] = ()
    ) -> None:
        """What spend and release would say. unnoted: of releases whose scope the ledger did not note.

        Raises OtherMethodError, MetBeforeError, TooManyReleasesError, BudgetSpentError.
        """
        with self._database.session(writes=False) as session:
            history.check_releases(session, round_id, scope, unnoted)
            if spending is not None:
                history.check_budget(session, scope, spending)

    def check_not_begun(self, round_id: RoundId) -> None:
        """What note_round_key would say of a new key. Raises StateError."""
        with self._database.session(writes=False) as session:
            guards.not_begun(session, round_id)

    def check_open(self, terms: Terms, *, new: bool) -> None:
        """What receive would say; new: whether a package is new. Raises OtherAgreementError, ClosedError."""
        with self._database.session(writes=False) as session:
            row = rows.find_round(session, terms.id)
            if row is not None:
                guards.check_open(row, terms, new=new)
