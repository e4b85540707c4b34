"""Build a digest that was posted before anew: (refetch) → (translate) → render → rows of the messages to edit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.announcements.fetch import AnnouncementFetcher
from bot.announcements.sources import read_again
from bot.arxiv_source import calendar
from bot.arxiv_source.errors import ArxivUnavailable
from bot.arxiv_source.feed import FeedError
from bot.arxiv_source.pages import PageError
from bot.digests.compose import refetched
from bot.digests.rendering import DigestRenderer
from bot.log import event
from bot.render.parts_difference import parts_difference
from bot.translate.budget import Payer
from bot.translate.chain import Chain
from bot.translate.stored import stored_translations
from storage import announcements, digests, papers, translations
from storage.database import Database
from storage.records import AnnouncedEntry, Announcement, Digest, Now, Paper, Part

_log = logging.getLogger(__name__)


class Scope(StrEnum):
    """What is made again besides the rendering."""

    RENDER = "render"
    TRANSLATE = "translate"
    REFETCH = "refetch"
    BACK = "back"
    """The translations before these are taken back."""
    UNDO = "undo"
    """The messages are again what the last correction replaced."""


@dataclass(frozen=True, slots=True)
class Regenerated:
    """What changed. `rows` messages (in all chats) are now on their way to be edited, added or removed."""

    category: str
    mailing_date: date
    digest_ids: tuple[int, ...]
    parts_changed: int
    rows: int
    added: int = 0
    removed: int = 0
    translated: int = 0
    restored: int = 0
    from_store: bool = False
    """Whether a refetch had to use the stored bytes, because arXiv serves only the newest announcement."""


class NotFetched(Exception):
    """The announcement could not be had; the argument says why."""


class Regenerate:
    """Rebuilds digests. `planned` is called after rows were written."""

    def __init__(
        self,
        *,
        db: Database,
        fetcher: AnnouncementFetcher,
        renderer: DigestRenderer,
        chain: Chain,
        now: Now,
        planned: Callable[[], None],
    ) -> None:
        self._db = db
        self._fetcher = fetcher
        self._renderer = renderer
        self._chain = chain
        self._now = now
        self._planned = planned

    async def newest_date(self, category: str) -> date | None:
        """The mailing date of the newest stored announcement of a category."""
        async with self._db.read() as session:
            latest = await announcements.latest(session, category)
        return latest.mailing_date if latest is not None else None

    async def posted(self, category: str, day: date) -> list[Digest]:
        """The digests with this announcement that were planned for anybody."""
        async with self._db.read() as session:
            return await digests.with_announcement(session, category, day)

    async def run(self, category: str, day: date, scope: Scope) -> Regenerated:
        """Rebuild every digest that holds this announcement; only what `scope` asks is made again.

        Raises NotFetched when a refetch got nothing; nothing is changed then.
        """
        posted = await self.posted(category, day)
        added = removed = 0
        from_store = False
        if scope is Scope.REFETCH:
            posted, added, removed, from_store = await self._refetch(category, day, posted)
        translated = await self._translate(posted) if scope is Scope.TRANSLATE else 0
        restored = await self._take_back(posted) if scope is Scope.BACK else 0
        parts_changed = rows = 0
        for digest in posted:
            parts = await self._former(digest) if scope is Scope.UNDO else await self._renderer.translated(digest)
            changed, moved = await self._replace(digest, parts)
            parts_changed += changed
            rows += moved
        if rows:
            self._planned()
        event(_log, "regenerated", category=category, date=day, scope=scope, parts=parts_changed, rows=rows)
        ids = tuple(digest.id for digest in posted)
        return Regenerated(
            category=category,
            mailing_date=day,
            digest_ids=ids,
            parts_changed=parts_changed,
            rows=rows,
            added=added,
            removed=removed,
            translated=translated,
            restored=restored,
            from_store=from_store,
        )

    async def _refetch(self, category: str, day: date, posted: list[Digest]) -> tuple[list[Digest], int, int, bool]:
        async with self._db.read() as session:
            known = await announcements.get(session, category, day)
            before = await announcements.entries(session, [known.id]) if known is not None else []
        from_store = day != calendar.mailing_date(self._now())
        stored = await (self._reparse(known, before) if from_store else self._fetcher.fetch(category, day))
        if not stored.state.complete:
            raise NotFetched(stored.reason)
        async with self._db.read() as session:
            after = await announcements.entries(session, [stored.id])
        old, new = {entry.arxiv_id for entry in before}, {entry.arxiv_id for entry in after}
        rebuilt = [refetched(digest, before, after) for digest in posted]
        async with self._db.begin() as session:
            for digest in rebuilt:
                await digests.replace_entries(session, digest)
        return rebuilt, len(new - old), len(old - new), from_store

    async def _reparse(self, known: Announcement | None, stored: Sequence[AnnouncedEntry]) -> Announcement:
        async with self._db.read() as session:
            body = await announcements.raw(session, known.id) if known is not None else None
        if known is None or body is None:
            raise NotFetched("the bytes of that announcement are not stored")
        try:
            versions = {entry.arxiv_id: entry.version for entry in stored}
            entries = await asyncio.to_thread(read_again, body, known, versions)
        except (FeedError, PageError, ArxivUnavailable) as error:
            raise NotFetched(str(error)) from None
        async with self._db.begin() as session:
            return await announcements.save(session, known, entries, body)

    async def _translate(self, posted: list[Digest]) -> int:
        made = 0
        for language, found in (await self._by_language(posted)).items():
            payer = Payer(announcement=f"{posted[0].categories[0]} {posted[0].mailing_dates[-1]}")
            await stored_translations(self._db, self._chain, found, language, anew=True, payer=payer)
            made += len(found)
        return made

    async def _take_back(self, posted: list[Digest]) -> int:
        restored = 0
        for language, found in (await self._by_language(posted)).items():
            async with self._db.begin() as session:
                hashes = [paper.source_hash for paper in found]
                restored += await translations.restore(session, hashes, language, self._now())
        return restored

    async def _by_language(self, posted: list[Digest]) -> dict[str, list[Paper]]:
        """The papers of digests, each once, by the language that they are translated to."""
        found: dict[str, list[Paper]] = {}
        for language in sorted({digest.language for digest in posted}):
            keys = {
                (entry.arxiv_id, entry.version)
                for digest in posted
                if digest.language == language
                for entry in digest.entries
            }
            async with self._db.read() as session:
                found[language] = list((await papers.many(session, keys)).values())
        return found

    async def render_again(self, digest: Digest) -> int:
        """Render a posted digest anew; returns how many messages are on their way because of it."""
        _changed, rows = await self._replace(digest, await self._renderer.translated(digest))
        if rows:
            self._planned()
        return rows

    async def preview(self, category: str, day: date) -> str:
        """What rendering anew would change in the messages, as a difference; empty for nothing. Changes nothing."""
        found: list[str] = []
        for digest in await self.posted(category, day):
            async with self._db.read() as session:
                before = await digests.parts(session, digest.id)
            if text := parts_difference(before, await self._renderer.translated(digest)):
                found.append(f"digest {digest.id} ({digest.language}, {digest.style.layout})\n{text}")
        return "\n".join(found)

    async def _former(self, digest: Digest) -> Sequence[Part]:
        """What the last correction replaced, or what is posted where there was none."""
        async with self._db.read() as session:
            return await digests.former(session, digest.id) or await digests.parts(session, digest.id)

    async def _replace(self, digest: Digest, parts: Sequence[Part]) -> tuple[int, int]:
        async with self._db.begin() as session:
            before = {part.number: part.content_hash for part in await digests.parts(session, digest.id)}
            rows = await digests.replace_parts(session, digest.id, parts, self._now())
        after = {part.number: part.content_hash for part in parts}
        return sum(before.get(n) != after.get(n) for n in before.keys() | after.keys()), rows
