"""The ledger's face: every question and every step of a round, each one transaction.

A step names the state that it starts from and is refused in any other, so of two programs that do the same
at once one goes on and the other is told. docs/ledger.md has the states and the tables.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Self

from sqlalchemy import select

from linkage.ledger import chain, families, guards, history, rows
from linkage.ledger.database import Database
from linkage.ledger.errors import MeanwhileError, RolledBackError
from linkage.ledger.model import (
    Arrival,
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
from linkage.ledger.schema import bring_up
from linkage.ledger.tables import (
    ChainRow,
    ReceiptRow,
    RefusalRow,
    ReleaseRow,
    RoundKeyRow,
    RoundRow,
)

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy.orm import Session

DEFAULT = "sqlite:///ledger.db"


class Ledger:
    """The matcher's database. Every method raises LedgerError where the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, url: str = DEFAULT, *, create: bool = True) -> Self:
        """The ledger at an SQLAlchemy URL, brought to this program's version.

        create: make one where there is none; otherwise NoLedgerError. Raises LedgerError.
        """
        database = Database(url, create=create)
        bring_up(database, create=create)
        return cls(database)

    @property
    def place(self) -> str:
        """Where the ledger is, without user and password."""
        return self._database.place

    # -- what the ledger knows ----------------------------------------------------------------------------

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

    def check_history(self, round_id: RoundId, scope: Scope, spending: Spending | None) -> None:
        """What spend and release would say. Raises TooManyReleasesError, BudgetSpentError."""
        with self._database.session(writes=False) as session:
            history.check_releases(session, round_id, scope)
            if spending is not None:
                history.check_budget(session, scope, spending)

    # -- the steps of a family's key ----------------------------------------------------------------------

    def note_family(self, name: str, check: str, now: dt.datetime) -> FamilyNote:
        """Note the family's key by its check value; noted already: nothing changes.

        Raises OtherFamilyKeyError where another is noted, FamilyEndedError where it was destroyed.
        """
        with self._writing() as session:
            return families.as_note(families.note(session, name, check, now))

    def end_family(self, name: str, check: str, now: dt.datetime) -> FamilyNote:
        """Note that the family's key is about to be destroyed; noted already: the time stays.

        Raises OtherFamilyKeyError where another is noted, StateError where a round of the family goes on.
        """
        with self._writing() as session:
            families.no_round_going_on(session, name)
            row = families.find(session, name) or families.note(session, name, check, now)
            families.same(row, check)
            row.destroyed = row.destroyed or now
            return families.as_note(row)

    # -- the steps of a round -----------------------------------------------------------------------------

    def note_round_key(self, round_id: RoundId, fingerprint: str, now: dt.datetime) -> None:
        """Note a new round key; noted already: nothing changes.

        Raises StateError where a package of the round has been received: the round has its key.
        """
        with self._writing() as session:
            found = session.scalars(select(RoundKeyRow).where(RoundKeyRow.fingerprint == fingerprint)).first()
            if found is not None:
                return
            guards.not_begun(session, round_id)
            session.add(
                RoundKeyRow(name=round_id.name, number=round_id.number, fingerprint=fingerprint, created=now)
            )

    def check_not_begun(self, round_id: RoundId) -> None:
        """What note_round_key would say of a new key. Raises StateError."""
        with self._database.session(writes=False) as session:
            guards.not_begun(session, round_id)

    def refuse(self, round_id: RoundId, refusals: Sequence[Refusal]) -> None:
        """Note what was refused."""
        with self._writing() as session:
            session.add_all(
                RefusalRow(
                    name=round_id.name,
                    number=round_id.number,
                    at=refusal.at,
                    failed_check=refusal.check,
                    sha512=refusal.sha512,
                    party=refusal.party,
                )
                for refusal in refusals
            )

    def receive(self, terms: Terms, arrivals: Sequence[Arrival], now: dt.datetime) -> tuple[Received, ...]:
        """Accept packages, all or none; each replaces its party's older one. Returns those replaced.

        The first accepted package begins the round. What was accepted before, replaced or not, changes
        nothing, in any state of the round. Raises OtherAgreementError, ClosedError, OlderError, and
        AnotherSecretError where those that count then were made with different secrets.
        """
        with self._writing() as session:
            row = rows.find_round(session, terms.id) or guards.begin(session, terms, now)
            here = {package.sha512 for package in row.packages}
            new = [arrival for arrival in arrivals if arrival.sha512 not in here]
            guards.check_open(row, terms, new=bool(new))
            replaced = tuple(old for arrival in new for old in guards.accept(session, row, arrival, now))
            if new:
                guards.same_secret(row)
            return replaced

    def check_open(self, terms: Terms, *, new: bool) -> None:
        """What receive would say; new: whether a package is new. Raises OtherAgreementError, ClosedError."""
        with self._database.session(writes=False) as session:
            row = rows.find_round(session, terms.id)
            if row is not None:
                guards.check_open(row, terms, new=new)

    def freeze(self, round_id: RoundId, packages: Collection[str], now: dt.datetime, scope: Scope) -> Round:
        """open → frozen: from here on these packages count and no others. packages: their sha512, hex.

        Any later state is left as it is and returned. Raises MeanwhileError where other packages count,
        AnotherSecretError where these cannot be counted together.
        """
        with self._writing() as session:
            row = guards.known(session, round_id)
            if {package.sha512 for package in rows.counted(row)} != set(packages):
                raise MeanwhileError(
                    "another program changed the packages of the round {round}", round=round_id
                )
            if row.state in {State.OPEN, State.FROZEN}:
                guards.same_secret(row)
                history.note(row, scope)
            if row.state == State.OPEN:
                row.state, row.frozen = State.FROZEN.value, now
            return rows.as_round(row)

    def spend(self, round_id: RoundId, spending: Spending) -> None:
        """Take what a release of a frozen round costs, before anything of it is drawn; for good.

        Each drawing costs, also the second of a round whose first was lost. Raises StateError, and
        BudgetSpentError where a promise would be broken.
        """
        with self._writing() as session:
            row = guards.known(session, round_id)
            guards.expect(row, State.FROZEN)
            scope = rows.as_scope(row)
            if scope is not None:
                history.check_budget(session, scope, spending)
            history.spend(row, spending)

    def release(self, round_id: RoundId, release: bytes, signature: bytes, made: dt.datetime) -> Released:
        """frozen → released: keep the signed bytes, numbered and chained.

        Where the round was released meanwhile, that release is returned and this one forgotten: there is one.
        Raises StateError in any other state, ChainError, TooManyReleasesError.
        """
        with self._writing() as session:
            row = guards.known(session, round_id)
            before = rows.checked_releases(session, self.place)
            if row.release is not None:
                return rows.as_released(row.release)
            guards.expect(row, State.FROZEN)
            history.check_releases(session, round_id, rows.as_scope(row))
            history.spent(row)
            end = session.get_one(ChainRow, 1)
            number = len(before) + 1
            end.number = number
            end.hash = chain.link(bytes.fromhex(end.hash), number, release, signature).hex()
            row.state, row.released = State.RELEASED.value, made
            row.release = ReleaseRow(
                number=number, chain=end.hash, release=release, signature=signature, made=made
            )
            session.flush()
            return rows.as_released(row.release)

    def fail(self, round_id: RoundId, why: str, now: dt.datetime) -> Round:
        """open or frozen → failed: the round has ended without a release. why: one English line, no data.

        A round that has failed already keeps its first reason. Raises StateError in any other state.
        """
        with self._writing() as session:
            row = guards.known(session, round_id)
            if row.state != State.FAILED:
                guards.expect(row, State.OPEN, State.FROZEN)
                row.state, row.failed, row.failure = State.FAILED.value, now, why
            return rows.as_round(row)

    def begin_purge(self, round_id: RoundId, now: dt.datetime, *, complete: bool = True) -> Round:
        """Note that the destruction of a released or failed round begins, so that it can be finished.

        complete: whether its key and all its packages are there, or noted as destroyed. Begun before: the
        time stays, and what was incomplete once is so for good. Raises StateError in any other state.
        """
        with self._writing() as session:
            row = guards.known(session, round_id)
            guards.expect(row, State.RELEASED, State.FAILED)
            if row.purge_begun is None:
                row.purge_begun, row.purge_complete = now, complete
            row.purge_complete = bool(row.purge_complete) and complete
            return rows.as_round(row)

    def note_destroyed(
        self, round_id: RoundId, now: dt.datetime, *, key: bool = False, packages: bool = False
    ) -> Round:
        """Note what the purge has destroyed: the round key, or all packages. Noted before: the time stays.

        Raises StateError where begin_purge did not come first.
        """
        with self._writing() as session:
            row = guards.known(session, round_id)
            guards.purging(row)
            if key:
                row.key_destroyed = row.key_destroyed or now
            if packages:
                row.packages_destroyed = row.packages_destroyed or now
            return rows.as_round(row)

    def finish_purge(self, round_id: RoundId, receipt: bytes, now: dt.datetime) -> Receipt:
        """released or failed → purged: round key and packages are destroyed, and the receipt says so.

        Raises StateError where begin_purge did not come first; where everything was there when it began, also
        where note_destroyed does not say of both that they are destroyed.
        """
        with self._writing() as session:
            row = guards.known(session, round_id)
            guards.purging(row)
            guards.destroyed(row)
            row.state, row.purged = State.PURGED.value, now
            row.receipts.append(ReceiptRow(at=now, data=receipt))
            key = session.scalars(
                select(RoundKeyRow).where(RoundKeyRow.fingerprint == row.round_key)
            ).one_or_none()
            if key is None:
                key = RoundKeyRow(
                    name=row.name, number=row.number, fingerprint=row.round_key, created=row.opened
                )
                session.add(key)
            key.destroyed = row.key_destroyed or now
            return Receipt(round_id, now, receipt)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Session]:
        """One transaction that has the ledger alone: programs that write take turns at the chain's row."""
        with self._database.session(writes=True) as session:
            session.get_one(ChainRow, 1, with_for_update=True)
            yield session
