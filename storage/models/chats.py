"""Where digests go and what is wanted there; what people lead, and keep for themselves."""

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
    Time,
    UniqueConstraint,
    false,
    text,
    true,
)

from storage.columns import UtcDateTime, Weekdays
from storage.models.base import metadata, required

destinations = Table(
    "destinations",
    metadata,
    Column("id", Integer, primary_key=True),
    required("chat_id", BigInteger),
    required("thread_id", BigInteger),
    required("kind", String),
    required("title", Text),
    Column("username", String),
    Column("owner_id", BigInteger, index=True),
    required("language", String),
    required("interface", String),
    required("timezone", String),
    Column("delivery_time", Time),
    Column("next_run_at", UtcDateTime),
    required("layout", String),
    required("answer_links", Boolean),
    Column("paused", Text),
    required("papers_shown", Integer, server_default="0"),
    required("attach_file", Boolean, server_default=true()),
    required("show_abstracts", Boolean, server_default=false()),
    required("weekdays", Weekdays, server_default="1234567"),
    required("quiet", Boolean, server_default=false()),
    required("pin", Boolean, server_default=false()),
    # The newest message there that was seen while nothing was on its way: what was sent later comes after it.
    Column("seen_message", BigInteger),
    UniqueConstraint("chat_id", "thread_id"),
    # Not the paused ones: their time has passed long ago, and every tick would go through all of them.
    Index(
        "ix_destinations_due",
        "next_run_at",
        sqlite_where=text("paused IS NULL"),
        postgresql_where=text("paused IS NULL"),
    ),
)

# Again to the letter, as UNFINISHED of deliveries.
AT_ONCE = "at_once AND off_at IS NULL"

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("destination_id", ForeignKey("destinations.id", ondelete="CASCADE"), primary_key=True),
    Column("category", String, primary_key=True),
    required("cursor", Date),
    required("announce_types", JSON),
    # When it was switched off; null for one that is on.
    Column("off_at", UtcDateTime),
    # Whether the destination gets digests as soon as announced, and is not paused: for most of a day those with a time
    # lack what was announced, and a tick looks at none of them.
    required("at_once", Boolean, server_default=false()),
    Index("ix_subscriptions_category_cursor", "category", "cursor"),
    Index(
        "ix_subscriptions_at_once",
        "category",
        "cursor",
        sqlite_where=text(AT_ONCE),
        postgresql_where=text(AT_ONCE),
    ),
)

# Who was seen to lead which chat.
leaders = Table(
    "leaders",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
)

saved_papers = Table(
    "saved_papers",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("arxiv_id", String, primary_key=True),
    Column("version", Integer),
    required("note", Text),
    required("saved_at", UtcDateTime),
    Index("ix_saved_papers_user_id_saved_at", "user_id", "saved_at"),
)
