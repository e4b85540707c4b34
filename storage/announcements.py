"""Announcements, their entries and the bytes that they came in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import papers
from storage.models import announcement_entries as entry_table
from storage.models import announcements as table
from storage.papers import Key
from storage.records import AnnouncedEntry, Announcement, AnnouncementState, AnnounceType, Entry
from storage.sql import among, changed, chunks, upsert

COMPLETE = tuple(state for state in AnnouncementState if state.complete)
"""The complete states, for queries."""

_KNOWN = tuple(table.c[field_.name] for field_ in fields(Announcement))
_STATE = next(place for place, column in enumerate(_KNOWN) if column is table.c.state)
# Asked at every tick, and so made once.
_OF = select(*_KNOWN).where(among(table.c.category, "categories"))
_AFTER = _OF.where(table.c.mailing_date > bindparam("after", type_=table.c.mailing_date.type))
_ON = _OF.where(table.c.mailing_date == bindparam("day", type_=table.c.mailing_date.type))
_NEW = select(
    exists()
    .where(entry_table.c.announcement_id == table.c.id, entry_table.c.announce_type == AnnounceType.NEW)
    .where(
        among(table.c.category, "categories"),
        table.c.mailing_date >= bindparam("since", type_=table.c.mailing_date.type),
    )
)


async def save(
    session: AsyncSession, announcement: Announcement, entries: Sequence[Entry], raw: bytes | None
) -> Announcement:
    """Store what is known of an announcement, its entries in order, and their papers; returns what is stored.

    One that was fetched stays as it is when something else comes in (late, stale, cut), and one that has no papers
    unless it has some after all. The bytes of an earlier answer
    are kept where `raw` is None, and the time when it was asked for first always.
    """
    known = await get(session, announcement.category, announcement.mailing_date)
    if known is not None and known.state.complete:
        kept = AnnouncementState.FETCHED if known.state is AnnouncementState.FETCHED else announcement.state
        if not announcement.state.complete or announcement.state is not kept:
            return known
    since = known.asked_since if known is not None else None
    announcement = replace(announcement, entry_count=len(entries), asked_since=since or announcement.fetched_at)
    values = {
        column.name: getattr(announcement, column.name)
        for column in _KNOWN
        if column.name not in {"id", "category", "mailing_date"}
    }
    if raw is not None:
        values["raw"] = raw
    statement = (
        upsert(session, table)
        .values(category=announcement.category, mailing_date=announcement.mailing_date, **values)
        .on_conflict_do_update(index_elements=["category", "mailing_date"], set_=values)
        .returning(table.c.id)
    )
    stored = replace(announcement, id=(await session.execute(statement)).scalar_one())
    await papers.save(session, (entry.paper for entry in entries))
    await session.execute(delete(entry_table).where(entry_table.c.announcement_id == stored.id))
    if entries:
        await session.execute(
            insert(entry_table),
            [
                {
                    "announcement_id": stored.id,
                    "position": position,
                    "arxiv_id": entry.paper.arxiv_id,
                    "version": entry.paper.version,
                    "announce_type": entry.announce_type,
                }
                for position, entry in enumerate(entries)
            ],
        )
    return stored


async def get(session: AsyncSession, category: str, mailing_date: date) -> Announcement | None:
    """What is known of a category's announcement of that date."""
    query = select(*_KNOWN).where(table.c.category == category, table.c.mailing_date == mailing_date)
    return await _first(session, query)


async def known_after(
    session: AsyncSession, categories: Iterable[str], after: date
) -> dict[tuple[str, date], Announcement]:
    """What is known of these categories' announcements of later dates, by category and mailing date."""
    found = await _those(session, _AFTER, {"categories": list(categories), "after": after})
    return {(announcement.category, announcement.mailing_date): announcement for announcement in found}


async def latest(session: AsyncSession, category: str) -> Announcement | None:
    """The newest fetched announcement of a category."""
    query = select(*_KNOWN).where(table.c.category == category, table.c.state == AnnouncementState.FETCHED)
    return await _first(session, query.order_by(table.c.mailing_date.desc()).limit(1))


async def expect(session: AsyncSession, categories: Iterable[str], day: date) -> None:
    """Note that these categories' announcements of a date are due, where nothing is known of them yet."""
    rows = [
        {
            "category": category,
            "mailing_date": day,
            "state": AnnouncementState.DUE,
            "entry_count": 0,
            "source": "",
            "reason": "",
            "approximate": False,
        }
        for category in categories
    ]
    if rows:
        await session.execute(upsert(session, table).on_conflict_do_nothing(), rows)


async def on(session: AsyncSession, categories: Iterable[str], day: date) -> dict[str, Announcement]:
    """What is known of these categories' announcements of one date."""
    found = await _those(session, _ON, {"categories": list(categories), "day": day})
    return {announcement.category: announcement for announcement in found}


async def any_new(session: AsyncSession, categories: Iterable[str], *, since: date) -> bool:
    """Whether there is any new paper in these categories' announcements of that date or later."""
    return bool(await session.scalar(_NEW, {"categories": list(categories), "since": since}))


async def entries(session: AsyncSession, announcement_ids: Iterable[int]) -> list[AnnouncedEntry]:
    """The entries of these announcements, by announcement and place."""
    found: list[AnnouncedEntry] = []
    for some in chunks(sorted(announcement_ids)):
        query = (
            select(entry_table)
            .where(entry_table.c.announcement_id.in_(some))
            .order_by(entry_table.c.announcement_id, entry_table.c.position)
        )
        found += [_entry(row) for row in await session.execute(query)]
    return found


async def ids(session: AsyncSession, category: str, *, after: date, before: date) -> frozenset[Key]:
    """Which versions of which papers the announcements of a category hold that are dated between these days."""
    query = (
        select(entry_table.c.arxiv_id, entry_table.c.version)
        .join(table, table.c.id == entry_table.c.announcement_id)
        .where(table.c.category == category, table.c.mailing_date > after, table.c.mailing_date < before)
    )
    return frozenset((row.arxiv_id, row.version) for row in await session.execute(query))


async def raw(session: AsyncSession, announcement_id: int) -> bytes | None:
    """The bytes that the entries were read from."""
    query = select(table.c.raw).where(table.c.id == announcement_id)
    found: bytes | None = await session.scalar(query)
    return found


async def drop_raw(session: AsyncSession, before: date) -> int:
    """Forget the bytes of announcements of mailing dates before that day; their entries stay. Returns how many."""
    old = update(table).where(table.c.mailing_date < before, table.c.raw.is_not(None))
    return await changed(session, old.values(raw=None))


async def since(session: AsyncSession, cursors: Mapping[str, date], until: date) -> list[Announcement]:
    """The complete announcements of each category after its cursor, up to and with `until`; by date, then category."""
    if not cursors:
        return []
    # One range for all categories, each cut at its own cursor here: cursors seldom lie more than a day apart.
    found = await _of(
        session,
        cursors,
        table.c.state.in_(COMPLETE),
        table.c.mailing_date > min(cursors.values()),
        table.c.mailing_date <= until,
    )
    return [announcement for announcement in found if announcement.mailing_date > cursors[announcement.category]]


async def missing(session: AsyncSession, cursors: Mapping[str, date], asked_before: datetime) -> set[tuple[str, date]]:
    """The announcements after each category's cursor that were asked for first before that time and are not complete.

    As pairs of category and mailing date.
    """
    if not cursors:
        return set()
    found = await _of(
        session,
        cursors,
        table.c.state.not_in(COMPLETE),
        table.c.mailing_date > min(cursors.values()),
        table.c.asked_since < asked_before,
    )
    return {(announcement.category, announcement.mailing_date) for announcement in found}


async def per_day(session: AsyncSession, categories: Iterable[str], after: date) -> dict[str, float]:
    """How many papers new to a category its announcements after that day bring on average; only what is known."""
    seen = entry_table.c.announce_type.in_((AnnounceType.NEW, AnnounceType.CROSS))
    days, papers_there = func.count(table.c.id.distinct()), func.count(entry_table.c.arxiv_id)
    found: dict[str, float] = {}
    for some in chunks(categories):
        query = (
            select(table.c.category, days.label("days"), papers_there.label("papers"))
            .outerjoin(entry_table, and_(entry_table.c.announcement_id == table.c.id, seen))
            .where(table.c.category.in_(some), table.c.state.in_(COMPLETE), table.c.mailing_date > after)
            .group_by(table.c.category)
        )
        found |= {row.category: row.papers / row.days for row in await session.execute(query)}
    return found


async def listing(session: AsyncSession, category: str | None = None, limit: int = 50) -> list[Announcement]:
    """What is known of announcements (of one category, or of all), the newest first."""
    query = select(*_KNOWN).order_by(table.c.mailing_date.desc(), table.c.category).limit(limit)
    if category is not None:
        query = query.where(table.c.category == category)
    return [_announcement(row) for row in await session.execute(query)]


async def _of(session: AsyncSession, categories: Iterable[str], *conditions: ColumnElement[bool]) -> list[Announcement]:
    return await _those(session, _OF.where(*conditions), {"categories": list(categories)})


async def _those(session: AsyncSession, query: Select[Any], values: Mapping[str, Any]) -> list[Announcement]:
    found = [_announcement(row) for row in await session.execute(query, values)]
    return sorted(found, key=lambda announcement: (announcement.mailing_date, announcement.category))


async def _first(session: AsyncSession, query: Select[Any]) -> Announcement | None:
    row = (await session.execute(query)).first()
    return _announcement(row) if row is not None else None


def _announcement(row: Row[Any]) -> Announcement:
    known = list(row)
    known[_STATE] = AnnouncementState(known[_STATE])
    return Announcement(*known)


def _entry(row: Row[Any]) -> AnnouncedEntry:
    return AnnouncedEntry(
        announcement_id=row.announcement_id,
        position=row.position,
        arxiv_id=row.arxiv_id,
        version=row.version,
        announce_type=AnnounceType(row.announce_type),
    )
