"""Ledgers for tests: a file, and a PostgreSQL schema of its own where a server answers."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

from linkage.ledger import Arrival, RoundId, Scope, Terms
from tests.needs import missing

SERVER = os.environ.get("LINKAGE_POSTGRES", "postgresql://postgres@127.0.0.1:5432")
KINDS = ("sqlite", "postgresql")
NOW = dt.datetime(2026, 11, 21, 20, 0, 0, 123456, tzinfo=dt.UTC)
ROUND = RoundId("malmo-sok", 1)
SCOPE = Scope("exact", (("af", "SHA256:a"), ("malmo", "SHA256:m")), dt.date(2020, 1, 1), dt.date(2020, 3, 31))
TERMS = Terms(ROUND, digest="d1" * 32, round_key="SHA256:round", retention_days=30)


def later(minutes: int) -> dt.datetime:
    """NOW and so many minutes."""
    return NOW + dt.timedelta(minutes=minutes)


def arrival(party: str, sequence: int) -> Arrival:
    """A package of this party, all its facts made of its sequence."""
    mark = f"{party}-{sequence}".encode().hex()
    return Arrival(
        party=party,
        id=mark[-32:].zfill(32),
        sequence=sequence,
        sha512=mark.zfill(128),
        check="c0" * 8,
        file=f"{ROUND}/{party}-{sequence}.link",
    )


@contextlib.contextmanager
def address(kind: str, folder: Path) -> Iterator[str]:
    """The address of a ledger that is not there yet; what it becomes is gone afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'ledger.db'}"
        return
    try:
        import psycopg

        server = psycopg.connect(f"{SERVER}/postgres", autocommit=True, connect_timeout=2)
    except (ImportError, OSError) as error:
        missing(f"psycopg ({type(error).__name__})")
    except psycopg.OperationalError:
        missing("a PostgreSQL server; set LINKAGE_POSTGRES to its address")
    schema = f"linkage_test_{uuid.uuid4().hex}"
    base = SERVER.replace("postgresql://", "postgresql+psycopg://")
    with server:
        server.execute(f'CREATE SCHEMA "{schema}"')
        try:
            yield f"{base}/postgres?options=-csearch_path%3D{schema}"
        finally:
            server.execute(f'DROP SCHEMA "{schema}" CASCADE')
