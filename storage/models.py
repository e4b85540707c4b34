"""The tables. Queries stand beside their row mapping, one file per group of tables; nothing else names a column."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
    event,
    false,
    text,
    true,
)

from storage import full_text
from storage.columns import Compressed, UtcDateTime, Weekdays

# Names, so that a later migration can drop a constraint on every database.
metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _required(name: str, kind: Any, *more: Any, **options: Any) -> Column[Any]:
    return Column(name, kind, *more, nullable=False, **options)


papers = Table(
    "papers",
    metadata,
    Column("arxiv_id", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    _required("title", Text),
    _required("abstract", Text),
    _required("authors", JSON),
    _required("primary_category", String),
    _required("cross_lists", JSON),
    Column("submitted_at", UtcDateTime),
    Column("updated_at", UtcDateTime),
    Column("announced_on", Date),
    Column("comment", Text),
    Column("journal_ref", Text),
    Column("doi", Text),
    _required("withdrawn", Boolean),
    _required("more_authors", Boolean, server_default=false()),
)

# What is found of each paper, as `segment.py` makes it of its newest version and all current translations. Rows are
# numbered in the order in which papers were first seen, which is nearly that of their dates.
search_documents = Table(
    "search_documents",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("arxiv_id", String, unique=True),
    _required("day", Date),
    _required("title", Text),
    _required("people", Text),
    _required("labels", Text),
    _required("texts", Text),
    Index("ix_search_documents_day_id", "day", "id"),
)
for _dialect, _statements in (
    ("sqlite", full_text.SQLITE),
    ("postgresql", (*full_text.POSTGRESQL, *full_text.POSTGRESQL_HEADS)),
):
    for _statement in _statements:
        event.listen(search_documents, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]  # the library has no type for it

announcements = Table(
    "announcements",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("category", String),
    _required("mailing_date", Date),
    _required("state", String),
    _required("entry_count", Integer),
    _required("source", Text),
    _required("reason", Text),
    Column("fetched_at", UtcDateTime),
    Column("retry_at", UtcDateTime),
    _required("approximate", Boolean, server_default=false()),
    Column("asked_since", UtcDateTime),
    # Last, so that the others are read without walking over it.
    Column("raw", Compressed),
    UniqueConstraint("category", "mailing_date"),
)

announcement_entries = Table(
    "announcement_entries",
    metadata,
    Column("announcement_id", ForeignKey("announcements.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    _required("arxiv_id", String),
    _required("version", Integer),
    _required("announce_type", String),
)

translations = Table(
    "translations",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("arxiv_id", String),
    _required("version", Integer),
    _required("language", String),
    _required("source_hash", String),
    Column("title", Text),
    Column("abstract", Text),
    Column("summary", Text),
    Column("summary_en", Text),
    _required("made_by", JSON),
    _required("pipeline_version", Integer),
    _required("made_at", UtcDateTime),
    # When a later one took its place; null for the current one.
    Column("superseded_at", UtcDateTime),
    _required("prompt_version", Integer, server_default="0"),
    _required("glossary_version", String, server_default=""),
    _required("notes", JSON, server_default="{}"),
    _required("in_english", Integer, server_default="0"),
    Index("ix_translations_source_hash_language", "source_hash", "language"),
    Index(
        "uq_translations_current",
        "source_hash",
        "language",
        unique=True,
        sqlite_where=text("superseded_at IS NULL"),
        postgresql_where=text("superseded_at IS NULL"),
    ),
)

# What is not translated in full, and when it is tried again; null for no more by itself.
translation_gaps = Table(
    "translation_gaps",
    metadata,
    Column("source_hash", String, primary_key=True),
    Column("language", String, primary_key=True),
    _required("arxiv_id", String),
    _required("version", Integer),
    _required("attempts", Integer),
    Column("retry_at", UtcDateTime, index=True),
    # Whether more of it is there than what was posted shows; attempts are 0 then where nothing is missing any more.
    _required("to_show", Boolean, server_default=false()),
)

# Cards that were posted with less than a whole translation, and how each was rendered.
open_cards = Table(
    "open_cards",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    _required("source_hash", String),
    _required("language", String),
    _required("arxiv_id", String),
    _required("version", Integer),
    # Null: the newest one was asked for, whichever it was.
    Column("asked_version", Integer),
    _required("other", String),
    _required("interface", String),
    _required("bot_name", String),
    _required("posted_at", UtcDateTime, index=True),
    # Whether a translation is being made for it.
    _required("waiting", Boolean, server_default=false()),
    # Of what was sent by way of inline mode: its chat is not known, and its message_id is 0.
    Column("inline_message_id", String, primary_key=True, server_default=""),
    Index("ix_open_cards_source_hash_language", "source_hash", "language"),
)

# What translating took, by day (UTC) and for whom: a chat's question (else 0) or an announcement (else empty).
spending = Table(
    "spending",
    metadata,
    Column("day", Date, primary_key=True),
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("announcement", String, primary_key=True),
    Column("backend", String, primary_key=True),
    Column("model", String, primary_key=True),
    _required("requests", Integer),
    _required("characters", Integer),
    _required("tokens_in", Integer),
    _required("tokens_out", Integer),
    # In millionths: SQLite has no exact fractions.
    _required("money", BigInteger),
    _required("failures", Integer),
    _required("alarms", Integer),
)

gate_alarms = Table(
    "gate_alarms",
    metadata,
    Column("day", Date, primary_key=True),
    Column("backend", String, primary_key=True),
    Column("field", String, primary_key=True),
    Column("gate", String, primary_key=True),
    _required("count", Integer),
)

# Terms that administrators added to the built-in ones.
glossary_terms = Table(
    "glossary_terms",
    metadata,
    Column("language", String, primary_key=True),
    Column("english", String, primary_key=True),
    # Null: it stays as it is.
    Column("rendering", String),
    Column("added_by", BigInteger),
    _required("added_at", UtcDateTime),
)

destinations = Table(
    "destinations",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("chat_id", BigInteger),
    _required("thread_id", BigInteger),
    _required("kind", String),
    _required("title", Text),
    Column("username", String),
    Column("owner_id", BigInteger, index=True),
    _required("language", String),
    _required("interface", String),
    _required("timezone", String),
    Column("delivery_time", Time),
    Column("next_run_at", UtcDateTime),
    _required("layout", String),
    _required("answer_links", Boolean),
    Column("paused", Text),
    _required("papers_shown", Integer, server_default="0"),
    _required("attach_file", Boolean, server_default=true()),
    _required("show_abstracts", Boolean, server_default=false()),
    _required("weekdays", Weekdays, server_default="1234567"),
    _required("quiet", Boolean, server_default=false()),
    _required("pin", Boolean, server_default=false()),
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

# Again to the letter, as UNFINISHED below.
AT_ONCE = "at_once AND off_at IS NULL"

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("destination_id", ForeignKey("destinations.id", ondelete="CASCADE"), primary_key=True),
    Column("category", String, primary_key=True),
    _required("cursor", Date),
    _required("announce_types", JSON),
    # When it was switched off; null for one that is on.
    Column("off_at", UtcDateTime),
    # Whether the destination gets digests as soon as announced, and is not paused: for most of a day those with a time
    # lack what was announced, and a tick looks at none of them.
    _required("at_once", Boolean, server_default=false()),
    Index("ix_subscriptions_category_cursor", "category", "cursor"),
    Index(
        "ix_subscriptions_at_once",
        "category",
        "cursor",
        sqlite_where=text(AT_ONCE),
        postgresql_where=text(AT_ONCE),
    ),
)

digests = Table(
    "digests",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("key", String, unique=True),
    _required("categories", JSON),
    _required("mailing_dates", JSON),
    _required("language", String),
    _required("interface", String),
    _required("layout", String),
    _required("created_at", UtcDateTime),
    _required("papers_shown", Integer, server_default="0"),
    _required("attach_file", Boolean, server_default=true()),
    _required("show_abstracts", Boolean, server_default=false()),
    _required("approximate", JSON, server_default="[]"),
    _required("paged", Boolean, server_default=false()),
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
    _required("arxiv_id", String, index=True),
    _required("version", Integer),
    _required("announce_type", String),
)

digest_parts = Table(
    "digest_parts",
    metadata,
    Column("digest_id", ForeignKey("digests.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    _required("kind", String),
    _required("payload", JSON),
    _required("content_hash", String),
)

# The parts that the last correction of a digest replaced, to put them back.
former_parts = Table(
    "former_parts",
    metadata,
    Column("digest_id", ForeignKey("digests.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    _required("kind", String),
    _required("payload", JSON),
    _required("content_hash", String),
)

# Messages that show a digest on request, with less than whole translations.
open_answers = Table(
    "open_answers",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    _required("digest_id", ForeignKey("digests.id", ondelete="CASCADE"), index=True),
    _required("is_file", Boolean),
    _required("posted_at", UtcDateTime, index=True),
)

# Text, not bound values: SQLite uses a partial index only where the query repeats its condition to the letter. And NOT
# IN, because for IN it would take the index on the state, and sort all rows that wait to find the first few.
UNFINISHED = "state NOT IN ('sent', 'failed')"
UNSETTLED = "state NOT IN ('sent', 'failed', 'pending')"

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("digest_id", ForeignKey("digests.id")),
    _required("destination_id", ForeignKey("destinations.id", ondelete="CASCADE")),
    _required("number", Integer),
    _required("state", String),
    Column("message_id", BigInteger),
    _required("attempts", Integer),
    Column("retry_at", UtcDateTime),
    _required("reason", Text),
    _required("sent_hash", String),
    Column("updated_at", UtcDateTime),
    # Who is sending it; null for nobody.
    Column("claimed_by", String),
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

# The processes that send. What one of them holds is another's to decide about once it has not been seen for a while.
workers = Table(
    "workers",
    metadata,
    Column("name", String, primary_key=True),
    _required("seen_at", UtcDateTime),
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
    _required("note", Text),
    _required("saved_at", UtcDateTime),
    Index("ix_saved_papers_user_id_saved_at", "user_id", "saved_at"),
)

# What may be asked only one at a time and only so often, by all processes together.
turns = Table(
    "turns",
    metadata,
    Column("name", String, primary_key=True),
    # When the next one may begin.
    _required("free_at", UtcDateTime),
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
    _required("raised_at", UtcDateTime),
)

# What arXiv's feeds and pages answered last, for asking whether that has changed.
kept_answers = Table(
    "kept_answers",
    metadata,
    Column("url", String, primary_key=True),
    _required("etag", Text),
    _required("last_modified", Text),
    _required("kept_at", UtcDateTime),
    _required("body", Compressed),
)
