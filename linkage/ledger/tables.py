"""The tables as SQLAlchemy maps them. Nothing of this leaves `linkage.ledger`.

What stands here and what the migrations make is compared by a test.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    Dialect,
    ForeignKey,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy import DateTime as SqlDateTime
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
LARGEST_BYTES = 2**31 - 1  # MySQL cuts at 64 KiB unless a length is named


class Utc(TypeDecorator[dt.datetime]):
    """An aware time, stored as UTC without a zone: SQLite keeps none."""

    impl = SqlDateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Aware → naive UTC."""
        del dialect
        return None if value is None else value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Naive UTC → aware."""
        del dialect
        return None if value is None else value.replace(tzinfo=dt.UTC)


class Base(DeclarativeBase):
    """All tables of the ledger."""

    metadata = MetaData(naming_convention=NAMING)


class RoundRow(Base):
    """One round; made when its first package is received."""

    __tablename__ = "rounds"
    __table_args__ = (
        UniqueConstraint("name", "number"),
        CheckConstraint("state IN ('open', 'frozen', 'released', 'failed', 'purged')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    round_key: Mapped[str] = mapped_column(String(100))
    retention_days: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    opened: Mapped[dt.datetime] = mapped_column(Utc)
    frozen: Mapped[dt.datetime | None] = mapped_column(Utc)
    released: Mapped[dt.datetime | None] = mapped_column(Utc)
    failed: Mapped[dt.datetime | None] = mapped_column(Utc)
    failure: Mapped[str | None] = mapped_column(Text)
    purge_begun: Mapped[dt.datetime | None] = mapped_column(Utc)
    purge_complete: Mapped[bool | None]
    key_destroyed: Mapped[dt.datetime | None] = mapped_column(Utc)
    packages_destroyed: Mapped[dt.datetime | None] = mapped_column(Utc)
    purged: Mapped[dt.datetime | None] = mapped_column(Utc)

    packages: Mapped[list[PackageRow]] = relationship(
        back_populates="round", order_by=lambda: (PackageRow.party, PackageRow.sequence)
    )
    release: Mapped[ReleaseRow | None] = relationship(back_populates="round")
    scope: Mapped[ScopeRow | None] = relationship(back_populates="round")
    receipts: Mapped[list[ReceiptRow]] = relationship(back_populates="round", order_by=lambda: ReceiptRow.id)


class PackageRow(Base):
    """One accepted package; replaced is empty for the one that counts."""

    __tablename__ = "packages"
    __table_args__ = (
        UniqueConstraint("round_id", "party", "sequence"),
        UniqueConstraint("round_id", "party", "package_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    party: Mapped[str] = mapped_column(String(100))
    package_id: Mapped[str] = mapped_column(String(32))
    sequence: Mapped[int] = mapped_column(BigInteger)
    sha512: Mapped[str] = mapped_column(String(128))
    secret_check: Mapped[str] = mapped_column(String(16))
    file: Mapped[str] = mapped_column(String(255))
    received: Mapped[dt.datetime] = mapped_column(Utc)
    replaced: Mapped[dt.datetime | None] = mapped_column(Utc)

    round: Mapped[RoundRow] = relationship(back_populates="packages")


class RefusalRow(Base):
    """One refused file. It names a round and belongs to none: a refused file begins no round."""

    __tablename__ = "refusals"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), index=True)
    number: Mapped[int]
    at: Mapped[dt.datetime] = mapped_column(Utc)
    failed_check: Mapped[str] = mapped_column(String(100))
    sha512: Mapped[str] = mapped_column(String(128))
    party: Mapped[str | None] = mapped_column(String(100))


class ReleaseRow(Base):
    """One release, its bytes as signed; numbered and chained over all rounds."""

    __tablename__ = "releases"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), unique=True)
    chain: Mapped[str] = mapped_column(String(64))
    release: Mapped[bytes] = mapped_column(LargeBinary(LARGEST_BYTES))
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))
    made: Mapped[dt.datetime] = mapped_column(Utc)

    round: Mapped[RoundRow] = relationship(back_populates="release")


class ChainRow(Base):
    """The one row that says how long the chain is and where it ends; whoever writes locks it first."""

    __tablename__ = "chain"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class RoundKeyRow(Base):
    """That a round key was made and destroyed; never the key."""

    __tablename__ = "round_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), index=True)
    number: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(String(100), unique=True)
    created: Mapped[dt.datetime] = mapped_column(Utc)
    destroyed: Mapped[dt.datetime | None] = mapped_column(Utc)


class FamilyRow(Base):
    """That a family has its key, by a check value that tells nothing of it; never the key."""

    __tablename__ = "families"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    key_check: Mapped[str] = mapped_column(String(16))
    created: Mapped[dt.datetime] = mapped_column(Utc)
    destroyed: Mapped[dt.datetime | None] = mapped_column(Utc)


class ReceiptRow(Base):
    """One signed receipt of what was destroyed."""

    __tablename__ = "receipts"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), index=True)
    at: Mapped[dt.datetime] = mapped_column(Utc)
    data: Mapped[bytes] = mapped_column(LargeBinary(LARGEST_BYTES))

    round: Mapped[RoundRow] = relationship(back_populates="receipts")


class ScopeRow(Base):
    """Whom and which days a round tells of, by which method; made when its packages are frozen."""

    __tablename__ = "scopes"

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), primary_key=True, autoincrement=False)
    method: Mapped[str] = mapped_column(String(20))
    first_day: Mapped[dt.date] = mapped_column(Date)
    last_day: Mapped[dt.date] = mapped_column(Date)

    round: Mapped[RoundRow] = relationship(back_populates="scope")
    parties: Mapped[list[ScopePartyRow]] = relationship(order_by=lambda: ScopePartyRow.party)
    spendings: Mapped[list[SpendingRow]] = relationship(
        back_populates="scope", order_by=lambda: SpendingRow.id
    )


class ScopePartyRow(Base):
    """One party of a round, by its name and its fingerprint."""

    __tablename__ = "scope_parties"
    __table_args__ = (UniqueConstraint("round_id", "party"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("scopes.round_id"))
    party: Mapped[str] = mapped_column(String(100))
    identity: Mapped[str] = mapped_column(String(100))


class SpendingRow(Base):
    """What was taken of a budget of privacy, before anything was drawn; fractions as text."""

    __tablename__ = "spendings"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("scopes.round_id"), index=True)
    epsilon: Mapped[str] = mapped_column(String(60))
    delta: Mapped[str] = mapped_column(String(60))
    family_epsilon: Mapped[str] = mapped_column(String(60))
    family_delta: Mapped[str] = mapped_column(String(60))
    at: Mapped[dt.datetime] = mapped_column(Utc)

    scope: Mapped[ScopeRow] = relationship(back_populates="spendings")
