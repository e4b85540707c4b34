"""One backend of the chain: asked within its time and the caps, gated, and left to rest when it fails."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field

from bot.log import event, redact
from bot.translate.backends.protocol import (
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
from bot.translate.budget import Budget, Payer
from bot.translate.paper_texts import Kept, Work
from bot.translate.text.gates import check
from bot.translate.text.glossary import Glossary
from storage.records import SUMMARIES, Now, TextField

_LOG = logging.getLogger(__name__)
_MOST_SECONDS_TO_CHECK = 20.0
_ATTEMPTS = 2
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


class Asker:
    """Asks one backend. `seconds` is what it may take for one paper, `places` how many may be in work at it."""

    def __init__(
        self,
        backend: Backend,
        *,
        seconds: float,
        now: Now,
        places: asyncio.Semaphore | None = None,
        budget: Budget | None = None,
    ) -> None:
        self.name = backend.name
        self._backend = backend
        self._seconds = seconds
        self._now = now
        self._places = places
        self._budget = budget
        self._breaker = Breaker()
        self._limits: set[asyncio.Timeout] = set()
        self._given_up = False

    @property
    def resting(self) -> bool:
        """Whether it failed so often, or is limited, that it is not to be asked now."""
        return self._breaker.resting(self._now())

    async def ask(self, work: Work, glossary: Glossary, payer: Payer) -> None:
        """Ask for what is missing, within the caps; what it used is written down whatever comes of it."""
        size = sum(len(work.english(of)) for of in work.wanted)
        reserved = await self._budget.reserve(payer, self.name, size) if self._budget is not None else None
        if self._budget is not None and reserved is None:
            return
        asked = _Asked()
        failed = True
        try:
            async with self._places or nullcontext():
                # While it waited for its place others may have found out that it is no use.
                if not (self.resting or self._given_up):
                    await self._attempts(work, glossary, asked)
                    self._breaker.succeeded()
            failed = False
        except UnknownPaper:
            failed = False
        except BackendError as error:
            if isinstance(error, Limited):
                self._breaker.limited(self._now(), error.until)
            else:
                self._breaker.failed(self._now())
            reason = redact(f"{type(error).__name__}: {error}")
            paper = work.source.arxiv_id
            event(_LOG, "backend_failed", level=logging.WARNING, backend=self.name, paper=paper, reason=reason)
        finally:
            if self._budget is not None and reserved is not None:
                await self._budget.settle(reserved, asked.tally, model=asked.model, failed=failed, alarms=asked.alarms)

    def rest_no_more(self) -> None:
        """It may be asked again."""
        self._breaker = Breaker()

    def give_up(self) -> None:
        """Break off what is being asked and ask nothing more."""
        self._given_up = True
        for limit in self._limits:
            limit.reschedule(asyncio.get_running_loop().time())

    async def close(self) -> None:
        """Close the backend."""
        await self._backend.close()

    async def problem(self, language: str) -> str | None:
        """What is wrong with it, found out with one short title; None: it translates."""
        seconds = min(self._seconds, _MOST_SECONDS_TO_CHECK)
        try:
            draft = await self._drafted(Order(_SPECIMEN, language, frozenset({TextField.TITLE})), seconds)
        except UnknownPaper:
            return None
        except BackendError as error:
            return redact(str(error))
        if alarms := check(_SPECIMEN.title, draft.title or "", TextField.TITLE, language):
            return f"it answers, but not with a translation ({', '.join(alarm.gate for alarm in alarms)})"
        return None

    async def _attempts(self, work: Work, glossary: Glossary, asked: _Asked) -> None:
        """Ask, and once more for what did not pass the gates. Raises BackendError when nothing passed."""
        clock = asyncio.get_running_loop().time
        started = clock()
        passed: list[TextField] = []
        wanted = work.wanted
        for attempt in range(_ATTEMPTS):
            order = Order(
                source=work.source, language=work.language, wanted=wanted, glossary=glossary, tally=asked.tally
            )
            left = self._seconds - (clock() - started)
            try:
                draft = await self._drafted(order, left)
            except BackendError:
                if not attempt:
                    raise
                break
            asked.model = draft.model
            kept = work.take(draft, self.name)
            asked.alarms.update(kept.counted)
            self._tell(work, kept)
            passed += kept.texts
            again = frozenset(kept.alarms) | (SUMMARIES if draft.together else frozenset())
            wanted = work.wanted & again
            if not kept.alarms or wanted <= {TextField.SUMMARY_EN}:
                break
        if not passed:
            raise BadAnswer("no text passed the gates")
        texts, took = ",".join(of.value for of in passed), round(1000 * (clock() - started))
        event(_LOG, "translated", paper=work.source.arxiv_id, backend=self.name, texts=texts, ms=took)

    def _tell(self, work: Work, kept: Kept) -> None:
        for of, alarms in kept.alarms.items():
            gates = ",".join(f"{alarm.gate}({alarm.detail})" for alarm in alarms)
            event(_LOG, "gate_alarm", backend=self.name, paper=work.source.arxiv_id, field=of.value, gates=gates)

    async def _drafted(self, order: Order, seconds: float) -> Draft:
        """The draft within the time; whatever else happens is a BackendError."""
        try:
            async with asyncio.timeout(seconds) as limit:
                self._limits.add(limit)
                try:
                    return await self._backend.translate(order)
                finally:
                    self._limits.discard(limit)
        except BackendError:
            raise
        except TimeoutError:
            raise Unavailable(f"no answer within {seconds:g} seconds") from None
        except Exception as error:
            # A fault in one backend must not cost the reader the paper.
            _LOG.exception("backend_broken backend=%s", self.name)
            raise BadAnswer(f"the backend broke ({type(error).__name__})") from error
