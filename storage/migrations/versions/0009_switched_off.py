"""Subscriptions that rest and can go on from where they were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("off_at", sa.DateTime(timezone=True)))
