"""Papers that are not translated in full, and when each is tried again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import translation_gaps as table
from storage.records import Paper
from storage.sql import chunks, upsert

FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=12)
MOST_ATTEMPTS = 12
"""The pauses treble from five minutes to twelve hours: the last attempt is about four days after the first."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A text (by its hash) that is not translated in full to a language, and the paper that it was last seen in."""

    source_hash: str
    language: str
    arxiv_id: str
    version: int
    attempts: int
    retry_at: datetime | None
    """None: it was tried often enough and is left until somebody asks."""


async def known(session: AsyncSession, source_hashes: Iterable[str], language: str) -> dict[str, Gap]:
    """The gaps among these texts, by hash."""
    found: dict[str, Gap] = {}
    for some in chunks(source_hashes):
        query = sa.select(table).where(table.c.source_hash.in_(some), table.c.language == language)
        found |= {row.source_hash: _gap(row) for row in await session.execute(query)}
    return found


async def due(session: AsyncSession, now: datetime, limit: int) -> list[Gap]:
    """Those whose pause is over, the longest waiting first."""
    query = sa.select(table).where(table.c.retry_at <= now).order_by(table.c.retry_at).limit(limit)
    return [_gap(row) for row in await session.execute(query)]


async def tried(session: AsyncSession, paper: Paper, language: str, attempts: int, now: datetime) -> None:
    """It was tried for the nth time (from 1) and is still not whole."""
    pause = min(FIRST_PAUSE * 3 ** (attempts - 1), LONGEST_PAUSE)
    values = {
        "arxiv_id": paper.arxiv_id,
        "version": paper.version,
        "attempts": attempts,
        "retry_at": now + pause if attempts < MOST_ATTEMPTS else None,
    }
    statement = upsert(session, table).values(source_hash=paper.source_hash, language=language, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=values))


async def close(session: AsyncSession, source_hash: str, language: str) -> None:
    """It is whole now."""
    await session.execute(sa.delete(table).where(table.c.source_hash == source_hash, table.c.language == language))


async def count(session: AsyncSession) -> int:
    """How many there are."""
    return int(await session.scalar(sa.select(sa.func.count()).select_from(table)) or 0)


def _gap(row: sa.Row[Any]) -> Gap:
    return Gap(**row._asdict())
