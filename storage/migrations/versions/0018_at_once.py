"""Who gets digests as soon as announced stands in an index, and paused destinations stand in none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_AWAKE, _AT_ONCE = sa.text("paused IS NULL"), sa.text("at_once AND off_at IS NULL")


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("at_once", sa.Boolean(), server_default=sa.false(), nullable=False))
    destinations = sa.table("destinations", sa.column("id"), sa.column("delivery_time"), sa.column("paused"))
    whose = sa.select(destinations.c.id).where(destinations.c.delivery_time.is_(None), destinations.c.paused.is_(None))
    subscriptions = sa.table("subscriptions", sa.column("destination_id"), sa.column("at_once"))
    op.execute(sa.update(subscriptions).where(subscriptions.c.destination_id.in_(whose)).values(at_once=sa.true()))
    op.create_index(
        "ix_subscriptions_at_once",
        "subscriptions",
        ["category", "cursor"],
        sqlite_where=_AT_ONCE,
        postgresql_where=_AT_ONCE,
    )
    op.drop_index("ix_destinations_next_run_at", table_name="destinations")
    op.create_index(
        "ix_destinations_due", "destinations", ["next_run_at"], sqlite_where=_AWAKE, postgresql_where=_AWAKE
    )
