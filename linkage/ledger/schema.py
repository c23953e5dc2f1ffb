"""Bringing a ledger to this program's version, whatever version it has; docs/decisions/ says why in here."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, Table, inspect, select
from sqlalchemy.sql import text

from linkage.ledger.errors import DamagedError, ForeignError, NewerError, NoLedgerError
from linkage.ledger.tables import Base

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from linkage.ledger.database import Database

VERSION_TABLE = "linkage_version"
_POSTGRES_LOCK = 0x6C696E6B616765  # "linkage": two programs that find an empty database take turns


def bring_up(database: Database, *, create: bool) -> None:
    """Migrate to the newest version. create: also where there is no ledger yet.

    Raises NewerError where the ledger is ahead of this program, ForeignError where the database is somebody
    else's, NoLedgerError where there is none and create is False, DamagedError where SQLite finds damage.
    """
    newest = newest_version()
    with database.connection(writes=False) as connection:
        if database.is_file:
            _look_for_damage(connection, database.place)
        found = _version(connection, database)
    if found == newest:
        return
    if found is None and not create:
        raise NoLedgerError("no ledger here: {place}", place=database.place)
    with database.connection(writes=True) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_POSTGRES_LOCK})"))
        if _version(connection, database) != newest:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def newest_version() -> str:
    """The newest version that this program knows."""
    head = _scripts().get_current_head()
    assert head is not None  # noqa: S101 - the package always holds its migrations
    return head


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "linkage.ledger:migrations")
    config.set_main_option("path_separator", "os")
    return config


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _version(connection: Connection, database: Database) -> str | None:
    """The version of the ledger in this database, None where there is none yet."""
    tables = set(inspect(connection).get_table_names())
    if VERSION_TABLE not in tables:
        if tables if database.is_file else tables & set(Base.metadata.tables):
            raise ForeignError("the database is another program's: {place}", place=database.place)
        return None
    table = Table(VERSION_TABLE, MetaData(), autoload_with=connection)
    found = connection.scalars(select(table.c.version_num)).one_or_none()
    if found is None:
        return None
    known = [script.revision for script in _scripts().walk_revisions()]
    if found not in known:
        raise NewerError(
            "the ledger has version {found}, this program knows versions up to {newest}: {place}",
            found=found,
            newest=known[0],
            place=database.place,
        )
    return str(found)


def _look_for_damage(connection: Connection, place: str) -> None:
    if connection.execute(text("PRAGMA quick_check(1)")).scalar_one() != "ok":
        raise DamagedError("the ledger is damaged: {place}", place=place)
