"""JOURNEY paper → translation: backends in order → gates, text by text → what nobody could make stays unmade."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.i18n.languages import ENGLISH
from bot.log import event
from bot.translate.backend_call import Asker
from bot.translate.backends.prompt import PROMPT_VERSION
from bot.translate.backends.protocol import Backend, Source
from bot.translate.budget import Budget, Payer
from bot.translate.paper_texts import Work
from bot.translate.text.cleaning import source_texts
from bot.translate.text.glossary import Glossary, glossary_for
from bot.translate.text.marks import without_private
from bot.translate.text.summary import summary_sentence
from storage.records import EXTRACTIVE, Now, Paper, Term, TextField, Translation

PIPELINE_VERSION = 4
"""Counts the ways in which translations were made; a new one makes stored translations old."""
NOBODY = Payer()

_LOG = logging.getLogger(__name__)
_NO_EXCEPTIONS: Mapping[str, float] = {}
_NO_LIMITS: Mapping[str, int] = {}


class Chain:
    """Gets papers translated, whatever happens: what no backend could make well is None in the translation.

    `deadline` is the seconds that one backend may take for one paper, `deadlines` those of backends that differ;
    `concurrency` the papers in work at once, `concurrencies` those in work at one backend. A backend that fails again
    and again rests for a while. Requests for the same text at the same time become one. `terms` are for the glossaries
    beside the built-in ones; the `ledger` counts what is asked and refuses what is too much.
    """

    def __init__(
        self,
        backends: Sequence[Backend],
        *,
        deadline: float,
        now: Now,
        concurrency: int,
        deadlines: Mapping[str, float] = _NO_EXCEPTIONS,
        concurrencies: Mapping[str, int] = _NO_LIMITS,
        terms: Sequence[Term] = (),
        budget: Budget | None = None,
    ) -> None:
        places = {name: asyncio.Semaphore(count) for name, count in concurrencies.items()}
        self._askers = tuple(
            Asker(
                backend,
                seconds=deadlines.get(backend.name, deadline),
                now=now,
                places=places.get(backend.name),
                budget=budget,
            )
            for backend in backends
        )
        self.now = now
        self._places = asyncio.Semaphore(concurrency)
        self._terms = tuple(terms)
        self._budget = budget
        self._glossaries: dict[str, Glossary] = {}
        self._under_way: dict[tuple[str, str, str], asyncio.Task[Translation]] = {}
        self._given_up = False

    @property
    def names(self) -> tuple[str, ...]:
        """The backends, in the order in which they are asked."""
        return tuple(asker.name for asker in self._askers)

    def glossary(self, language: str, more: Iterable[Term] = ()) -> Glossary:
        """The terms that translations to a language are made with: built-in ones, the settings' file, and these."""
        made = glossary_for(language, [*self._terms, *more])
        known = self._glossaries.get(language)
        # Kept while it is the same: it is compiled at its first use.
        if known is None or known.version != made.version:
            self._glossaries[language] = known = made
        return known

    async def translate(
        self, paper: Paper, language: str, *, glossary: Glossary | None = None, payer: Payer = NOBODY
    ) -> Translation:
        """The paper's texts in a language; never raises for a backend's sake. `en`: the paper's own texts."""
        terms = self.glossary(language) if glossary is None else glossary
        key = (paper.source_hash, language, terms.version)
        task = self._under_way.get(key)
        if task is None:
            making = self._make(paper, language, terms, payer)
            task = asyncio.create_task(making, name=f"translate {paper.arxiv_id}")
            self._under_way[key] = task
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        # Shielded: whoever asked first may give up without the others losing their answer.
        made = await asyncio.shield(task)
        return replace(made, arxiv_id=paper.arxiv_id, version=paper.version)

    async def exhausted(self, payer: Payer) -> bool:
        """Whether the payer's own cap has no room for one more paper, whoever is asked."""
        return self._budget is not None and await self._budget.exhausted(payer, self.names)

    async def settled(self) -> None:
        """Have everything written down that was used so far."""
        if self._budget is not None:
            await self._budget.flush()

    async def check(self, language: str = "zh-CN") -> list[tuple[str, str | None]]:
        """Each backend's name and what is wrong with it (None: it translates), found out with one short title."""
        return [(asker.name, await asker.problem(language)) for asker in self._askers]

    def rest_no_more(self) -> None:
        """Every backend may be asked again: until when it was to rest was told by a wrong clock."""
        for asker in self._askers:
            asker.rest_no_more()

    def give_up(self) -> None:
        """Break off what is being asked and ask nothing more: whoever waits gets what there is, at once."""
        self._given_up = True
        for asker in self._askers:
            asker.give_up()

    async def close(self) -> None:
        """Stop what is under way and close the backends."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.settled()
        for asker in self._askers:
            await asker.close()

    async def _make(self, paper: Paper, language: str, glossary: Glossary, payer: Payer) -> Translation:
        title, abstract = map(without_private, source_texts(paper.title, paper.abstract))
        sentence = summary_sentence(title, abstract)
        work = Work(
            Source(arxiv_id=paper.arxiv_id, version=paper.version, title=title, abstract=abstract, sentence=sentence),
            language,
        )
        # Where there is nothing to translate, nothing is missing.
        for of in TextField:
            if not work.english(of):
                work.texts[of] = ""
        if language == ENGLISH:
            work.texts |= {TextField.TITLE: paper.title, TextField.ABSTRACT: paper.abstract}
            work.keep(TextField.SUMMARY, sentence, EXTRACTIVE)
        else:
            async with self._places:
                await self._down_the_chain(work, glossary, payer)
        if TextField.SUMMARY_EN not in work.texts:
            work.keep(TextField.SUMMARY_EN, sentence, EXTRACTIVE)
        return Translation(
            paper.arxiv_id,
            paper.version,
            language,
            paper.source_hash,
            title=work.texts.get(TextField.TITLE),
            abstract=work.texts.get(TextField.ABSTRACT),
            summary=work.texts.get(TextField.SUMMARY),
            summary_en=work.texts.get(TextField.SUMMARY_EN),
            made_by=work.made_by,
            pipeline_version=PIPELINE_VERSION,
            made_at=self.now(),
            prompt_version=PROMPT_VERSION,
            glossary_version=glossary.version,
            notes=work.notes,
            in_english=work.in_english,
        )

    async def _down_the_chain(self, work: Work, glossary: Glossary, payer: Payer) -> None:
        for asker in self._askers:
            if not work.wanted or self._given_up:
                break
            if not asker.resting:
                await asker.ask(work, glossary, payer)
        work.settle()
        if work.wanted:
            fields = ",".join(sorted(of.value for of in work.wanted - {TextField.SUMMARY_EN}))
            event(_LOG, "untranslated", paper=work.source.arxiv_id, fields=fields)
