"""What the processes of one database know of each other."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from storage.columns import UtcDateTime
from storage.models.base import metadata, required

# The processes that send. What one of them holds is another's to decide about once it has not been seen for a while.
workers = Table(
    "workers",
    metadata,
    Column("name", String, primary_key=True),
    required("seen_at", UtcDateTime),
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
)

# What the administrators were told about and is not right again.
notices = Table(
    "notices",
    metadata,
    Column("name", String, primary_key=True),
    required("raised_at", UtcDateTime),
)
