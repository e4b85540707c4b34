"""What is found of papers by their words."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage import full_text
from storage.records import source_hash
from storage.segment import Text, document

revision = "0008"
down_revision = "0007"

_BATCH = 500


def upgrade() -> None:
    documents = op.create_table(
        "search_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("arxiv_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_documents"),
        sa.UniqueConstraint("arxiv_id", name="uq_search_documents_arxiv_id"),
    )
    op.create_index("ix_search_documents_day_id", "search_documents", ["day", "id"])
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in full_text.SQLITE if on_sqlite else full_text.POSTGRESQL:
        op.execute(statement)
    _fill(op.get_bind(), documents)


def _fill(connection: sa.Connection, documents: sa.Table) -> None:
    """Index the papers that there are, in the order of their ids, which is that of their dates."""
    papers = sa.table(
        "papers",
        sa.column("arxiv_id"),
        sa.column("version"),
        sa.column("title"),
        sa.column("abstract"),
        sa.column("authors", sa.JSON()),
        sa.column("primary_category"),
        sa.column("cross_lists", sa.JSON()),
        sa.column("submitted_at", sa.DateTime(timezone=True)),
        sa.column("announced_on", sa.Date()),
    )
    last = ""
    while True:
        some = list(
            connection.scalars(
                sa.select(papers.c.arxiv_id)
                .where(papers.c.arxiv_id > last)
                .distinct()
                .order_by("arxiv_id")
                .limit(_BATCH)
            )
        )
        if not some:
            return
        last = some[-1]
        rows = connection.execute(sa.select(papers).where(papers.c.arxiv_id.in_(some)).order_by(papers.c.version))
        newest = {row.arxiv_id: row for row in rows}
        connection.execute(documents.insert(), _documents(newest, _texts(connection, newest)))


def _documents(newest: dict[str, Any], texts: dict[str, list[Text]]) -> list[dict[str, Any]]:
    made = {
        arxiv_id: document(
            arxiv_id,
            texts=[Text(row.title, row.abstract), *texts.get(source_hash(row.title, row.abstract), ())],
            authors=row.authors,
            categories=[row.primary_category, *row.cross_lists],
            submitted_at=row.submitted_at,
            announced_on=row.announced_on,
        )
        for arxiv_id, row in sorted(newest.items())
    }
    return [
        {
            "arxiv_id": arxiv_id,
            "day": one.day,
            "title": one.title,
            "people": one.people,
            "labels": one.labels,
            "texts": one.texts,
        }
        for arxiv_id, one in made.items()
    ]


def _texts(connection: sa.Connection, newest: dict[str, Any]) -> dict[str, list[Text]]:
    names = ("source_hash", "title", "abstract", "summary", "summary_en", "superseded_at")
    translations = sa.table("translations", *map(sa.column, names))
    hashes = [source_hash(row.title, row.abstract) for row in newest.values()]
    found: dict[str, list[Text]] = {}
    for row in connection.execute(
        sa.select(translations).where(translations.c.source_hash.in_(hashes), translations.c.superseded_at.is_(None))
    ):
        summaries = f"{row.summary or ''} {row.summary_en or ''}"
        found.setdefault(row.source_hash, []).append(Text(row.title or "", row.abstract or "", summaries))
    return found
