"""What a destination wants its digests to look like, and on which days they come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for table in ("destinations", "digests"):
        op.add_column(table, sa.Column("papers_shown", sa.Integer(), nullable=False, server_default="0"))
        op.add_column(table, sa.Column("attach_file", sa.Boolean(), nullable=False, server_default=sa.true()))
        op.add_column(table, sa.Column("show_abstracts", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("destinations", sa.Column("weekdays", sa.String(), nullable=False, server_default="1234567"))
    op.add_column("destinations", sa.Column("quiet", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("destinations", sa.Column("pin", sa.Boolean(), nullable=False, server_default=sa.false()))
