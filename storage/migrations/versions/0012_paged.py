"""Digests that are one message with pages. Those that are there were sent as several messages and stay so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("digests", sa.Column("paged", sa.Boolean(), nullable=False, server_default=sa.false()))
