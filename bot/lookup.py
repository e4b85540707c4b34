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
from bot.translate.budget import Payer
from bot.translate.chain import Chain
from bot.translate.stored import stored_translations, untranslated
from storage import papers, translations
from storage.database import Database
from storage.records import BilingualPaper, Paper

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

    async def find(self, ids: Sequence[ArxivId], *, deadline: float | None = None) -> Found:
        """The papers with these ids; an id with a version asks for that version. Never raises for what arXiv does.

        arXiv is asked for what the archive lacks, and waited for as long as it takes or for `deadline` seconds.
        """
        found = await self._archived(ids)
        wanted = [id_ for id_ in ids if id_ not in found]
        unavailable = None
        if wanted:
            try:
                async with asyncio.timeout(deadline):
                    asked = await self._arxiv.papers(wanted)
            except TimeoutError:
                unavailable = ArxivUnavailable(f"arXiv did not answer within {deadline} seconds")
            except ArxivUnavailable as error:
                unavailable = error
                event(_log, "lookup_failed", level=logging.WARNING, ids=len(wanted), reason=error)
            else:
                async with self._db.begin() as session:
                    await papers.save(session, asked.values())
                found |= asked
        newest = await self._newest_versions([match.arxiv_id for match in found if match.version is not None])
        return Found(
            matches=tuple(
                Match(id_, found[id_], max(found[id_].version, newest.get(id_.arxiv_id, 0)))
                for id_ in ids
                if id_ in found
            ),
            missing=tuple(id_ for id_ in ids if id_ not in found),
            unavailable=unavailable,
        )

    async def listed(
        self, ids: Sequence[ArxivId], language: str, *, deadline: float | None = None
    ) -> list[BilingualPaper]:
        """Those of these papers that can be had, in order, with the translations that there are; none is made."""
        found = (await self.find(ids, deadline=deadline)).papers
        async with self._db.read() as session:
            texts = await translations.current(session, [paper.source_hash for paper in found], language)
        return [
            BilingualPaper(
                paper,
                texts.get(paper.source_hash) or untranslated(paper, language),
            )
            for paper in found
        ]

    async def archived(self, paper: Paper, language: str) -> BilingualPaper | None:
        """The paper with its stored translation, or None when one has still to be made."""
        if language == "en":
            return await self.translated(paper, language)
        async with self._db.read() as session:
            known = (await translations.current(session, [paper.source_hash], language)).get(paper.source_hash)
        return BilingualPaper(paper, known) if known is not None and known.complete else None

    async def translated(self, paper: Paper, language: str, *, chat_id: int = 0) -> BilingualPaper:
        """The paper with its translation, made now where the archive has none; what fails stays untranslated.

        `chat_id` is the chat that asks: what it takes counts there.
        """
        made = await stored_translations(
            self._db, self._chain, [paper], language, urgent=True, payer=Payer(chat_id=chat_id)
        )
        return BilingualPaper(paper, made[paper.source_hash])

    async def _newest_versions(self, arxiv_ids: Sequence[str]) -> dict[str, int]:
        if not arxiv_ids:
            return {}
        async with self._db.read() as session:
            known = await papers.newest(session, arxiv_ids)
        return {arxiv_id: paper.version for arxiv_id, paper in known.items()}

    async def _archived(self, ids: Sequence[ArxivId]) -> dict[ArxivId, Paper]:
        async with self._db.read() as session:
            newest = await papers.newest(session, [id_.arxiv_id for id_ in ids if id_.version is None])
            exact = await papers.many(session, [(id_.arxiv_id, id_.version) for id_ in ids if id_.version is not None])
        found: dict[ArxivId, Paper] = {}
        for id_ in ids:
            paper = newest.get(id_.arxiv_id) if id_.version is None else exact.get((id_.arxiv_id, id_.version))
            if paper is not None:
                found[id_] = paper
        return found
