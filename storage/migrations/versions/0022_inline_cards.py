"""Cards that were sent by way of inline mode, and cards that say that a translation is being made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_KEPT = (
    "chat_id, message_id, source_hash, language, arxiv_id, version, asked_version, other, interface, bot_name,"
    " posted_at"
)


def upgrade() -> None:
    # Another primary key: SQLite takes that only for a new table.
    op.execute("CREATE TABLE open_cards_before AS SELECT * FROM open_cards")
    op.drop_table("open_cards")
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
        sa.Column("waiting", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("inline_message_id", sa.String(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("chat_id", "message_id", "inline_message_id", name="pk_open_cards"),
    )
    op.create_index("ix_open_cards_posted_at", "open_cards", ["posted_at"])
    op.create_index("ix_open_cards_source_hash_language", "open_cards", ["source_hash", "language"])
    op.execute(f"INSERT INTO open_cards ({_KEPT}) SELECT {_KEPT} FROM open_cards_before")  # noqa: S608 - our own words
    op.drop_table("open_cards_before")
