"""JOURNEY gap → edit: papers not translated in full → tried again when due → digests, answers and cards edited.

Whoever fills a gap, also somebody's question in between, only notes that there is more to show: the next tick shows it
and forgets the gap after that, so that nothing is lost where the program ends between the two.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from bot.corrections.posted_answers import PostedAnswers
from bot.corrections.posted_cards import PostedCards
from bot.log import event
from bot.translate.chain import Chain
from bot.translate.stored import stored_translations
from storage import digests, gaps, open_cards, papers
from storage.database import Database
from storage.gaps import Gap
from storage.records import Digest, Now, OpenCard

_log = logging.getLogger(__name__)

_AT_ONCE = 40
"""Gaps tried in one tick, and shown in one; the others follow with the next."""
_SHOWN_FOR = timedelta(days=7)
"""Digests that were made longer ago are left as they are."""
_GIVEN_UP = timedelta(hours=1)
"""After which nobody makes a card's translation any more that was begun since the start."""

T = TypeVar("T", Gap, OpenCard)


class TranslationRetries:
    """Fills gaps by itself. `rendered` renders a posted digest anew and returns how many messages are to be edited."""

    def __init__(
        self,
        *,
        db: Database,
        chain: Chain,
        now: Now,
        rendered: Callable[[Digest], Awaitable[int]],
        cards: PostedCards,
        answers: PostedAnswers,
    ) -> None:
        self._db = db
        self._chain = chain
        self._now = now
        self._rendered = rendered
        self._cards = cards
        self._answers = answers
        self._since = now()

    async def tick(self) -> int:
        """Try what is due and show what was filled; returns how many messages are edited or on their way to be."""
        finished = await self._finish()
        async with self._db.read() as session:
            due = await gaps.due(session, self._now(), _AT_ONCE)
        for language, some in _by_language(due).items():
            await self._try(language, some)
        async with self._db.read() as session:
            filled = await gaps.to_show(session, _AT_ONCE)
        return finished + sum([await self._show(language, some) for language, some in _by_language(filled).items()])

    async def _finish(self) -> int:
        """Complete the cards whose translations an end of the program broke off."""
        before = max(self._since, self._now() - _GIVEN_UP)
        async with self._db.read() as session:
            left = await open_cards.waiting(session, before, _AT_ONCE)
        finished = 0
        for language, cards in _by_language(left).items():
            async with self._db.read() as session:
                found = await papers.many(session, [(card.arxiv_id, card.version) for card in cards])
            made = await stored_translations(self._db, self._chain, list(found.values()), language)
            texts = {key: made[paper.source_hash] for key, paper in found.items()}
            finished += await self._cards.finish(cards, texts)
        return finished

    async def _try(self, language: str, due: list[Gap]) -> None:
        hashes = {gap.source_hash for gap in due}
        async with self._db.read() as session:
            found = await papers.many(session, [(gap.arxiv_id, gap.version) for gap in due])
        # A paper whose text changed since is no longer what the gap is of.
        wanted = [paper for paper in found.values() if paper.source_hash in hashes]
        gone = hashes - {paper.source_hash for paper in wanted}
        if gone:
            async with self._db.begin() as session:
                await gaps.close(session, gone, language)
        made = await stored_translations(self._db, self._chain, wanted, language)
        whole = sum(made[paper.source_hash].complete for paper in wanted)
        event(_log, "gaps_tried", language=language, tried=len(wanted), whole=whole)

    async def _show(self, language: str, filled: list[Gap]) -> int:
        since = self._now() - _SHOWN_FOR
        async with self._db.read() as session:
            posted = await digests.with_papers(session, language, [gap.arxiv_id for gap in filled], since)
        edited = sum([await self._rendered(digest) for digest in posted])
        hashes = [gap.source_hash for gap in filled]
        cards, later = await self._cards.edit(hashes, language)
        answers, waiting = await self._answers.edit([gap.arxiv_id for gap in filled], language)
        later |= {gap.source_hash for gap in filled if gap.arxiv_id in waiting}
        async with self._db.begin() as session:
            await gaps.shown(session, set(hashes) - later, language)
        return edited + cards + answers


def _by_language(some: Sequence[T]) -> dict[str, list[T]]:
    return {
        language: [item for item in some if item.language == language] for language in {item.language for item in some}
    }
