"""Cards that were posted before all of their texts were translated; and gaps that were filled but not shown yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "open_cards",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source_hash", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("arxiv_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("asked_version", sa.Integer()),
        sa.Column("other", sa.String(), nullable=False),
        sa.Column("interface", sa.String(), nullable=False),
        sa.Column("bot_name", sa.String(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "message_id", name="pk_open_cards"),
    )
    op.create_index("ix_open_cards_posted_at", "open_cards", ["posted_at"])
    op.create_index("ix_open_cards_source_hash_language", "open_cards", ["source_hash", "language"])
    op.add_column("translation_gaps", sa.Column("to_show", sa.Boolean(), nullable=False, server_default=sa.false()))
