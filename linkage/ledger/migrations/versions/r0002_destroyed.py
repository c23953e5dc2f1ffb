"""What a purge has destroyed, each in a step of its own; a package's id is its party's alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two times more for a round; no party can take the id of another's package."""
    op.add_column("rounds", sa.Column("key_destroyed", sa.DateTime()))
    op.add_column("rounds", sa.Column("packages_destroyed", sa.DateTime()))
    with op.batch_alter_table("packages") as packages:  # SQLite makes the table anew, all rows in it
        packages.drop_constraint(op.f("uq_packages_round_id_package_id"), type_="unique")
        packages.create_unique_constraint(
            op.f("uq_packages_round_id_party_package_id"), ["round_id", "party", "package_id"]
        )
