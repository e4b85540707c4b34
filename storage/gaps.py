"""Papers that are not translated in full, and when each is tried again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
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


_FIELDS = tuple(table.c[field_.name] for field_ in fields(Gap))


async def known(session: AsyncSession, source_hashes: Iterable[str], language: str) -> dict[str, Gap]:
    """The gaps among these texts, by hash."""
    found: dict[str, Gap] = {}
    for some in chunks(source_hashes):
        query = sa.select(*_FIELDS).where(table.c.source_hash.in_(some), table.c.language == language)
        found |= {row.source_hash: _gap(row) for row in await session.execute(query)}
    return found


async def among(session: AsyncSession, arxiv_ids: Iterable[str], language: str) -> bool:
    """Whether some of these papers are not translated in full, or not shown so yet."""
    for some in chunks(arxiv_ids):
        query = sa.select(sa.exists().where(table.c.arxiv_id.in_(some), table.c.language == language))
        if await session.scalar(query):
            return True
    return False


async def open_among(session: AsyncSession, arxiv_ids: Iterable[str], language: str) -> bool:
    """Whether some of these papers are not translated in full."""
    for some in chunks(arxiv_ids):
        ours = sa.and_(table.c.arxiv_id.in_(some), table.c.language == language, table.c.attempts > 0)
        if await session.scalar(sa.select(sa.exists().where(ours))):
            return True
    return False


async def due(session: AsyncSession, now: datetime, limit: int) -> list[Gap]:
    """Those whose pause is over, the longest waiting first."""
    query = sa.select(*_FIELDS).where(table.c.retry_at <= now).order_by(table.c.retry_at).limit(limit)
    return [_gap(row) for row in await session.execute(query)]


async def tried(
    session: AsyncSession, paper: Paper, language: str, gap: Gap | None, now: datetime, *, better: bool = False
) -> None:
    """It was tried and is still not whole; `gap` is what was known of it, `better`: more of it is there than before.

    Only what was tried when it was due counts as an attempt: people who ask in between do not make the pauses longer.
    Asked for after the last one, it is tried by itself again.
    """
    retry_at: datetime | None
    if gap is not None and gap.retry_at is not None and gap.retry_at > now:
        attempts, retry_at = gap.attempts, gap.retry_at
    else:
        attempts = gap.attempts + 1 if gap is not None and gap.retry_at is not None else 1
        pause = min(FIRST_PAUSE * 3 ** (attempts - 1), LONGEST_PAUSE)
        retry_at = now + pause if attempts < MOST_ATTEMPTS else None
    values: dict[str, Any] = {
        "arxiv_id": paper.arxiv_id,
        "version": paper.version,
        "attempts": attempts,
        "retry_at": retry_at,
        **({"to_show": True} if better else {}),
    }
    statement = upsert(session, table).values(source_hash=paper.source_hash, language=language, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=values))


async def filled(session: AsyncSession, source_hash: str, language: str) -> None:
    """It is whole now; what was posted before still shows the gap."""
    ours = sa.and_(table.c.source_hash == source_hash, table.c.language == language)
    await session.execute(sa.update(table).where(ours).values(attempts=0, retry_at=None, to_show=True))


async def to_show(session: AsyncSession, limit: int) -> list[Gap]:
    """Those of which more is there than what was posted shows."""
    query = sa.select(*_FIELDS).where(table.c.to_show).order_by(table.c.language, table.c.source_hash).limit(limit)
    return [_gap(row) for row in await session.execute(query)]


async def shown(session: AsyncSession, source_hashes: Iterable[str], language: str) -> None:
    """What was posted shows what there is of these; those that are whole are forgotten."""
    for some in chunks(source_hashes):
        ours = sa.and_(table.c.source_hash.in_(some), table.c.language == language, table.c.to_show)
        await session.execute(sa.delete(table).where(ours, table.c.attempts == 0))
        await session.execute(sa.update(table).where(ours).values(to_show=False))


async def close(session: AsyncSession, source_hashes: Iterable[str], language: str) -> None:
    """There are no such texts any more."""
    for some in chunks(source_hashes):
        await session.execute(sa.delete(table).where(table.c.source_hash.in_(some), table.c.language == language))


async def count(session: AsyncSession) -> int:
    """How many texts are not whole."""
    return int(await session.scalar(sa.select(sa.func.count()).where(table.c.attempts > 0)) or 0)


def _gap(row: sa.Row[Any]) -> Gap:
    return Gap(**row._asdict())
