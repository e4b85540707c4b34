"""The first form of the database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    current = sa.text("superseded_at IS NULL")
    unfinished = sa.text("state NOT IN ('sent', 'failed')")
    op.create_table(
        "announcements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("mailing_date", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("entry_count", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True)),
        sa.Column("retry_at", sa.DateTime(timezone=True)),
        sa.Column("raw", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_announcements"),
        sa.UniqueConstraint("category", "mailing_date", name="uq_announcements_category"),
    )
    op.create_table(
        "destinations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("username", sa.String()),
        sa.Column("owner_id", sa.BigInteger()),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("interface", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("delivery_time", sa.Time()),
        sa.Column("next_run_at", sa.DateTime(timezone=True)),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("answer_links", sa.Boolean(), nullable=False),
        sa.Column("paused", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_destinations"),
        sa.UniqueConstraint("chat_id", "thread_id", name="uq_destinations_chat_id"),
    )
    op.create_index("ix_destinations_next_run_at", "destinations", ["next_run_at"])
    op.create_index("ix_destinations_owner_id", "destinations", ["owner_id"])
    op.create_table(
        "digests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("mailing_dates", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("interface", sa.String(), nullable=False),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_digests"),
        sa.UniqueConstraint("key", name="uq_digests_key"),
    )
    op.create_table(
        "papers",
        sa.Column("arxiv_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("primary_category", sa.String(), nullable=False),
        sa.Column("cross_lists", sa.JSON(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True)),
        sa.Column("updated_at", sa.DateTime(timezone=True)),
        sa.Column("announced_on", sa.Date()),
        sa.Column("comment", sa.Text()),
        sa.Column("journal_ref", sa.Text()),
        sa.Column("doi", sa.Text()),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("arxiv_id", "version", name="pk_papers"),
    )
    op.create_table(
        "translations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("arxiv_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("source_hash", sa.String(), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("abstract", sa.Text()),
        sa.Column("summary", sa.Text()),
        sa.Column("summary_en", sa.Text()),
        sa.Column("made_by", sa.JSON(), nullable=False),
        sa.Column("pipeline_version", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_translations"),
    )
    op.create_index("ix_translations_source_hash_language", "translations", ["source_hash", "language"])
    op.create_index(
        "uq_translations_current",
        "translations",
        ["source_hash", "language"],
        unique=True,
        sqlite_where=current,
        postgresql_where=current,
    )
    op.create_table(
        "announcement_entries",
        sa.Column("announcement_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("arxiv_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("announce_type", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcements.id"],
            name="fk_announcement_entries_announcement_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("announcement_id", "position", name="pk_announcement_entries"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.Column("destination_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("message_id", sa.BigInteger()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sent_hash", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("digest_id", "destination_id", "number", name="uq_deliveries_digest_id"),
        sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name="fk_deliveries_digest_id"),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["destinations.id"], name="fk_deliveries_destination_id", ondelete="CASCADE"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deliveries_destination_id_id", "deliveries", ["destination_id", "id"])
    op.create_index("ix_deliveries_state_retry_at", "deliveries", ["state", "retry_at"])
    for name, columns in (
        ("ix_deliveries_unfinished", ["id"]),
        ("ix_deliveries_unfinished_of_destination", ["destination_id", "id"]),
    ):
        op.create_index(name, "deliveries", columns, sqlite_where=unfinished, postgresql_where=unfinished)
    op.create_table(
        "digest_announcements",
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("mailing_date", sa.Date(), nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["digests.id"], name="fk_digest_announcements_digest_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("category", "mailing_date", "digest_id", name="pk_digest_announcements"),
    )
    op.create_table(
        "digest_entries",
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("arxiv_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("announce_type", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name="fk_digest_entries_digest_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest_id", "position", name="pk_digest_entries"),
    )
    op.create_index("ix_digest_entries_arxiv_id", "digest_entries", ["arxiv_id"])
    op.create_table(
        "digest_parts",
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name="fk_digest_parts_digest_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest_id", "number", name="pk_digest_parts"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("destination_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("cursor", sa.Date(), nullable=False),
        sa.Column("announce_types", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["destinations.id"], name="fk_subscriptions_destination_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("destination_id", "category", name="pk_subscriptions"),
    )
    op.create_index("ix_subscriptions_category_cursor", "subscriptions", ["category", "cursor"])
