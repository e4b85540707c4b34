"""What translating took, by day, chat, announcement and backend; and which gates raised alarms."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import gate_alarms
from storage.models import spending as table
from storage.records import Cost, Usage
from storage.sql import upsert

_MICRO = Decimal(1_000_000)
_COUNTS = ("requests", "characters", "tokens_in", "tokens_out", "money", "failures", "alarms")


@dataclass(frozen=True, slots=True)
class Maker:
    """For whom something was translated, and which backend and model did it.

    `chat_id` is 0 and the announcement empty where it was for no chat or no announcement.
    """

    chat_id: int
    announcement: str
    backend: str
    model: str


async def add(session: AsyncSession, day: date, maker: Maker, spent: Cost) -> None:
    """Count so much more."""
    used = asdict(spent.used) | {"money": int((spent.used.money * _MICRO).to_integral_value())}
    counts = {**used, "failures": spent.failures, "alarms": spent.alarms}
    statement = upsert(session, table).values(day=day, **asdict(maker), **counts)
    more = {name: table.c[name] + statement.excluded[name] for name in _COUNTS}
    await session.execute(statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=more))


async def add_alarms(session: AsyncSession, day: date, of: tuple[str, str, str], count: int) -> None:
    """Count so many more alarms of a backend, a text and a gate."""
    backend, text, gate = of
    statement = upsert(session, gate_alarms).values(day=day, backend=backend, field=text, gate=gate, count=count)
    more = {"count": gate_alarms.c.count + statement.excluded.count}
    await session.execute(statement.on_conflict_do_update(index_elements=list(gate_alarms.primary_key), set_=more))


async def unname(session: AsyncSession, chat_id: int) -> None:
    """Count what a chat took as what nobody took, so that sums stay what they are."""
    rest = [column for column in table.c if column.name != "chat_id"]
    ours = sa.select(sa.literal(0), *rest).where(table.c.chat_id == chat_id)
    statement = upsert(session, table).from_select(["chat_id", *(column.name for column in rest)], ours)
    more = {name: table.c[name] + statement.excluded[name] for name in _COUNTS}
    await session.execute(statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=more))
    await session.execute(sa.delete(table).where(table.c.chat_id == chat_id))


async def of_day(session: AsyncSession, day: date) -> tuple[Usage, dict[tuple[int, bool], Usage]]:
    """What a day took in all, and what for each chat: by its id and whether the chat asked for it.

    What it did not ask for is what it alone is subscribed to.
    """
    asked = (table.c.announcement == "").label("asked")
    query = sa.select(table.c.chat_id, asked, *_sums()).where(table.c.day == day).group_by(table.c.chat_id, asked)
    rows = [(row.chat_id, bool(row.asked), _spent(row).used) for row in await session.execute(query)]
    in_all = sum((used for _, _, used in rows), Usage())
    return in_all, {(chat_id, asked): used for chat_id, asked, used in rows if chat_id}


async def by_backend(session: AsyncSession, since: date) -> dict[tuple[str, str], Cost]:
    """What each backend and model took from that day on."""
    query = (
        sa.select(table.c.backend, table.c.model, *_sums())
        .where(table.c.day >= since)
        .group_by(table.c.backend, table.c.model)
        .order_by(table.c.backend, table.c.model)
    )
    return {(row.backend, row.model): _spent(row) for row in await session.execute(query)}


async def newest_announcements(session: AsyncSession, limit: int) -> dict[str, Cost]:
    """What the announcements took for which something was translated last, the newest first."""
    newest = sa.func.max(table.c.day)
    query = (
        sa.select(table.c.announcement, *_sums())
        .where(table.c.announcement != "")
        .group_by(table.c.announcement)
        .order_by(newest.desc(), table.c.announcement)
        .limit(limit)
    )
    return {row.announcement: _spent(row) for row in await session.execute(query)}


async def alarms_by_gate(session: AsyncSession, since: date) -> dict[str, int]:
    """How often each gate turned a text away from that day on, the most frequent first."""
    total = sa.func.sum(gate_alarms.c.count).label("total")
    query = (
        sa.select(gate_alarms.c.gate, total)
        .where(gate_alarms.c.day >= since)
        .group_by(gate_alarms.c.gate)
        .order_by(total.desc(), gate_alarms.c.gate)
    )
    return {row.gate: int(row.total) for row in await session.execute(query)}


def _sums() -> list[sa.Label[Any]]:
    return [sa.func.coalesce(sa.func.sum(table.c[name]), 0).label(name) for name in _COUNTS]


def _spent(row: sa.Row[Any]) -> Cost:
    money = Decimal(int(row.money)) / _MICRO
    used = Usage(int(row.requests), int(row.characters), int(row.tokens_in), int(row.tokens_out), money)
    return Cost(used, int(row.failures), int(row.alarms))
