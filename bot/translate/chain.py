"""JOURNEY paper → translation: backends in order → gates, text by text → what nobody could make stays unmade."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.log import event, redact
from bot.translate.backend import Backend, BackendError, BadAnswer, Draft, Limited, Source, Unavailable, UnknownPaper
from bot.translate.breaker import Breaker
from bot.translate.cleaning import clean_abstract, clean_title, clean_translation
from bot.translate.gates import check, rejected
from bot.translate.summary import summary_sentence
from bot.translate.typography import chinese
from storage.records import Now, Paper, TextField, Translation

PIPELINE_VERSION = 1
"""Counts the ways in which translations were made; a new one makes stored translations old."""
EXTRACTIVE = "extractive"
"""Stands in `made_by` for an English summary that is a sentence of the abstract."""

_LOG = logging.getLogger(__name__)
_ENGLISH = "en"
_MOST_SECONDS_TO_CHECK = 20.0
_MOST_CHARACTERS = 20_000
"""No text of a paper is longer, and the rules need not be run over what a broken service sends."""
_SPECIMEN = Source(
    "0000.00000",
    1,
    "A simple method for learning from noisy measurements",
    "We propose a simple method for learning from noisy measurements.",
)


@dataclass(slots=True)
class _Work:
    """One paper on its way down the chain."""

    source: Source
    language: str
    texts: dict[TextField, str] = field(default_factory=dict)
    made_by: dict[str, str] = field(default_factory=dict)

    @property
    def wanted(self) -> frozenset[TextField]:
        """The texts still missing; an English summary alone is not worth a request, the abstract has one."""
        missing = frozenset(TextField) - frozenset(self.texts)
        return frozenset() if missing == {TextField.SUMMARY_EN} else missing

    def english(self, of: TextField) -> str:
        """The English text that a text is gated against."""
        if of is TextField.TITLE:
            return self.source.title
        return self.source.sentence if of is TextField.SUMMARY else self.source.abstract

    def keep(self, of: TextField, text: str, maker: str) -> None:
        """Take a text as made."""
        self.texts[of] = text
        self.made_by[of.value] = maker


class Chain:
    """Gets papers translated, whatever happens: what no backend could make well is None in the translation.

    `deadline` is the seconds that one backend may take for one paper, `concurrency` the papers in work at once. A
    backend that fails again and again rests for a while. Requests for the same text at the same time become one.
    """

    def __init__(self, backends: Sequence[Backend], *, deadline: float, now: Now, concurrency: int) -> None:
        self._backends = tuple((backend, Breaker()) for backend in backends)
        self._deadline = deadline
        self._now = now
        self._places = asyncio.Semaphore(concurrency)
        self._under_way: dict[tuple[str, str], asyncio.Task[Translation]] = {}
        self._limits: set[asyncio.Timeout] = set()
        self._given_up = False

    @property
    def names(self) -> tuple[str, ...]:
        """The backends, in the order in which they are asked."""
        return tuple(backend.name for backend, _ in self._backends)

    async def translate(self, paper: Paper, language: str) -> Translation:
        """The paper's texts in a language; never raises for a backend's sake. `en`: the paper's own texts."""
        key = (paper.source_hash, language)
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._make(paper, language), name=f"translate {paper.arxiv_id}")
            self._under_way[key] = task
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        # Shielded: whoever asked first may give up without the others losing their answer.
        made = await asyncio.shield(task)
        return replace(made, arxiv_id=paper.arxiv_id, version=paper.version)

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
        for backend, _ in self._backends:
            await backend.close()

    async def _make(self, paper: Paper, language: str) -> Translation:
        title, abstract = clean_title(paper.title), clean_abstract(paper.abstract)
        sentence = summary_sentence(title, abstract)
        work = _Work(Source(paper.arxiv_id, paper.version, title, abstract, sentence), language)
        # Where there is nothing to translate, nothing is missing.
        for of in TextField:
            if not work.english(of):
                work.texts[of] = ""
        if language == _ENGLISH:
            work.texts |= {TextField.TITLE: paper.title, TextField.ABSTRACT: paper.abstract}
            work.keep(TextField.SUMMARY, sentence, EXTRACTIVE)
        else:
            async with self._places:
                await self._down_the_chain(work)
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
            made_at=self._now(),
        )

    async def _down_the_chain(self, work: _Work) -> None:
        for backend, breaker in self._backends:
            if not work.wanted or self._given_up:
                return
            if not breaker.resting(self._now()):
                await self._ask(backend, breaker, work)
        if work.wanted:
            fields = ",".join(sorted(of.value for of in work.wanted - {TextField.SUMMARY_EN}))
            event(_LOG, "untranslated", paper=work.source.arxiv_id, fields=fields)

    async def _ask(self, backend: Backend, breaker: Breaker, work: _Work) -> None:
        """Ask one backend for what is missing and keep what passes the gates."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            draft = await self._drafted(backend, work.source, work.language, work.wanted, self._deadline)
            kept = _keep_what_passes(work, draft, backend.name)
            if not kept:
                raise BadAnswer("no text passed the gates")
        except UnknownPaper:
            return
        except BackendError as error:
            if isinstance(error, Limited):
                breaker.limited(self._now(), error.until)
            else:
                breaker.failed(self._now())
            reason = redact(f"{type(error).__name__}: {error}")
            event(
                _LOG,
                "backend_failed",
                level=logging.WARNING,
                backend=backend.name,
                paper=work.source.arxiv_id,
                reason=reason,
            )
            return
        breaker.succeeded()
        took = round(1000 * (clock() - started))
        event(_LOG, "translated", paper=work.source.arxiv_id, backend=backend.name, texts=",".join(kept), ms=took)

    async def _drafted(
        self, backend: Backend, source: Source, language: str, wanted: frozenset[TextField], seconds: float
    ) -> Draft:
        """The backend's draft within the time; whatever else happens is a BackendError."""
        try:
            async with asyncio.timeout(seconds) as limit:
                self._limits.add(limit)
                try:
                    return await backend.translate(source, language, wanted)
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
        seconds = min(self._deadline, _MOST_SECONDS_TO_CHECK)
        try:
            draft = await self._drafted(backend, _SPECIMEN, language, frozenset({TextField.TITLE}), seconds)
        except UnknownPaper:
            return None
        except BackendError as error:
            return redact(str(error))
        alarms = check(_SPECIMEN.title, draft.title or "", TextField.TITLE, language)
        if rejected(alarms):
            return f"it answers, but not with a translation ({', '.join(alarm.gate for alarm in alarms)})"
        return None


def _keep_what_passes(work: _Work, draft: Draft, name: str) -> list[str]:
    """Gate each wanted text of a draft, the English summary first: the other is measured against it."""
    kept: list[str] = []
    wanted = work.wanted
    maker = f"{name}:{draft.model}" if draft.model else name
    for of in sorted(wanted, key=lambda one: one is not TextField.SUMMARY_EN):
        made = draft.text(of)
        if made is None or len(made) > _MOST_CHARACTERS:
            continue
        language = _ENGLISH if of is TextField.SUMMARY_EN else work.language
        text = clean_translation(made)
        if language.startswith("zh"):
            text = chinese(text)
        alarms = check(work.english(of), text, of, language)
        if alarms:
            gates = ",".join(f"{alarm.gate}({alarm.detail})" for alarm in alarms)
            event(_LOG, "gate_alarm", backend=name, paper=work.source.arxiv_id, field=of.value, gates=gates)
        if rejected(alarms):
            continue
        work.keep(of, text, maker)
        kept.append(of.value)
        if of is TextField.SUMMARY_EN:
            work.source = replace(work.source, sentence=text)
    return kept
