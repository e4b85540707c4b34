"""JOURNEY clock → digest: announcements fetched → papers translated → digests composed → delivery rows written.

`Daily.tick` reads top to bottom in that order. Fetching costs once per category, translating once per paper and
language, rendering once per distinct digest, however many chats there are.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.arxiv_source import calendar
from bot.compose import COMPLETE, GIVE_UP, compose, cursors, waits
from bot.ensure import ensure
from bot.gather import Gather
from bot.i18n import words_for
from bot.ledger import Payer
from bot.localtime import following, held_until
from bot.log import event
from bot.render.digest import render_digest
from bot.translate.chain import Chain
from storage import announcements, deliveries, digests, papers, subscriptions
from storage.database import Database
from storage.records import (
    AnnouncedEntry,
    Announcement,
    AnnouncementState,
    AnnounceType,
    BilingualPaper,
    Destination,
    Digest,
    Entry,
    Now,
    Part,
    Subscription,
)

_log = logging.getLogger(__name__)


_REPLACED = frozenset({AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS})


def _nobody_waits() -> None:
    """For a desk that delivers nothing."""


async def _nobody_looks(_categories: Collection[str]) -> None:
    """For a desk without administrators."""


@dataclass(frozen=True, slots=True)
class Ticked:
    """What one tick did."""

    fetched: tuple[Announcement, ...] = ()
    digests: int = 0
    rows: int = 0


class Daily:
    """Turns announcements into delivery rows.

    `planned` is called after rows were written, `looked` with the categories whose announcements were looked for.
    """

    def __init__(
        self,
        *,
        db: Database,
        gather: Gather,
        chain: Chain,
        now: Now,
        planned: Callable[[], None] = _nobody_waits,
        looked: Callable[[Collection[str]], Awaitable[None]] = _nobody_looks,
    ) -> None:
        self._db = db
        self._gather = gather
        self._chain = chain
        self._now = now
        self._planned = planned
        self._looked = looked
        self._one_at_a_time = asyncio.Lock()

    async def tick(self) -> Ticked:
        """Fetch what is announced, translate it, and plan what is due. Repeating it changes nothing."""
        async with self._one_at_a_time:
            return await self._tick()

    async def _tick(self) -> Ticked:
        async with self._db.read() as session:
            since = await subscriptions.oldest_cursors(session)
        fetched = await self._gather.due(since)
        await self._looked(since)
        await self._translate_announced(fetched)
        made, rows = await self._plan()
        return Ticked(tuple(fetched), made, rows)

    async def digest_now(
        self, destination: Destination, wanted: Sequence[str], day: date, *, most: int | None = None
    ) -> tuple[Part, ...] | None:
        """The digest of these categories for a mailing date, rendered for a destination but not planned.

        None when the announcement is not (yet) known; no parts when it is known and empty. `most`: only so many papers.
        """
        held = [await self._gather.held(category, day) for category in wanted]
        known = [one for one in held if one is not None]
        if not any(one.announcement.state in COMPLETE for one in known):
            return None
        wishes = [Subscription(destination.id, category, cursor=day - timedelta(days=1)) for category in wanted]
        digest = compose(
            destination,
            wishes,
            [one.announcement for one in known],
            {one.announcement.id: one.entries for one in known},
        )
        if digest is None:
            return () if not await self.unknown(wanted, day) else None
        return await self.render(replace(digest, entries=digest.entries[:most]))

    async def unknown(self, wanted: Sequence[str], day: date) -> tuple[str, ...]:
        """Those of the categories whose announcement of that mailing date is not known in full."""
        async with self._db.read() as session:
            known = await announcements.on(session, wanted, day)
        return tuple(one for one in wanted if one not in known or known[one].state not in COMPLETE)

    async def render(self, digest: Digest) -> tuple[Part, ...]:
        """The digest's parts, with every translation that can be had now."""
        listed = await self.entries(digest)
        payer = Payer(announcement=f"{digest.categories[0]} {digest.mailing_dates[-1]}")
        texts = await ensure(self._db, self._chain, [entry.paper for entry in listed], digest.language, payer=payer)
        replaced = [(one.paper.arxiv_id, one.paper.version) for one in listed if one.announce_type in _REPLACED]
        async with self._db.read() as session:
            earlier = await papers.before(session, replaced) if replaced else {}
        bilingual = [
            BilingualPaper(
                paper=entry.paper,
                translation=texts[entry.paper.source_hash],
                announce_type=entry.announce_type,
                previous=earlier.get((entry.paper.arxiv_id, entry.paper.version)),
            )
            for entry in listed
        ]
        return render_digest(digest, bilingual, words_for(digest.interface))

    async def entries(self, digest: Digest) -> list[Entry]:
        """The digest's papers from the archive, in its order."""
        async with self._db.read() as session:
            found = await papers.many(session, [(entry.arxiv_id, entry.version) for entry in digest.entries])
        return [
            Entry(paper, entry.announce_type)
            for entry in digest.entries
            if (paper := found.get((entry.arxiv_id, entry.version))) is not None
        ]

    async def _translate_announced(self, fetched: Iterable[Announcement]) -> None:
        """Translate ahead of the digests, so that one that is due at nine goes out at nine."""
        for announcement in fetched:
            if announcement.state is not AnnouncementState.FETCHED:
                continue
            async with self._db.read() as session:
                wishes = await subscriptions.languages(session, announcement.category)
                entries = await announcements.entries(session, [announcement.id])
                found = await papers.many(session, [(entry.arxiv_id, entry.version) for entry in entries])
            for language, kinds in wishes.items():
                wanted = [found[(one.arxiv_id, one.version)] for one in entries if one.announce_type in kinds]
                payer = Payer(announcement=f"{announcement.category} {announcement.mailing_date}")
                await ensure(self._db, self._chain, wanted, language, payer=payer)

    async def _plan(self) -> tuple[int, int]:
        now = self._now()
        async with self._db.read() as session:
            due = await subscriptions.due(session, now)
        rendered: dict[str, tuple[Part, ...]] = {}
        rows = 0
        for destination, wishes in due:
            if (until := held_until(destination, now)) is not None:
                await self._hold(destination, until)
                continue
            known, entries, delivered = await self._known(destination, wishes, now)
            complete = {(one.category, one.mailing_date) for one in known}
            if waits(wishes, complete, now):
                continue
            digest = compose(destination, wishes, known, entries, delivered=delivered)
            if digest is not None and digest.key not in rendered:
                rendered[digest.key] = await self.render(digest)
            rows += await self._write(destination, wishes, known, digest, rendered)
        if rows:
            event(_log, "planned", digests=len(rendered), rows=rows)
            self._planned()
        return len(rendered), rows

    async def _hold(self, destination: Destination, until: datetime) -> None:
        """It is none of the destination's days: what was announced comes with the next digest."""
        async with self._db.begin() as session:
            await subscriptions.advance(
                session, destination.id, {}, expected=destination.next_run_at, next_run_at=until
            )

    async def _known(
        self, destination: Destination, wishes: Sequence[Subscription], now: datetime
    ) -> tuple[list[Announcement], Mapping[int, list[AnnouncedEntry]], Mapping[str, int]]:
        since = {wish.category: wish.cursor for wish in wishes}
        async with self._db.read() as session:
            known = await announcements.since(session, since, calendar.mailing_date(now))
            listed = await announcements.entries(session, [one.id for one in known])
            among = {entry.arxiv_id for entry in listed}
            delivered = await digests.delivered_versions(session, destination.id, among)
        entries: dict[int, list[AnnouncedEntry]] = {}
        for entry in listed:
            entries.setdefault(entry.announcement_id, []).append(entry)
        return known, entries, delivered

    async def _write(
        self,
        destination: Destination,
        wishes: Sequence[Subscription],
        known: Sequence[Announcement],
        digest: Digest | None,
        rendered: Mapping[str, tuple[Part, ...]],
    ) -> int:
        """One transaction: the destination moves on and its rows exist, or neither."""
        now = self._now()
        async with self._db.read() as session:
            since = {wish.category: wish.cursor for wish in wishes}
            given_up = await announcements.missing(session, since, now - GIVE_UP)
        ahead = cursors(wishes, known, now, given_up=given_up)
        slot_passes = destination.next_run_at is not None and _nothing_left(wishes, now)
        if digest is None and not ahead and not slot_passes:
            return 0
        async with self._db.begin() as session:
            moved = await subscriptions.advance(
                session,
                destination.id,
                ahead,
                expected=destination.next_run_at,
                next_run_at=following(destination, now),
            )
            if not moved or digest is None:
                return 0
            saved = await digests.save(session, digest, rendered[digest.key], now)
            return await deliveries.plan(session, saved.id, [destination.id])


def _nothing_left(wishes: Iterable[Subscription], now: datetime) -> bool:
    """Whether every subscription already has the newest announcement, so that a timed slot passes in silence."""
    day = calendar.mailing_date(now)
    return all(wish.cursor >= day for wish in wishes)
