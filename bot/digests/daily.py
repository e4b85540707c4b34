"""JOURNEY clock → digest: announcements fetched → papers translated → digests composed → delivery rows written.

`Daily.tick` reads top to bottom in that order. Fetching costs once per category, translating once per paper and
language, rendering once per distinct digest, however many chats there are.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.announcements.fetch import AnnouncementFetcher
from bot.digests.compose import compose
from bot.digests.plan import Plan
from bot.digests.rendering import DigestRenderer, announcement_payer
from bot.log import event
from bot.translate.budget import Payer
from bot.translate.chain import Chain
from bot.translate.stored import stored_translations
from storage import announcements, digests, gaps, papers, subscriptions
from storage.database import Database
from storage.records import Announcement, AnnouncementState, Destination, Digest, Now, Part, Subscription

_log = logging.getLogger(__name__)

_TURNED_FOR = timedelta(days=30)
"""How long the pages of an answer to /digest can be turned since it was last asked for."""


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
        fetcher: AnnouncementFetcher,
        chain: Chain,
        renderer: DigestRenderer,
        now: Now,
        planned: Callable[[], None] = _nobody_waits,
        looked: Callable[[Collection[str]], Awaitable[None]] = _nobody_looks,
    ) -> None:
        self._db = db
        self._fetcher = fetcher
        self._chain = chain
        self._renderer = renderer
        self._now = now
        self._planned = planned
        self._looked = looked
        self._plan = Plan(db=db, render=renderer.translated, now=now)
        self._one_at_a_time = asyncio.Lock()
        self._tidied_on: date | None = None

    async def tick(self) -> Ticked:
        """Fetch what is announced, translate it, and plan what is due. Repeating it changes nothing."""
        async with self._one_at_a_time:
            return await self._tick()

    async def _tick(self) -> Ticked:
        async with self._db.read() as session:
            since = await subscriptions.oldest_cursors(session)
        fetched = await self._fetcher.due(since)
        await self._looked(since)
        await self._translate_announced(fetched)
        planned = await self._plan.run()
        if planned.rows:
            self._planned()
        await self._tidy()
        return Ticked(tuple(fetched), planned.digests, planned.rows)

    async def digest_now(
        self, destination: Destination, wanted: Sequence[str], day: date, *, payer: Payer, most: int | None = None
    ) -> tuple[Part, ...] | None:
        """The digest of these categories for a mailing date, rendered for a destination but not planned.

        None when the announcement is not (yet) known; no parts when it is known and empty. `most`: only so many papers.
        What it shows first is translated on the payer's account, within its cap; the rest is as the archive has it.
        """
        held = [await self._fetcher.held(category, day) for category in wanted]
        known = [fetched for fetched in held if fetched is not None]
        if not any(fetched.announcement.state.complete for fetched in known):
            return None
        wishes = [Subscription(destination.id, category, cursor=day - timedelta(days=1)) for category in wanted]
        digest = compose(
            destination,
            wishes,
            [fetched.announcement for fetched in known],
            {fetched.announcement.id: fetched.entries for fetched in known},
        )
        if digest is None:
            return () if not await self.unknown(wanted, day) else None
        shown = replace(digest, entries=digest.entries[:most])
        if posted := await self._posted(shown):
            return posted
        return await self._renderer.first_page_translated(shown, payer)

    async def _posted(self, digest: Digest) -> tuple[Part, ...]:
        """The parts of this digest as chats have it; none where none has, or where more may be translated by now.

        Rendering a large announcement with its file takes some hundred milliseconds, reading it a few.
        """
        async with self._db.read() as session:
            parts = await digests.parts_of(session, digest.key)
            if parts and await gaps.among(session, [entry.arxiv_id for entry in digest.entries], digest.language):
                return ()
        return tuple(parts)

    async def unknown(self, wanted: Sequence[str], day: date) -> tuple[str, ...]:
        """Those of the categories whose announcement of that mailing date is not known in full."""
        async with self._db.read() as session:
            known = await announcements.on(session, wanted, day)
        return tuple(text for text in wanted if text not in known or not known[text].state.complete)

    async def _tidy(self) -> None:
        """Once a day: answers to /digest were stored so that their pages can be turned; nobody turns them for ever."""
        now = self._now()
        if self._tidied_on == now.date():
            return
        self._tidied_on = now.date()
        async with self._db.begin() as session:
            dropped = await digests.drop_unsent(session, now - _TURNED_FOR)
        if dropped:
            event(_log, "tidied", digests=dropped)

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
                wanted = [found[(entry.arxiv_id, entry.version)] for entry in entries if entry.announce_type in kinds]
                payer = await announcement_payer(self._db, announcement.category, announcement.mailing_date, language)
                await stored_translations(self._db, self._chain, wanted, language, payer=payer)
