"""What the processes of one database know of each other."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table

from storage.columns import UtcDateTime
from storage.models.base import metadata, required

# The processes that send. One whose beat has stood still for a while is taken for dead: its row goes, and what it held
# is the others'. If it lives after all it registers again, by a higher number.
workers = Table(
    "workers",
    metadata,
    Column("fence", Integer, primary_key=True),
    required("beat", Integer),
    # A number that was given once is never given again: it may stand in rows, and in a process that stands still.
    sqlite_autoincrement=True,
)

# What may be asked only one at a time and only so often, by all processes together.
turns = Table(
    "turns",
    metadata,
    Column("name", String, primary_key=True),
    # When the next one may begin.
    required("free_at", UtcDateTime),
    # Nobody before this; null for never held.
    Column("held_until", UtcDateTime),
    # Who has the turn, and until when at the latest; null for nobody.
    Column("busy_until", UtcDateTime),
    Column("owner", String),
    # Until when those that are not urgent let others pass.
    Column("urgent_until", UtcDateTime),
    required("urgent_in_a_row", Integer, server_default="0"),
    # Until when one that is not urgent is known to wait; null for never.
    Column("others_until", UtcDateTime),
)

# What the administrators were told about and is not right again.
notices = Table(
    "notices",
    metadata,
    Column("name", String, primary_key=True),
    required("raised_at", UtcDateTime),
)
