"""Digests and their parts, and how far each part has come in each destination."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from storage.columns import UtcDateTime
from storage.models.base import metadata, required

digests = Table(
    "digests",
    metadata,
    Column("id", Integer, primary_key=True),
    required("key", String, unique=True),
    required("categories", JSON),
    required("mailing_dates", JSON),
    required("language", String),
    required("interface", String),
    required("layout", String),
    required("created_at", UtcDateTime),
    required("papers_shown", Integer, server_default="0"),
    required("attach_file", Boolean, server_default=true()),
    required("show_abstracts", Boolean, server_default=false()),
    required("approximate", JSON, server_default="[]"),
    required("paged", Boolean, server_default=false()),
)

# What digests.categories and digests.mailing_dates hold, for finding a digest by them.
digest_announcements = Table(
    "digest_announcements",
    metadata,
    Column("category", String, primary_key=True),
    Column("mailing_date", Date, primary_key=True),
    Column("digest_id", ForeignKey("digests.id", ondelete="CASCADE"), primary_key=True),
)

digest_entries = Table(
    "digest_entries",
    metadata,
    Column("digest_id", ForeignKey("digests.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    required("arxiv_id", String, index=True),
    required("version", Integer),
    required("announce_type", String),
)

digest_parts = Table(
    "digest_parts",
    metadata,
    Column("digest_id", ForeignKey("digests.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    required("kind", String),
    required("payload", JSON),
    required("content_hash", String),
)

# The parts that the last correction of a digest replaced, to put them back.
former_parts = Table(
    "former_parts",
    metadata,
    Column("digest_id", ForeignKey("digests.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    required("kind", String),
    required("payload", JSON),
    required("content_hash", String),
)

# Messages that show a digest on request, with less than whole translations.
open_answers = Table(
    "open_answers",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    required("digest_id", ForeignKey("digests.id", ondelete="CASCADE"), index=True),
    required("is_file", Boolean),
    required("posted_at", UtcDateTime, index=True),
)

# Text, not bound values: SQLite uses a partial index only where the query repeats its condition to the letter. And NOT
# IN, because for IN it would take the index on the state, and sort all rows that wait to find the first few.
UNFINISHED = "state NOT IN ('sent', 'failed')"
UNSETTLED = "state NOT IN ('sent', 'failed', 'pending')"

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    required("digest_id", ForeignKey("digests.id")),
    required("destination_id", ForeignKey("destinations.id", ondelete="CASCADE")),
    required("number", Integer),
    required("state", String),
    Column("message_id", BigInteger),
    required("attempts", Integer),
    Column("retry_at", UtcDateTime),
    required("reason", Text),
    required("sent_hash", String),
    Column("updated_at", UtcDateTime),
    # Which process has it in hand (workers.fence); null for none.
    Column("fence", Integer),
    required("refusals", Integer, server_default="0"),
    UniqueConstraint("digest_id", "destination_id", "number"),
    # Few at any time, so that planning a row and sending it hardly touch it.
    Index(
        "ix_deliveries_unsettled", "state", "retry_at", sqlite_where=text(UNSETTLED), postgresql_where=text(UNSETTLED)
    ),
    Index("ix_deliveries_destination_id_id", "destination_id", "id"),
    # An outcome may come in after its row is gone; its id must never name another row by then.
    sqlite_autoincrement=True,
)
# Two, to find the first in line: the oldest of all, and whether an earlier one of the same destination is before it.
for _name, _columns in (
    ("ix_deliveries_unfinished", [deliveries.c.id]),
    ("ix_deliveries_unfinished_of_destination", [deliveries.c.destination_id, deliveries.c.id]),
):
    Index(_name, *_columns, sqlite_where=text(UNFINISHED), postgresql_where=text(UNFINISHED))

# Which message of a destination is pinned, and which one is to be; null for none.
pins = Table(
    "pins",
    metadata,
    Column("destination_id", ForeignKey("destinations.id", ondelete="CASCADE"), primary_key=True),
    Column("pinned", BigInteger),
    Column("wanted", BigInteger),
)
