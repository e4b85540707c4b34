"""Papers, what is found of them, and the announcements that they came in."""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    JSON,
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
    event,
    false,
)

from storage import full_text
from storage.columns import Compressed, UtcDateTime
from storage.models.base import metadata, required

papers = Table(
    "papers",
    metadata,
    Column("arxiv_id", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    required("title", Text),
    required("abstract", Text),
    required("authors", JSON),
    required("primary_category", String),
    required("cross_lists", JSON),
    Column("submitted_at", UtcDateTime),
    Column("updated_at", UtcDateTime),
    Column("announced_on", Date),
    Column("comment", Text),
    Column("journal_ref", Text),
    Column("doi", Text),
    required("withdrawn", Boolean),
    required("more_authors", Boolean, server_default=false()),
)

# What is found of each paper, as `segment.py` makes it of its newest version and all current translations. Rows are
# numbered in the order in which papers were first seen, which is nearly that of their dates.
search_documents = Table(
    "search_documents",
    metadata,
    Column("id", Integer, primary_key=True),
    required("arxiv_id", String, unique=True),
    required("day", Date),
    required("title", Text),
    required("people", Text),
    required("labels", Text),
    required("texts", Text),
    Index("ix_search_documents_day_id", "day", "id"),
)
for _dialect, _statements in (
    ("sqlite", full_text.SQLITE),
    ("postgresql", (*full_text.POSTGRESQL, *full_text.POSTGRESQL_HEADS, *full_text.POSTGRESQL_NARROW)),
):
    for _statement in _statements:
        event.listen(search_documents, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]  # the library has no type for it

announcements = Table(
    "announcements",
    metadata,
    Column("id", Integer, primary_key=True),
    required("category", String),
    required("mailing_date", Date),
    required("state", String),
    required("entry_count", Integer),
    required("source", Text),
    required("reason", Text),
    Column("fetched_at", UtcDateTime),
    Column("retry_at", UtcDateTime),
    required("approximate", Boolean, server_default=false()),
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
    required("arxiv_id", String),
    required("version", Integer),
    required("announce_type", String),
)

# What arXiv's feeds and pages answered last, for asking whether that has changed.
kept_answers = Table(
    "kept_answers",
    metadata,
    Column("url", String, primary_key=True),
    required("etag", Text),
    required("last_modified", Text),
    required("kept_at", UtcDateTime),
    required("body", Compressed),
)
