"""What people saved to read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "saved_papers",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("arxiv_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "arxiv_id", name="pk_saved_papers"),
    )
    op.create_index("ix_saved_papers_user_id_saved_at", "saved_papers", ["user_id", "saved_at"])
