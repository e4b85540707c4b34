"""Everything that is kept about one person, found by the shape of the tables, so that no later table is forgotten.

Telegram numbers people; a private chat has the number of its person. A column of big integers whose name ends in `_id`
or `_by` holds such numbers, but for those of messages and topics, which mean nothing without their chat.
So may the end of a name that the program has made for something, behind a dash or a colon: `picking-7000000123`.
"""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage import costs
from storage.models import destinations, metadata
from storage.sql import changed

_NO_PEOPLE = frozenset({"message_id", "thread_id"})
_NAME = "name"
_OF_PROCESSES = frozenset({"workers", "turns"})
"""Whose names may end in the number of a process."""

_BANS = "bans"
"""The table that `forget` leaves as it is: else it would end a ban."""

_NUMBERED = re.compile(r".*[-:]([0-9]{1,18})")


async def everything(session: AsyncSession, user_id: int) -> dict[str, list[dict[str, Any]]]:
    """Each table's rows about a person or their private chat, by column; tables without any are left out."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in metadata.sorted_tables:
        conditions = [column == user_id for column in _people(table)]
        private = sa.select(destinations.c.id).where(destinations.c.chat_id == user_id)
        conditions += [column.in_(private) for column in _of_destinations(table)]
        conditions += [_ends_in(column, user_id) for column in _names(table)]
        if conditions:
            query = sa.select(table).where(sa.or_(*conditions)).order_by(*table.primary_key.columns)
            rows = [row._asdict() for row in await session.execute(query)]
            found |= {table.name: rows} if rows else {}
    return found


async def forget(session: AsyncSession, user_id: int) -> int:
    """Delete every row about a person and their private chat; returns how many there were.

    Where something that is not theirs alone only names them, such as a channel that they set up or what translating
    took, the name goes and the rest stays. A ban stays.
    """
    count = 0
    await costs.unname(session, user_id)
    for table in reversed(metadata.sorted_tables):
        if table.name == _BANS:
            continue
        for column in _people(table):
            ours = column == user_id
            nameless = sa.update(table).where(ours).values({column: None})
            count += await changed(session, nameless if column.nullable else sa.delete(table).where(ours))
        for column in _names(table):
            count += await changed(session, sa.delete(table).where(_ends_in(column, user_id)))
    return count


async def people(session: AsyncSession) -> frozenset[int]:
    """Every number of which `forget` would find a row, but for those of groups and channels, which are negative."""
    found: set[int] = set()
    for table in metadata.sorted_tables:
        if table.name == _BANS:
            continue
        for column in _people(table):
            found.update(await session.scalars(sa.select(column).where(column > 0).distinct()))
        for column in _names(table):
            names = await session.scalars(sa.select(column))
            found.update(int(match[1]) for name in names if (match := _NUMBERED.fullmatch(name)) is not None)
    return frozenset(found)


def _people(table: sa.Table) -> list[sa.Column[Any]]:
    return [
        column
        for column in table.c
        if isinstance(column.type, sa.BigInteger)
        and column.name.endswith(("_id", "_by"))
        and column.name not in _NO_PEOPLE
    ]


def _of_destinations(table: sa.Table) -> list[sa.Column[Any]]:
    return [column for column in table.c if column.references(destinations.c.id)]


def _names(table: sa.Table) -> list[sa.Column[Any]]:
    if table.name in _OF_PROCESSES:
        return []
    return [column for column in table.c if isinstance(column.type, sa.String) and column.name == _NAME]


def _ends_in(column: sa.Column[Any], user_id: int) -> sa.ColumnElement[bool]:
    return sa.or_(column.endswith(f"-{user_id}"), column.endswith(f":{user_id}"))
