"""JOURNEY gap → edit: papers not translated in full → tried again when due → digests that show them rendered anew."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.ensure import ensure
from bot.log import event
from bot.translate.chain import Chain
from storage import digests, gaps, papers, translations
from storage.database import Database
from storage.gaps import Gap
from storage.records import Digest, Now, Paper

_log = logging.getLogger(__name__)

_AT_ONCE = 40
"""Gaps tried in one tick; the others follow with the next."""
_SHOWN_FOR = timedelta(days=7)
"""Digests that were made longer ago are left as they are."""


class Mend:
    """Fills gaps by itself. `rendered` renders a posted digest anew and returns how many messages are to be edited."""

    def __init__(self, *, db: Database, chain: Chain, now: Now, rendered: Callable[[Digest], Awaitable[int]]) -> None:
        self._db = db
        self._chain = chain
        self._now = now
        self._rendered = rendered

    async def tick(self) -> int:
        """Try what is due; returns how many messages are on their way to be edited."""
        async with self._db.read() as session:
            due = await gaps.due(session, self._now(), _AT_ONCE)
        edited = 0
        for language in sorted({gap.language for gap in due}):
            fuller = await self._fill(language, [gap for gap in due if gap.language == language])
            edited += await self._show(language, fuller)
        return edited

    async def _fill(self, language: str, due: list[Gap]) -> list[Paper]:
        """The papers that have more of their texts than before."""
        hashes = [gap.source_hash for gap in due]
        async with self._db.read() as session:
            found = await papers.many(session, [(gap.arxiv_id, gap.version) for gap in due])
            before = await translations.current(session, hashes, language)
        # A paper whose text changed since is no longer what the gap is of.
        wanted = [paper for paper in found.values() if paper.source_hash in set(hashes)]
        gone = set(hashes) - {paper.source_hash for paper in wanted}
        if gone:
            async with self._db.begin() as session:
                for source_hash in gone:
                    await gaps.close(session, source_hash, language)
        after = await ensure(self._db, self._chain, wanted, language)
        fuller = [
            paper
            for paper in wanted
            if (key := paper.source_hash) not in before or after[key].fullness > before[key].fullness
        ]
        fuller = [
            paper for paper in fuller if paper.source_hash in before or after[paper.source_hash].title is not None
        ]
        event(_log, "gaps_tried", language=language, tried=len(wanted), fuller=len(fuller))
        return fuller

    async def _show(self, language: str, fuller: list[Paper]) -> int:
        if not fuller:
            return 0
        since = self._now() - _SHOWN_FOR
        async with self._db.read() as session:
            posted = await digests.with_papers(session, language, [paper.arxiv_id for paper in fuller], since)
        return sum([await self._rendered(digest) for digest in posted])
