"""Digests: their entries, and their parts as they are sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from storage.deliveries import insert_rows
from storage.delivery_rows import nothing_to_do
from storage.models import deliveries, destinations
from storage.models import digest_announcements as announcement_table
from storage.models import digest_entries as entry_table
from storage.models import digest_parts as part_table
from storage.models import digests as table
from storage.models import former_parts as former_table
from storage.records import AnnounceType, DeliveryState, Digest, DigestEntry, DigestStyle, Layout, Part, PartKind
from storage.sql import changed, chunks, upsert

_TYPES = {str(kind): kind for kind in AnnounceType}
"""The types by their values: a page of a digest reads hundreds of them."""


async def save(session: AsyncSession, digest: Digest, parts: Sequence[Part], now: datetime) -> Digest:
    """Store a digest and its parts, unless one with the same key is there; returned with its id and time.

    One that is there without parts (it was made room for, because its parts name it) gets these. Without parts to store
    it was shown once more, which counts as its time as long as nobody is to get it, see `drop_unsent`.
    """
    statement = (
        upsert(session, table)
        .values(
            key=digest.key,
            categories=list(digest.categories),
            mailing_dates=[day.isoformat() for day in digest.mailing_dates],
            language=digest.language,
            interface=digest.interface,
            **asdict(digest.style),
            created_at=now,
            approximate=[day.isoformat() for day in digest.approximate],
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(table.c.id)
    )
    digest_id = await session.scalar(statement)
    if digest_id is None:
        known = sa.select(table).where(table.c.key == digest.key).with_for_update()
        row = (await session.execute(known)).one()
        if parts and await session.scalar(sa.select(~sa.exists().where(part_table.c.digest_id == row.id))):
            await _insert_parts(session, row.id, parts)
        elif not parts:
            await session.execute(sa.update(table).where(table.c.id == row.id, ~_planned()).values(created_at=now))
        return replace(digest, id=row.id, created_at=row.created_at)
    stored = replace(digest, id=digest_id, created_at=now)
    sources = [
        {"category": category, "mailing_date": day, "digest_id": digest_id}
        for category in dict.fromkeys(digest.categories)
        for day in dict.fromkeys(digest.mailing_dates)
    ]
    if sources:
        await session.execute(sa.insert(announcement_table), sources)
    await _insert_entries(session, stored)
    await _insert_parts(session, digest_id, parts)
    return stored


async def drop_unsent(session: AsyncSession, before: datetime) -> int:
    """Remove the digests that were only shown, as answers are, and not since then; how many there were.

    Their messages stay; buttons that turn their pages say that they are from an earlier time.
    """
    return await changed(session, sa.delete(table).where(table.c.created_at < before, ~_planned()))


async def get(session: AsyncSession, digest_id: int) -> Digest:
    """One digest. Raises LookupError if there is none with that id."""
    found = await _with_entries(session, [digest_id])
    if not found:
        raise LookupError(f"there is no digest {digest_id}")
    return found[0]


async def parts(session: AsyncSession, digest_id: int) -> list[Part]:
    """The parts of a digest, by number."""
    query = sa.select(part_table).where(part_table.c.digest_id == digest_id).order_by(part_table.c.number)
    return [Part(row.number, PartKind(row.kind), row.payload, row.content_hash) for row in await session.execute(query)]


async def parts_of(session: AsyncSession, key: str) -> list[Part]:
    """The parts of the digest with this key, by number; none where there is no such digest, or it was only shown."""
    known = sa.select(table.c.id).where(table.c.key == key)
    digest_id = await session.scalar(known)
    return await parts(session, digest_id) if digest_id is not None else []


async def with_announcement(session: AsyncSession, category: str, mailing_date: date) -> list[Digest]:
    """The digests that hold a category's announcement of that date and that somebody was to get, by id."""
    planned = sa.exists().where(deliveries.c.digest_id == announcement_table.c.digest_id)
    query = sa.select(announcement_table.c.digest_id).where(
        announcement_table.c.category == category, announcement_table.c.mailing_date == mailing_date, planned
    )
    return await _with_entries(session, await session.scalars(query))


async def with_papers(session: AsyncSession, language: str, arxiv_ids: Iterable[str], since: datetime) -> list[Digest]:
    """The digests in a language, made since then, that show any of these papers and that somebody was to get, by id."""
    query = (
        sa.select(table.c.id)
        .join(entry_table, entry_table.c.digest_id == table.c.id)
        .where(table.c.language == language, table.c.created_at >= since, _planned())
    )
    found: set[int] = set()
    for some in chunks(arxiv_ids):
        found |= set(await session.scalars(query.where(entry_table.c.arxiv_id.in_(some))))
    return await _with_entries(session, sorted(found))


async def holding(session: AsyncSession, arxiv_ids: Collection[str]) -> frozenset[int]:
    """The digests that hold some of these papers, in whichever version."""
    found: set[int] = set()
    for some in chunks(arxiv_ids):
        query = sa.select(entry_table.c.digest_id).where(entry_table.c.arxiv_id.in_(some)).distinct()
        found.update(await session.scalars(query))
    return frozenset(found)


async def versions(session: AsyncSession, digest_ids: Collection[int], among: Collection[str]) -> dict[str, int]:
    """Which of these papers the digests hold, with the highest version of each."""
    query = (
        sa.select(entry_table.c.arxiv_id, sa.func.max(entry_table.c.version).label("version"))
        .where(entry_table.c.digest_id.in_(list(digest_ids)))
        .group_by(entry_table.c.arxiv_id)
    )
    return {row.arxiv_id: row.version for row in await session.execute(query) if row.arxiv_id in among}


async def replace_entries(session: AsyncSession, digest: Digest) -> None:
    """Store other entries for a digest that is there (by its id)."""
    taken = await session.scalar(sa.select(table.c.id).where(table.c.key == digest.key, table.c.id != digest.id))
    # Another digest may already hold just these entries. This one keeps its messages, but nobody new is to get it: its
    # old key would promise the old entries.
    key = digest.key if taken is None else f"replaced-{digest.id}"
    await session.execute(sa.update(table).where(table.c.id == digest.id).values(key=key))
    await session.execute(sa.delete(entry_table).where(entry_table.c.digest_id == digest.id))
    await _insert_entries(session, digest)


async def replace_parts(session: AsyncSession, digest_id: int, parts: Sequence[Part], now: datetime) -> int:
    """Give a digest other parts, and make the rows for what has to change in the chats that have it.

    A message whose part changed is to be edited, one beyond the last part is to be deleted, parts that are new are to
    be sent. Rows not yet sent take the new parts. Returns how many rows there are to work on because of this. The parts
    that are replaced are kept until the next time, see `former`.
    """
    # Where several may write at once, a second correction waits here for the first.
    await session.execute(sa.select(table.c.id).where(table.c.id == digest_id).with_for_update())
    await _keep_former(session, digest_id, parts)
    await session.execute(sa.delete(part_table).where(part_table.c.digest_id == digest_id))
    await _insert_parts(session, digest_id, parts)
    await session.execute(sa.delete(deliveries).where(deliveries.c.digest_id == digest_id, nothing_to_do()))
    awake = sa.exists().where(destinations.c.id == deliveries.c.destination_id, destinations.c.paused.is_(None))
    up_to_date = (
        sa.exists()
        .where(part_table.c.digest_id == deliveries.c.digest_id, part_table.c.number == deliveries.c.number)
        .where(part_table.c.content_hash == deliveries.c.sent_hash)
    )
    # An edit that was refused left its message standing: the new content may fare better.
    stands = sa.and_(
        deliveries.c.message_id.is_not(None), deliveries.c.state.in_((DeliveryState.SENT, DeliveryState.FAILED))
    )
    again = {
        "state": DeliveryState.PENDING,
        "attempts": 0,
        "refusals": 0,
        "reason": "",
        "retry_at": None,
        "updated_at": now,
    }
    reopened = await changed(
        session,
        sa.update(deliveries).where(deliveries.c.digest_id == digest_id, stands, ~up_to_date, awake).values(**again),
    )
    has_it = (
        sa.select(deliveries.c.destination_id)
        .join(destinations)
        .where(deliveries.c.digest_id == digest_id, deliveries.c.state != DeliveryState.FAILED)
        .where(destinations.c.paused.is_(None))
    )
    return reopened + await insert_rows(session, digest_id, destinations.c.id.in_(has_it))


async def former(session: AsyncSession, digest_id: int) -> list[Part]:
    """The parts that the last correction of a digest replaced, by number; none if it never was corrected."""
    query = sa.select(former_table).where(former_table.c.digest_id == digest_id).order_by(former_table.c.number)
    return [Part(row.number, PartKind(row.kind), row.payload, row.content_hash) for row in await session.execute(query)]


def _planned() -> sa.ColumnElement[bool]:
    """Whether somebody is to get a digest, or got it."""
    return sa.exists().where(deliveries.c.digest_id == table.c.id)


async def _keep_former(session: AsyncSession, digest_id: int, replacing: Sequence[Part]) -> None:
    query = sa.select(part_table.c.number, part_table.c.content_hash).where(part_table.c.digest_id == digest_id)
    if {(row.number, row.content_hash) for row in await session.execute(query)} == {
        (part.number, part.content_hash) for part in replacing
    }:
        return
    await session.execute(sa.delete(former_table).where(former_table.c.digest_id == digest_id))
    columns = [column.name for column in former_table.c]
    kept = sa.select(*(part_table.c[name] for name in columns)).where(part_table.c.digest_id == digest_id)
    await session.execute(sa.insert(former_table).from_select(columns, kept))


async def _insert_entries(session: AsyncSession, digest: Digest) -> None:
    rows = [
        {
            "digest_id": digest.id,
            "position": position,
            "arxiv_id": entry.arxiv_id,
            "version": entry.version,
            "announce_type": entry.announce_type,
        }
        for position, entry in enumerate(digest.entries)
    ]
    if rows:
        await session.execute(sa.insert(entry_table), rows)


async def _insert_parts(session: AsyncSession, digest_id: int, parts: Iterable[Part]) -> None:
    rows = [
        {
            "digest_id": digest_id,
            "number": part.number,
            "kind": part.kind,
            "payload": dict(part.payload),
            "content_hash": part.content_hash,
        }
        for part in parts
    ]
    if rows:
        await session.execute(sa.insert(part_table), rows)


async def _with_entries(session: AsyncSession, digest_ids: Iterable[int]) -> list[Digest]:
    found: list[Digest] = []
    for some in chunks(digest_ids):
        query = sa.select(entry_table).where(entry_table.c.digest_id.in_(some)).order_by(entry_table.c.position)
        entries: dict[int, list[DigestEntry]] = {}
        for row in await session.execute(query):
            entry = DigestEntry(row.arxiv_id, row.version, _TYPES[row.announce_type])
            entries.setdefault(row.digest_id, []).append(entry)
        rows = await session.execute(sa.select(table).where(table.c.id.in_(some)))
        found += [_digest(row, entries.get(row.id, ())) for row in rows]
    return sorted(found, key=lambda digest: digest.id)


def _digest(row: sa.Row[Any], entries: Iterable[DigestEntry]) -> Digest:
    return Digest(
        categories=tuple(row.categories),
        mailing_dates=tuple(date.fromisoformat(day) for day in row.mailing_dates),
        language=row.language,
        interface=row.interface,
        entries=tuple(entries),
        style=DigestStyle(
            layout=Layout(row.layout),
            papers_shown=row.papers_shown,
            attach_file=row.attach_file,
            show_abstracts=row.show_abstracts,
            paged=row.paged,
        ),
        id=row.id,
        created_at=row.created_at,
        approximate=tuple(date.fromisoformat(day) for day in row.approximate),
    )
