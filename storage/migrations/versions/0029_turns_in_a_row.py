"""Of the turns that processes share every third goes to one that is not urgent, if such a one waits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.add_column("turns", sa.Column("urgent_in_a_row", sa.Integer, nullable=False, server_default="0"))
    op.add_column("turns", sa.Column("others_until", sa.DateTime(timezone=True)))
