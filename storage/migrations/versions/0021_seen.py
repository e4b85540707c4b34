"""The newest message of a group or channel that was seen while nothing was on its way there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("destinations", sa.Column("seen_message", sa.BigInteger()))
