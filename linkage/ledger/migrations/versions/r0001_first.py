"""The first tables: rounds, packages, refusals, releases and their chain, round keys, receipts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LARGEST_BYTES = 2**31 - 1


def upgrade() -> None:
    """Make the tables, and the one row of the chain."""
    op.create_table(
        "rounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("round_key", sa.String(100), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("opened", sa.DateTime(), nullable=False),
        sa.Column("frozen", sa.DateTime()),
        sa.Column("released", sa.DateTime()),
        sa.Column("failed", sa.DateTime()),
        sa.Column("failure", sa.Text()),
        sa.Column("purge_begun", sa.DateTime()),
        sa.Column("purge_complete", sa.Boolean()),
        sa.Column("purged", sa.DateTime()),
        sa.CheckConstraint(
            "state IN ('open', 'frozen', 'released', 'failed', 'purged')", name=op.f("ck_rounds_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
        sa.UniqueConstraint("name", "number", name=op.f("uq_rounds_name_number")),
    )
    op.create_table(
        "packages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(100), nullable=False),
        sa.Column("package_id", sa.String(32), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("sha512", sa.String(128), nullable=False),
        sa.Column("secret_check", sa.String(16), nullable=False),
        sa.Column("file", sa.String(255), nullable=False),
        sa.Column("received", sa.DateTime(), nullable=False),
        sa.Column("replaced", sa.DateTime()),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_packages_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packages")),
        sa.UniqueConstraint(
            "round_id", "party", "sequence", name=op.f("uq_packages_round_id_party_sequence")
        ),
        sa.UniqueConstraint("round_id", "package_id", name=op.f("uq_packages_round_id_package_id")),
    )
    op.create_table(
        "refusals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("failed_check", sa.String(100), nullable=False),
        sa.Column("sha512", sa.String(128), nullable=False),
        sa.Column("party", sa.String(100)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusals")),
    )
    op.create_index(op.f("ix_refusals_name"), "refusals", ["name"])
    op.create_table(
        "releases",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(64), nullable=False),
        sa.Column("release", sa.LargeBinary(LARGEST_BYTES), nullable=False),
        sa.Column("signature", sa.LargeBinary(64), nullable=False),
        sa.Column("made", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_releases_round_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_releases")),
        sa.UniqueConstraint("round_id", name=op.f("uq_releases_round_id")),
    )
    op.create_table(
        "round_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(100), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("destroyed", sa.DateTime()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_keys")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_round_keys_fingerprint")),
    )
    op.create_index(op.f("ix_round_keys_name"), "round_keys", ["name"])
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("data", sa.LargeBinary(LARGEST_BYTES), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_receipts_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
    )
    op.create_index(op.f("ix_receipts_round_id"), "receipts", ["round_id"])
    chain = op.create_table(
        "chain",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain")),
    )
    op.bulk_insert(chain, [{"id": 1, "number": 0, "hash": "0" * 64}])
