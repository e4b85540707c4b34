"""Digests that were shown on request before all of their texts were translated."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "open_answers",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.Column("is_file", sa.Boolean(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "message_id", name="pk_open_answers"),
        sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name="fk_open_answers_digest_id", ondelete="CASCADE"),
    )
    op.create_index("ix_open_answers_digest_id", "open_answers", ["digest_id"])
    op.create_index("ix_open_answers_posted_at", "open_answers", ["posted_at"])
