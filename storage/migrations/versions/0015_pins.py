"""Which message of a destination is pinned, and which one is to be."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "pins",
        sa.Column("destination_id", sa.Integer(), nullable=False),
        sa.Column("pinned", sa.BigInteger()),
        sa.Column("wanted", sa.BigInteger()),
        sa.PrimaryKeyConstraint("destination_id", name="pk_pins"),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["destinations.id"], name="fk_pins_destination_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "former_parts",
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("digest_id", "number", name="pk_former_parts"),
        sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name="fk_former_parts_digest_id", ondelete="CASCADE"),
    )
