"""Translations, what is missing of them and where that shows, and what they took."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Index, Integer, String, Table, Text, false, text

from storage.columns import UtcDateTime
from storage.models.base import metadata, required

translations = Table(
    "translations",
    metadata,
    Column("id", Integer, primary_key=True),
    required("arxiv_id", String),
    required("version", Integer),
    required("language", String),
    required("source_hash", String),
    Column("title", Text),
    Column("abstract", Text),
    Column("summary", Text),
    Column("summary_en", Text),
    required("made_by", JSON),
    required("pipeline_version", Integer),
    required("made_at", UtcDateTime),
    # When a later one took its place; null for the current one.
    Column("superseded_at", UtcDateTime),
    required("prompt_version", Integer, server_default="0"),
    required("glossary_version", String, server_default=""),
    required("notes", JSON, server_default="{}"),
    required("in_english", Integer, server_default="0"),
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
    required("arxiv_id", String),
    required("version", Integer),
    required("attempts", Integer),
    Column("retry_at", UtcDateTime, index=True),
    # Whether more of it is there than what was posted shows; attempts are 0 then where nothing is missing any more.
    required("to_show", Boolean, server_default=false()),
)

# Cards that were posted with less than a whole translation, and how each was rendered.
open_cards = Table(
    "open_cards",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    required("source_hash", String),
    required("language", String),
    required("arxiv_id", String),
    required("version", Integer),
    # Null: the newest one was asked for, whichever it was.
    Column("asked_version", Integer),
    required("other", String),
    required("interface", String),
    required("bot_name", String),
    required("posted_at", UtcDateTime, index=True),
    # Whether a translation is being made for it.
    required("waiting", Boolean, server_default=false()),
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
    required("requests", Integer),
    required("characters", Integer),
    required("tokens_in", Integer),
    required("tokens_out", Integer),
    # In millionths: SQLite has no exact fractions.
    required("money", BigInteger),
    required("failures", Integer),
    required("alarms", Integer),
)

gate_alarms = Table(
    "gate_alarms",
    metadata,
    Column("day", Date, primary_key=True),
    Column("backend", String, primary_key=True),
    Column("field", String, primary_key=True),
    Column("gate", String, primary_key=True),
    required("count", Integer),
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
    required("added_at", UtcDateTime),
)
