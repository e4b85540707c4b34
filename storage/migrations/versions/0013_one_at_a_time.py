"""Turns are had by one at a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("turns", sa.Column("busy_until", sa.DateTime(timezone=True)))
    op.add_column("turns", sa.Column("owner", sa.String()))
    op.add_column("turns", sa.Column("urgent_until", sa.DateTime(timezone=True)))
