"""Run by alembic: migrates over the connection that `linkage.ledger.schema` opened."""

from __future__ import annotations

from alembic import context

from linkage.ledger.schema import VERSION_TABLE
from linkage.ledger.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,  # SQLite too: all of a migration, or nothing
)
with context.begin_transaction():
    context.run_migrations()
