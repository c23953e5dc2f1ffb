"""Whom and when a round tells of, and what was taken of a budget of privacy."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three tables more. Rounds that were frozen before have no scope: it is noted when they go on."""
    op.create_table(
        "scopes",
        sa.Column("round_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_scopes_round_id")),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_scopes")),
    )
    op.create_table(
        "scope_parties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(100), nullable=False),
        sa.Column("identity", sa.String(100), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["scopes.round_id"], name=op.f("fk_scope_parties_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scope_parties")),
        sa.UniqueConstraint("round_id", "party", name=op.f("uq_scope_parties_round_id_party")),
    )
    op.create_table(
        "spendings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("epsilon", sa.String(60), nullable=False),
        sa.Column("delta", sa.String(60), nullable=False),
        sa.Column("family_epsilon", sa.String(60), nullable=False),
        sa.Column("family_delta", sa.String(60), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["scopes.round_id"], name=op.f("fk_spendings_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spendings")),
    )
    op.create_index(op.f("ix_spendings_round_id"), "spendings", ["round_id"])
