"""The full-text index, kept in step with papers and translations in the transactions that write them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import papers, search_documents, translations
from storage.records import source_hash
from storage.segment import Text, document
from storage.sql import chunks, upsert


async def refresh(session: AsyncSession, arxiv_ids: Iterable[str]) -> None:
    """Index these papers anew: the highest version of each, in every language that it is translated to."""
    for some in chunks(arxiv_ids):
        query = select(papers).where(papers.c.arxiv_id.in_(some)).order_by(papers.c.arxiv_id, papers.c.version)
        newest = {row.arxiv_id: row for row in await session.execute(query)}
        hashes = {arxiv_id: source_hash(row.title, row.abstract) for arxiv_id, row in newest.items()}
        texts = await _texts(session, hashes.values())
        rows = [
            {
                "arxiv_id": arxiv_id,
                **asdict(
                    document(
                        arxiv_id,
                        texts=[Text(row.title, row.abstract), *texts.get(hashes[arxiv_id], ())],
                        authors=row.authors,
                        categories=[row.primary_category, *row.cross_lists],
                        submitted_at=row.submitted_at,
                        announced_on=row.announced_on,
                    )
                ),
            }
            for arxiv_id, row in newest.items()
        ]
        if rows:
            statement = upsert(session, search_documents)
            values = {name: statement.excluded[name] for name in rows[0] if name != "arxiv_id"}
            await session.execute(statement.on_conflict_do_update(index_elements=["arxiv_id"], set_=values), rows)


async def _texts(session: AsyncSession, hashes: Iterable[str]) -> dict[str, list[Text]]:
    found: dict[str, list[Text]] = {}
    for some in chunks(hashes):
        query = select(translations).where(translations.c.source_hash.in_(some), translations.c.superseded_at.is_(None))
        for row in await session.execute(query):
            summaries = f"{row.summary or ''} {row.summary_en or ''}"
            found.setdefault(row.source_hash, []).append(Text(row.title or "", row.abstract or "", summaries))
    return found
