"""Digests that were shown on request with less than whole translations: the messages, until they show all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import digest_entries, digests
from storage.models import open_answers as table
from storage.records import OpenAnswer
from storage.sql import chunks, upsert

KEPT_FOR = timedelta(days=7)
"""An answer that was given longer ago is left as it is."""

_FIELDS = tuple(table.c[field_.name] for field_ in fields(OpenAnswer))


async def keep(session: AsyncSession, answer: OpenAnswer) -> None:
    """This answer stands there with gaps."""
    await session.execute(sa.delete(table).where(table.c.posted_at < answer.posted_at - KEPT_FOR))
    statement = upsert(session, table).values(asdict(answer))
    others = {name: value for name, value in asdict(answer).items() if not table.c[name].primary_key}
    await session.execute(statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=others))


async def at(session: AsyncSession, chat_id: int, message_id: int) -> OpenAnswer | None:
    """The answer with gaps that a message is."""
    row = (await session.execute(sa.select(*_FIELDS).where(_there(chat_id, message_id)))).one_or_none()
    return OpenAnswer(*row) if row is not None else None


async def with_papers(session: AsyncSession, language: str, arxiv_ids: Iterable[str]) -> list[OpenAnswer]:
    """The answers in a language that show any of these papers with gaps, the oldest first."""
    query = (
        sa.select(*_FIELDS)
        .join(digests, digests.c.id == table.c.digest_id)
        .join(digest_entries, digest_entries.c.digest_id == table.c.digest_id)
        .where(digests.c.language == language)
        .distinct()
    )
    found: set[OpenAnswer] = set()
    for some in chunks(arxiv_ids):
        rows = await session.execute(query.where(digest_entries.c.arxiv_id.in_(some)))
        found |= {OpenAnswer(*row) for row in rows}
    return sorted(found, key=lambda answer: (answer.posted_at, answer.chat_id, answer.message_id))


async def drop(session: AsyncSession, chat_id: int, message_id: int) -> None:
    """It shows all of its texts, or something else stands there now."""
    await session.execute(sa.delete(table).where(_there(chat_id, message_id)))


def _there(chat_id: int, message_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.chat_id == chat_id, table.c.message_id == message_id)
