"""What each person saved to read, with notes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import saved_papers as table
from storage.records import SavedPaper
from storage.sql import changed, upsert

MOST_SAVED = 2000
"""Papers on one person's list, at most."""


class FullError(Exception):
    """A person's list holds as many papers as it can."""


async def save(session: AsyncSession, paper: SavedPaper, most: int = MOST_SAVED) -> bool:
    """Put a paper on a person's list. False, and nothing is changed, where it is on it already, in any version.

    Raises FullError where the list has `most` papers.
    """
    if await _count(session, paper.user_id) >= most:
        raise FullError
    return await changed(session, upsert(session, table).values(asdict(paper)).on_conflict_do_nothing()) == 1


async def remove(session: AsyncSession, user_id: int, arxiv_ids: Collection[str]) -> list[str]:
    """Take papers from a person's list; returns those that were on it."""
    statement = sa.delete(table).where(table.c.user_id == user_id, table.c.arxiv_id.in_(arxiv_ids))
    return sorted(await session.scalars(statement.returning(table.c.arxiv_id)))


async def note(session: AsyncSession, user_id: int, arxiv_id: str, text: str) -> str | None:
    """Write a note in the place of the one that was there, which is returned; None where the paper is not listed."""
    ours = sa.and_(table.c.user_id == user_id, table.c.arxiv_id == arxiv_id)
    before = await session.scalar(sa.select(table.c.note).where(ours).with_for_update())
    if before is not None:
        await session.execute(sa.update(table).where(ours).values(note=text))
    return before


async def of(
    session: AsyncSession, user_id: int, *, limit: int = MOST_SAVED, offset: int = 0
) -> tuple[list[SavedPaper], int]:
    """A page of a person's list, the newest first, and how many there are in all."""
    ours = table.c.user_id == user_id
    newest = sa.select(table).where(ours).order_by(table.c.saved_at.desc(), table.c.arxiv_id).limit(limit)
    rows = await session.execute(newest.offset(offset))
    return [_saved(row) for row in rows], await _count(session, user_id)


async def _count(session: AsyncSession, user_id: int) -> int:
    query = sa.select(sa.func.count()).select_from(table).where(table.c.user_id == user_id)
    return int(await session.scalar(query) or 0)


def _saved(row: sa.Row[Any]) -> SavedPaper:
    return SavedPaper(**row._asdict())
