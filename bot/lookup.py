"""JOURNEY link → card: ids → own archive, else arXiv → translation from the archive or made now → bilingual paper."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bot.arxiv_source.client import ArxivClient
from bot.arxiv_source.errors import ArxivUnavailable
from bot.arxiv_source.ids import ArxivId
from bot.log import event
from bot.translate.chain import Chain
from storage import papers, translations
from storage.database import Database
from storage.records import BilingualPaper, Paper, Translation

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Match:
    """The paper that an id names."""

    asked: ArxivId
    paper: Paper
    newest: int
    """The highest version that the archive has; the paper's own, or a later one where an earlier was asked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """What became of the ids of a message: papers in the order asked, and the ids that gave none."""

    matches: tuple[Match, ...]
    missing: tuple[ArxivId, ...]
    unavailable: ArxivUnavailable | None = None
    """Why arXiv could not be asked for the missing ones; None when arXiv answered and does not have them."""

    @property
    def papers(self) -> tuple[Paper, ...]:
        """The papers alone."""
        return tuple(match.paper for match in self.matches)


class Lookup:
    """Finds papers by id and their translations."""

    def __init__(self, *, db: Database, arxiv: ArxivClient, chain: Chain) -> None:
        self._db = db
        self._arxiv = arxiv
        self._chain = chain

    async def find(self, ids: Sequence[ArxivId]) -> Found:
        """The papers with these ids; an id with a version asks for that version. Never raises for what arXiv does."""
        found = await self._archived(ids)
        wanted = [one for one in ids if one not in found]
        unavailable = None
        if wanted:
            try:
                asked = await self._arxiv.papers(wanted)
            except ArxivUnavailable as error:
                unavailable = error
                event(_log, "lookup_failed", level=logging.WARNING, ids=len(wanted), reason=error)
            else:
                async with self._db.begin() as session:
                    await papers.save(session, asked.values())
                found |= asked
        newest = await self._newest_versions([one.arxiv_id for one in found if one.version is not None])
        return Found(
            matches=tuple(
                Match(one, found[one], max(found[one].version, newest.get(one.arxiv_id, 0)))
                for one in ids
                if one in found
            ),
            missing=tuple(one for one in ids if one not in found),
            unavailable=unavailable,
        )

    async def listed(self, ids: Sequence[ArxivId], language: str) -> list[BilingualPaper]:
        """Those of these papers that can be had, in order, with the translations that there are; none is made."""
        found = (await self.find(ids)).papers
        async with self._db.read() as session:
            texts = await translations.current(session, [one.source_hash for one in found], language)
        return [
            BilingualPaper(
                one,
                texts.get(one.source_hash) or Translation(one.arxiv_id, one.version, language, one.source_hash),
            )
            for one in found
        ]

    async def archived(self, paper: Paper, language: str) -> BilingualPaper | None:
        """The paper with its stored translation, or None when one has still to be made."""
        if language == "en":
            return await self.translated(paper, language)
        async with self._db.read() as session:
            known = (await translations.current(session, [paper.source_hash], language)).get(paper.source_hash)
        return BilingualPaper(paper, known) if known is not None and known.complete else None

    async def translated(self, paper: Paper, language: str) -> BilingualPaper:
        """The paper with its translation, made now where the archive has none; what fails stays untranslated."""
        made = await ensure(self._db, self._chain, [paper], language)
        return BilingualPaper(paper, made[paper.source_hash])

    async def _newest_versions(self, arxiv_ids: Sequence[str]) -> dict[str, int]:
        if not arxiv_ids:
            return {}
        async with self._db.read() as session:
            known = await papers.newest(session, arxiv_ids)
        return {arxiv_id: paper.version for arxiv_id, paper in known.items()}

    async def _archived(self, ids: Sequence[ArxivId]) -> dict[ArxivId, Paper]:
        async with self._db.read() as session:
            newest = await papers.newest(session, [one.arxiv_id for one in ids if one.version is None])
            exact = await papers.many(session, [(one.arxiv_id, one.version) for one in ids if one.version is not None])
        found: dict[ArxivId, Paper] = {}
        for one in ids:
            paper = newest.get(one.arxiv_id) if one.version is None else exact.get((one.arxiv_id, one.version))
            if paper is not None:
                found[one] = paper
        return found


async def ensure(
    db: Database, chain: Chain, wanted: Sequence[Paper], language: str, *, anew: bool = False
) -> dict[str, Translation]:
    """Translations of these papers by source hash, made and stored where the archive has none (or all of them `anew`).

    One that is stored with gaps is asked for again; it is replaced only by one that is at least as full.
    """
    async with db.read() as session:
        known = await translations.current(session, {paper.source_hash for paper in wanted}, language)
    missing = {paper.source_hash: paper for paper in wanted}
    if not anew:
        missing = {key: paper for key, paper in missing.items() if key not in known or not known[key].complete}
    if not missing:
        return known

    async def make(paper: Paper) -> None:
        made = await chain.translate(paper, language)
        before = known.get(made.source_hash)
        if before is not None and _fields(made) < _fields(before):
            return
        known[made.source_hash] = made
        # English only costs nothing to make, and what failed is never stored.
        if made.title is not None and language != "en":
            async with db.begin() as session:
                await translations.save(session, made)

    # Each is stored when it is made, so that a stop in the middle of a long announcement loses little.
    async with asyncio.TaskGroup() as group:
        for paper in missing.values():
            group.create_task(make(paper))
    complete = sum(key in known and known[key].complete for key in missing)
    level = logging.INFO if complete == len(missing) else logging.WARNING
    event(_log, "translations", level=level, language=language, asked=len(missing), complete=complete)
    return known


def _fields(translation: Translation) -> int:
    texts = (translation.title, translation.abstract, translation.summary, translation.summary_en)
    return sum(text is not None for text in texts)
