"""Papers → translations: from the archive, or made now and stored; what could not be made is noted and tried again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from bot.ledger import Payer
from bot.log import event
from bot.translate.chain import EXTRACTIVE, NOBODY, PIPELINE_VERSION, Chain
from bot.translate.cleaning import clean_abstract, clean_title
from bot.translate.prompt import PROMPT_VERSION
from bot.translate.summary import summary_sentence
from bot.translate.work import ENGLISH
from storage import gaps, glossary, translations
from storage.database import Database
from storage.records import Paper, TextField, Translation

_log = logging.getLogger(__name__)


async def ensure(
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

    async def make(paper: Paper) -> None:
        made = await chain.translate(paper, language, glossary=with_terms, payer=payer)
        key = paper.source_hash
        before = known.get(key)
        better = before is None or made.fullness >= before.fullness
        if better:
            known[key] = made
        if language == ENGLISH:
            return  # costs nothing to make
        async with db.begin() as session:
            # What failed is never stored as made.
            if better and (made.title is not None or made.abstract is not None):
                await translations.save(session, made)
            if not known[key].complete:
                attempts = open_gaps[key].attempts + 1 if key in open_gaps else 1
                await gaps.tried(session, paper, language, attempts, chain.now())
            elif key in open_gaps:
                await gaps.close(session, key, language)

    # Each is stored when it is made, so that a stop in the middle of a long announcement loses little.
    async with asyncio.TaskGroup() as group:
        for paper in missing.values():
            group.create_task(make(paper))
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
    sentence = summary_sentence(clean_title(paper.title), clean_abstract(paper.abstract))
    return Translation(
        paper.arxiv_id,
        paper.version,
        language,
        paper.source_hash,
        summary_en=sentence,
        made_by={TextField.SUMMARY_EN.value: EXTRACTIVE},
    )
