"""The few places where SQL differs between databases, and the limits that they set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar, cast

from sqlalchemy import CursorResult, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

T = TypeVar("T")

# SQLite before 3.32 takes 999 variables in a statement; beside a list there are a few more.
_CHUNK = 900


def upsert(session: AsyncSession, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, in the words of the session's database."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def chunks(values: Iterable[T], size: int = _CHUNK) -> Iterator[list[T]]:
    """The distinct values in lists that fit into one IN; none for no values."""
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), size):
        yield distinct[start : start + size]


async def changed(session: AsyncSession, statement: Executable) -> int:
    """Carry out a statement that writes; how many rows it made, changed or removed."""
    # Drivers keep the count of an INSERT only when asked to.
    result = await session.execute(statement, execution_options={"preserve_rowcount": True})
    return cast("CursorResult[Any]", result).rowcount
