"""How translations were made, what they took, where they have gaps, and terms that administrators added."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("translations", sa.Column("prompt_version", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("translations", sa.Column("glossary_version", sa.String(), nullable=False, server_default=""))
    op.add_column("translations", sa.Column("notes", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("translations", sa.Column("in_english", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "translation_gaps",
        sa.Column("source_hash", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("arxiv_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("source_hash", "language", name="pk_translation_gaps"),
    )
    op.create_index("ix_translation_gaps_retry_at", "translation_gaps", ["retry_at"])
    op.create_table(
        "spending",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("announcement", sa.String(), nullable=False),
        sa.Column("backend", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("money", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("alarms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "chat_id", "announcement", "backend", "model", name="pk_spending"),
    )
    op.create_table(
        "gate_alarms",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("backend", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("gate", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "backend", "field", "gate", name="pk_gate_alarms"),
    )
    op.create_table(
        "glossary_terms",
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("english", sa.String(), nullable=False),
        sa.Column("rendering", sa.String()),
        sa.Column("added_by", sa.BigInteger()),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("language", "english", name="pk_glossary_terms"),
    )
