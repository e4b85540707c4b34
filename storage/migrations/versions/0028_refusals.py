"""How often a message was refused for a reason that may pass is counted apart from how often nobody answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("refusals", sa.Integer, nullable=False, server_default="0"))
