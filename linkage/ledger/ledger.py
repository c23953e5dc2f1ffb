"""The ledger's face: every step of a round, each one transaction; what it can be asked is in `lookup`.

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
from linkage.ledger.errors import MeanwhileError
from linkage.ledger.lookup import Lookup
from linkage.ledger.model import (
    Arrival,
    FamilyNote,
    Receipt,
    Received,
    Refusal,
    Released,
    Round,
    RoundId,
    Scope,
    Spending,
    State,
    Terms,
)
from linkage.ledger.schema import bring_up
from linkage.ledger.tables import ChainRow, ReceiptRow, RefusalRow, ReleaseRow, RoundKeyRow

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy.orm import Session

DEFAULT = "sqlite:///ledger.db"


class Ledger(Lookup):
    """The matcher's database. Every method raises LedgerError where the database does not answer."""

    @classmethod
    def open(cls, url: str = DEFAULT, *, create: bool = True) -> Self:
        """The ledger at an SQLAlchemy URL, brought to this program's version.

        create: make one where there is none; otherwise NoLedgerError. Raises LedgerError.
        """
        database = Database(url, create=create)
        bring_up(database, create=create)
        return cls(database)

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

    def release(
        self, round_id: RoundId, release: bytes, signature: bytes, made: dt.datetime, *, audited: int
    ) -> Released:
        """frozen → released: keep the signed bytes, numbered and chained.

        audited: the number of the last release that this one was audited with, 0 where there was none.

        Where the round was released meanwhile, that release is returned and this one forgotten: there is one.
        Raises StateError in any other state, ChainError, OtherMethodError, MetBeforeError,
        TooManyReleasesError; NotAuditedError where one that it meets came since: the round stays frozen.
        """
        with self._writing() as session:
            row = guards.known(session, round_id)
            before = rows.checked_releases(session, self.place)
            if row.release is not None:
                return rows.as_released(row.release)
            guards.expect(row, State.FROZEN)
            scope = rows.as_scope(row)
            history.check_releases(session, round_id, scope)
            history.check_audited(session, round_id, scope, audited)
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
