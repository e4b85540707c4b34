"""Rows belong to numbered processes, whose sign of life is a counter.

What a process of before this had at "sending" belongs to nobody, and is decided about at the first start.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("fence", sa.Integer()))
    op.drop_column("deliveries", "claimed_by")
    op.drop_table("workers")
    op.create_table(
        "workers",
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("beat", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("fence", name="pk_workers"),
        sqlite_autoincrement=True,
    )
