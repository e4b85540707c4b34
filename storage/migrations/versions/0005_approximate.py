"""Announcements and digests that were chosen by submission time, and since when an announcement has been asked for."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    # On SQLite a row is walked from its beginning: the large bytes of an announcement stay behind everything else.
    place: dict[str, Any] = {"insert_before": "raw"} if on_sqlite else {}
    with op.batch_alter_table("announcements", recreate="always" if on_sqlite else "auto") as batch:
        batch.add_column(sa.Column("approximate", sa.Boolean(), nullable=False, server_default=sa.false()), **place)
        batch.add_column(sa.Column("asked_since", sa.DateTime(timezone=True)), **place)
    op.add_column("digests", sa.Column("approximate", sa.JSON(), nullable=False, server_default="[]"))
