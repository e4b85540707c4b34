"""The index on the state of deliveries holds only those that are neither waiting nor done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_UNSETTLED = sa.text("state NOT IN ('sent', 'failed', 'pending')")


def upgrade() -> None:
    op.drop_index("ix_deliveries_state_retry_at", table_name="deliveries")
    op.create_index(
        "ix_deliveries_unsettled",
        "deliveries",
        ["state", "retry_at"],
        sqlite_where=_UNSETTLED,
        postgresql_where=_UNSETTLED,
    )
