"""JOURNEY paper → translation: backends in order → gates, text by text → what nobody could make stays unmade."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace

from bot.ledger import Ledger, Payer
from bot.log import event, redact
from bot.translate.backend import (
    Backend,
    BackendError,
    BadAnswer,
    Draft,
    Limited,
    Order,
    Source,
    Tally,
    Unavailable,
    UnknownPaper,
)
from bot.translate.breaker import Breaker
from bot.translate.cleaning import source_texts
from bot.translate.gates import check
from bot.translate.glossary import Glossary, glossary_for
from bot.translate.marks import without_private
from bot.translate.prompt import PROMPT_VERSION
from bot.translate.summary import summary_sentence
from bot.translate.work import ENGLISH, Kept, Work
from storage.records import EXTRACTIVE, Now, Paper, Term, TextField, Translation

PIPELINE_VERSION = 3
"""Counts the ways in which translations were made; a new one makes stored translations old."""
NOBODY = Payer()

_LOG = logging.getLogger(__name__)
_MOST_SECONDS_TO_CHECK = 20.0
_ATTEMPTS = 2
_SUMMARIES = frozenset({TextField.SUMMARY, TextField.SUMMARY_EN})
_NO_EXCEPTIONS: Mapping[str, float] = {}
_NO_LIMITS: Mapping[str, int] = {}
_SPECIMEN = Source(
    "0000.00000",
    1,
    "A simple method for learning from noisy measurements",
    "We propose a simple method for learning from noisy measurements.",
)


@dataclass(slots=True)
class _Asked:
    """What asking one backend about one paper took and brought."""

    tally: Tally = field(default_factory=Tally)
    alarms: Counter[tuple[str, str]] = field(default_factory=Counter)
    model: str = ""


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
        ledger: Ledger | None = None,
    ) -> None:
        self._backends = tuple((backend, Breaker()) for backend in backends)
        self._seconds = {backend.name: deadlines.get(backend.name, deadline) for backend in backends}
        self.now = now
        self._places = asyncio.Semaphore(concurrency)
        self._places_at = {name: asyncio.Semaphore(count) for name, count in concurrencies.items()}
        self._terms = tuple(terms)
        self._ledger = ledger
        self._glossaries: dict[str, Glossary] = {}
        self._under_way: dict[tuple[str, str, str], asyncio.Task[Translation]] = {}
        self._limits: set[asyncio.Timeout] = set()
        self._given_up = False

    @property
    def names(self) -> tuple[str, ...]:
        """The backends, in the order in which they are asked."""
        return tuple(backend.name for backend, _ in self._backends)

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

    async def settled(self) -> None:
        """Have everything written down that was used so far."""
        if self._ledger is not None:
            await self._ledger.flush()

    async def check(self, language: str = "zh-CN") -> list[tuple[str, str | None]]:
        """Each backend's name and what is wrong with it (None: it translates), found out with one short title."""
        return [(backend.name, await self._problem(backend, language)) for backend, _ in self._backends]

    def give_up(self) -> None:
        """Break off what is being asked and ask nothing more: whoever waits gets what there is, at once."""
        self._given_up = True
        for limit in self._limits:
            limit.reschedule(asyncio.get_running_loop().time())

    async def close(self) -> None:
        """Stop what is under way and close the backends."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.settled()
        for backend, _ in self._backends:
            await backend.close()

    async def _make(self, paper: Paper, language: str, glossary: Glossary, payer: Payer) -> Translation:
        title, abstract = map(without_private, source_texts(paper.title, paper.abstract))
        sentence = summary_sentence(title, abstract)
        work = Work(Source(paper.arxiv_id, paper.version, title, abstract, sentence), language)
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
        for backend, breaker in self._backends:
            if not work.wanted or self._given_up:
                break
            if not breaker.resting(self.now()):
                await self._ask(backend, breaker, work, glossary, payer)
        work.settle()
        if work.wanted:
            fields = ",".join(sorted(of.value for of in work.wanted - {TextField.SUMMARY_EN}))
            event(_LOG, "untranslated", paper=work.source.arxiv_id, fields=fields)

    async def _ask(self, backend: Backend, breaker: Breaker, work: Work, glossary: Glossary, payer: Payer) -> None:
        """Ask one backend for what is missing, within the caps; what it used is written down whatever comes of it."""
        size = sum(len(work.english(of)) for of in work.wanted)
        reserved = await self._ledger.reserve(payer, backend.name, size) if self._ledger is not None else None
        if self._ledger is not None and reserved is None:
            return
        asked = _Asked()
        failed = True
        try:
            async with self._places_at.get(backend.name) or nullcontext():
                await self._attempts(backend, work, glossary, asked)
            failed = False
            breaker.succeeded()
        except UnknownPaper:
            failed = False
        except BackendError as error:
            if isinstance(error, Limited):
                breaker.limited(self.now(), error.until)
            else:
                breaker.failed(self.now())
            reason = redact(f"{type(error).__name__}: {error}")
            paper = work.source.arxiv_id
            event(_LOG, "backend_failed", level=logging.WARNING, backend=backend.name, paper=paper, reason=reason)
        finally:
            if self._ledger is not None and reserved is not None:
                await self._ledger.settle(reserved, asked.tally, model=asked.model, failed=failed, alarms=asked.alarms)

    async def _attempts(self, backend: Backend, work: Work, glossary: Glossary, asked: _Asked) -> None:
        """Ask, and once more for what did not pass the gates. Raises BackendError when nothing passed."""
        clock = asyncio.get_running_loop().time
        started = clock()
        passed: list[TextField] = []
        wanted = work.wanted
        for attempt in range(_ATTEMPTS):
            order = Order(work.source, work.language, wanted, glossary, asked.tally)
            left = self._seconds[backend.name] - (clock() - started)
            try:
                draft = await self._drafted(backend, order, left)
            except BackendError:
                if not attempt:
                    raise
                break
            asked.model = draft.model
            kept = work.take(draft, backend.name)
            asked.alarms.update(kept.counted)
            self._tell(work, backend, kept)
            passed += kept.texts
            again = frozenset(kept.alarms) | (_SUMMARIES if draft.together else frozenset())
            wanted = work.wanted & again
            if not kept.alarms or wanted <= {TextField.SUMMARY_EN}:
                break
        if not passed:
            raise BadAnswer("no text passed the gates")
        texts, took = ",".join(of.value for of in passed), round(1000 * (clock() - started))
        event(_LOG, "translated", paper=work.source.arxiv_id, backend=backend.name, texts=texts, ms=took)

    def _tell(self, work: Work, backend: Backend, kept: Kept) -> None:
        for of, alarms in kept.alarms.items():
            gates = ",".join(f"{alarm.gate}({alarm.detail})" for alarm in alarms)
            event(_LOG, "gate_alarm", backend=backend.name, paper=work.source.arxiv_id, field=of.value, gates=gates)

    async def _drafted(self, backend: Backend, order: Order, seconds: float) -> Draft:
        """The backend's draft within the time; whatever else happens is a BackendError."""
        try:
            async with asyncio.timeout(seconds) as limit:
                self._limits.add(limit)
                try:
                    return await backend.translate(order)
                finally:
                    self._limits.discard(limit)
        except BackendError:
            raise
        except TimeoutError:
            raise Unavailable(f"no answer within {seconds:g} seconds") from None
        except Exception as error:
            # A fault in one backend must not cost the reader the paper.
            _LOG.exception("backend_broken backend=%s", backend.name)
            raise BadAnswer(f"the backend broke ({type(error).__name__})") from error

    async def _problem(self, backend: Backend, language: str) -> str | None:
        seconds = min(self._seconds[backend.name], _MOST_SECONDS_TO_CHECK)
        try:
            draft = await self._drafted(backend, Order(_SPECIMEN, language, frozenset({TextField.TITLE})), seconds)
        except UnknownPaper:
            return None
        except BackendError as error:
            return redact(str(error))
        if alarms := check(_SPECIMEN.title, draft.title or "", TextField.TITLE, language):
            return f"it answers, but not with a translation ({', '.join(alarm.gate for alarm in alarms)})"
        return None
