"""Papers → translations: from the archive, or made now and stored; what could not be made is noted and tried again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from bot.i18n.languages import ENGLISH
from bot.log import event
from bot.translate.backends.prompt import PROMPT_VERSION
from bot.translate.budget import Payer
from bot.translate.chain import NOBODY, PIPELINE_VERSION, Chain
from bot.translate.text.cleaning import source_texts
from bot.translate.text.summary import summary_sentence
from storage import gaps, glossary, translations
from storage.database import Database
from storage.gaps import Gap
from storage.records import EXTRACTIVE, Paper, TextField, Translation

_STORED_EVERY = 0.25
"""Seconds that what was made may wait for others to be stored with it."""

_UNTRANSLATED = (1, 0)
"""How full a translation is of which nothing is there but the English summary."""

_log = logging.getLogger(__name__)


class _Batch:
    """Translations that were made and are stored together.

    Soon, so that a stop in the middle of a long announcement loses little; and several, for each transaction costs as
    much as all the rest of our own work on a paper.
    """

    def __init__(
        self,
        db: Database,
        chain: Chain,
        language: str,
        payer: Payer,
        known: dict[str, Translation],
        open_gaps: dict[str, Gap],
    ) -> None:
        self._db = db
        self._chain = chain
        self._language = language
        self._payer = payer
        self._known = known
        self._gaps = open_gaps
        self._finished: list[Paper] = []
        self._taken: set[str] = set()
        self._fuller: set[str] = set()

    def take(self, paper: Paper, made: Translation) -> None:
        """A translation was made. It is stored unless a fuller one is known."""
        before = self._known.get(paper.source_hash)
        if before is None or made.fullness >= before.fullness:
            self._known[paper.source_hash] = made
            self._taken.add(paper.source_hash)
        if made.fullness > (before.fullness if before is not None else _UNTRANSLATED):
            self._fuller.add(paper.source_hash)
        self._finished.append(paper)

    async def store(self) -> None:
        """In one transaction: what has been made meanwhile, and what is still not whole."""
        finished, self._finished = self._finished, []
        if self._language == ENGLISH or not finished:
            return  # English costs nothing to make
        made = [self._known[paper.source_hash] for paper in finished if paper.source_hash in self._taken]
        # What the payer may not have is not made later by itself either: that would be on everybody's bill.
        refused = await self._chain.exhausted(self._payer)
        async with self._db.begin() as session:
            # What failed is never stored as made.
            await translations.save(
                session,
                *(
                    translation
                    for translation in made
                    if translation.title is not None or translation.abstract is not None
                ),
            )
            for paper in finished:
                gap = self._gaps.get(paper.source_hash)
                if not self._known[paper.source_hash].complete:
                    if gap is None and refused:
                        continue
                    # With its first gap it was not posted yet.
                    better = gap is not None and paper.source_hash in self._fuller
                    await gaps.tried(session, paper, self._language, gap, self._chain.now(), better=better)
                elif gap is not None:
                    await gaps.filled(session, paper.source_hash, self._language)


async def stored_translations(
    db: Database,
    chain: Chain,
    wanted: Sequence[Paper],
    language: str,
    *,
    anew: bool = False,
    urgent: bool = False,
    payer: Payer = NOBODY,
) -> dict[str, Translation]:
    """Translations of these papers by source hash, made and stored where the archive has none (or all of them `anew`).

    One that is stored with gaps is asked for again when its pause is over, or at once if it is `urgent`: somebody
    waits for it. It is replaced only by one that is at least as full.
    """
    hashes = {paper.source_hash for paper in wanted}
    async with db.read() as session:
        known = await translations.current(session, hashes, language)
        open_gaps = await gaps.known(session, hashes, language)
        terms = await glossary.terms(session)
    missing = {paper.source_hash: paper for paper in wanted}
    if not anew:
        now = chain.now()
        pausing = {key for key, gap in open_gaps.items() if gap.retry_at is None or gap.retry_at > now}
        resting = frozenset() if urgent else pausing
        missing = {key: paper for key, paper in missing.items() if not (key in known and known[key].complete)}
        known |= {key: untranslated(paper, language) for key, paper in missing.items() if key in resting - known.keys()}
        missing = {key: paper for key, paper in missing.items() if key not in resting}
    if not missing:
        return known
    with_terms = chain.glossary(language, terms)

    batch = _Batch(db, chain, language, payer, known, open_gaps)

    async def make(paper: Paper) -> None:
        batch.take(paper, await chain.translate(paper, language, glossary=with_terms, payer=payer))

    making = {asyncio.create_task(make(paper)) for paper in missing.values()}
    try:
        while making:
            done, making = await asyncio.wait(making, timeout=_STORED_EVERY)
            await batch.store()
            for task in done:
                task.result()
    finally:
        for task in making:
            task.cancel()
    await chain.settled()
    complete = sum(key in known and known[key].complete for key in missing)
    level = logging.INFO if complete == len(missing) else logging.WARNING
    event(_log, "translations", level=level, language=language, asked=len(missing), complete=complete)
    return known


def is_stale(made: Translation, glossary_version: str) -> bool:
    """Whether it was made with an older pipeline or glossary, or by a language model with an older question."""
    by_model = any(maker.startswith("openai") for maker in made.made_by.values())
    return (
        made.pipeline_version < PIPELINE_VERSION
        or made.glossary_version != glossary_version
        or (by_model and made.prompt_version < PROMPT_VERSION)
    )


def untranslated(paper: Paper, language: str) -> Translation:
    """What there is without asking anybody: the English summary, a sentence of the abstract."""
    sentence = summary_sentence(*source_texts(paper.title, paper.abstract))
    return Translation(
        paper.arxiv_id,
        paper.version,
        language,
        paper.source_hash,
        summary_en=sentence,
        made_by={TextField.SUMMARY_EN.value: EXTRACTIVE},
    )
