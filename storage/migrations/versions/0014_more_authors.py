"""Papers of which only the first authors are known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("papers", sa.Column("more_authors", sa.Boolean(), nullable=False, server_default=sa.false()))
