"""What translating costs: counted per day, chat and announcement, held under the caps of the settings, told once.

Counts are kept in memory for a moment and written together; what other processes of the same database have spent is
read again at each writing.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.log import event, redact
from bot.translate.backends.protocol import Tally
from storage import costs, notices
from storage.database import Database
from storage.errors import TROUBLE, reason_of
from storage.records import Cost, Now, Usage

_log = logging.getLogger(__name__)

_AT_LEAST_EVERY = timedelta(seconds=5)
_MILLION = Decimal(1_000_000)
_BY_TOKENS = frozenset({"openai"})
_TOKENS_OF_A_PAPER = 900
"""What one paper takes of a language model, about: the question, and all texts in both languages as the answer."""
_NOTICE = "translation-cap"


@dataclass(frozen=True, slots=True)
class Price:
    """What a backend costs: for a million tokens that go in and come out, or for a million characters."""

    tokens_in: Decimal = Decimal(0)
    tokens_out: Decimal = Decimal(0)
    characters: Decimal = Decimal(0)

    @property
    def free(self) -> bool:
        """Whether it costs nothing."""
        return not (self.tokens_in or self.tokens_out or self.characters)

    def of(self, tally: Tally) -> Decimal:
        """What so much costs."""
        per_token = self.tokens_in * tally.tokens_in + self.tokens_out * tally.tokens_out
        return (per_token + self.characters * tally.characters) / _MILLION


@dataclass(frozen=True, slots=True)
class Cap:
    """The most of each in a day (UTC); None: as much as it takes."""

    requests: int | None = None
    characters: int | None = None
    tokens: int | None = None
    money: Decimal | None = None

    def left(self, used: Usage) -> bool:
        """Whether so much is still within it."""
        pairs = (
            (self.requests, used.requests),
            (self.characters, used.characters),
            (self.tokens, used.tokens_in + used.tokens_out),
            (self.money, used.money),
        )
        return all(most is None or much <= most for most, much in pairs)

    @property
    def half(self) -> Cap:
        """Half of each."""

        def halved(most: int | None) -> int | None:
            return None if most is None else most // 2

        return Cap(
            requests=halved(self.requests),
            characters=halved(self.characters),
            tokens=halved(self.tokens),
            money=None if self.money is None else self.money / 2,
        )

    @property
    def open(self) -> bool:
        """Whether nothing is capped."""
        return self == Cap()


@dataclass(frozen=True, slots=True)
class Payer:
    """For whom something is translated.

    A chat alone: it asked for it. An announcement alone: it is for all who are subscribed. Both: for an announcement
    that this chat alone has in that language.
    """

    chat_id: int = 0
    announcement: str = ""
    """Category and mailing date, such as `cs.CV 2026-08-21`."""

    @property
    def asked(self) -> bool:
        """Whether it was asked for, beside what is announced."""
        return bool(self.chat_id and not self.announcement)

    @property
    def account(self) -> Account:
        """What a chat's cap counts together."""
        return self.chat_id, self.asked


Account = tuple[int, bool]
"""A chat, and whether what it asked for (else what it alone is subscribed to)."""


@dataclass(frozen=True, slots=True)
class Reserved:
    """What one request to a backend is expected to use, held until it is known."""

    payer: Payer
    backend: str
    expected: Usage
    date: date


@dataclass(slots=True)
class _Day:
    """What was used on a day: stored, by this process and not yet stored, and expected."""

    date: date
    stored: Usage = field(default_factory=Usage)
    stored_by_account: dict[Account, Usage] = field(default_factory=dict)
    pending: dict[tuple[Payer, str, str], Cost] = field(default_factory=dict)
    alarms: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    expected: Usage = field(default_factory=Usage)
    expected_by_account: dict[Account, Usage] = field(default_factory=dict)
    before_forgetting: dict[Account, Usage] = field(default_factory=dict)
    """What people used who asked to be forgotten since: it is stored without them, and counts for them all the same."""
    refused: set[tuple[Account, bool]] = field(default_factory=set)
    """Whose cap, or the whole bot's, was said to be reached."""

    def used(self, account: Account) -> Usage:
        """What an account has used or set aside."""
        pending = _sum(spent for (who, _, _), spent in self.pending.items() if who.account == account)
        forgotten = self.before_forgetting.get(account, Usage())
        expected = self.expected_by_account.get(account, Usage())
        return self.stored_by_account.get(account, Usage()) + forgotten + expected + pending

    @property
    def used_on_request(self) -> Usage:
        """What all chats together have used or set aside for what they asked for."""
        pending = _sum(spent for (who, _, _), spent in self.pending.items() if who.asked)
        stored = (used for (_, asked), used in self.stored_by_account.items() if asked)
        expected = (used for (_, asked), used in self.expected_by_account.items() if asked)
        return sum((*stored, *expected), pending)


class Budget:
    """Keeps the caps and the counts. `prices` is backend → price; one that is not there is free.

    `chat_cap` holds what one chat asks for, `subscription_cap` what one chat alone is subscribed to. What all chats ask
    for together has half of `cap`, so that what is announced to everybody is never short of it. The private chats of
    `trusted` people, the bot's administrators, have no cap of their own.
    """

    def __init__(
        self,
        *,
        db: Database,
        now: Now,
        prices: Mapping[str, Price] | None = None,
        cap: Cap | None = None,
        chat_cap: Cap | None = None,
        subscription_cap: Cap | None = None,
        trusted: Collection[int] = (),
    ) -> None:
        self._db = db
        self._now = now
        self._prices = prices or {}
        self._cap = cap or Cap()
        self._chat_cap = chat_cap or Cap()
        self._subscription_cap = subscription_cap or Cap()
        self._trusted = frozenset(trusted)
        self._day: _Day | None = None
        self._one_writes = asyncio.Lock()
        self._written_at: datetime | None = None
        self._tell: Callable[..., Awaitable[Any]] | None = None
        self._told: date | None = None

    def tells(self, tell: Callable[..., Awaitable[Any]]) -> None:
        """From now on `tell` says to the administrators that a cap was reached, once a day."""
        self._tell = tell

    async def reserve(self, payer: Payer, backend: str, characters: int) -> Reserved | None:
        """Set aside what asking a backend about so much text takes; None when a cap has no room for it."""
        day = await self._today()
        expected = self._usage(backend, _of_a_paper(backend, characters))
        held = day.stored + day.expected + _sum(day.pending.values()) + expected
        within_chat = self._within_account(day, payer, expected, backend)
        if not (within_chat and self._within(self._cap, held, backend)):
            await self._refused(day, payer, whole_bot=within_chat)
            return None
        day.expected += expected
        day.expected_by_account[payer.account] = day.expected_by_account.get(payer.account, Usage()) + expected
        return Reserved(payer, backend, expected, day.date)

    async def exhausted(self, payer: Payer, backends: Collection[str]) -> bool:
        """Whether the payer's own cap, not the whole bot's, has no room for one more paper at any of the backends."""
        day = await self._today()
        return bool(backends) and not any(
            self._within_account(day, payer, self._usage(name, _of_a_paper(name)), name) for name in backends
        )

    def _within_account(self, day: _Day, payer: Payer, expected: Usage, backend: str) -> bool:
        if not payer.chat_id or payer.chat_id in self._trusted:
            return True
        cap = self._chat_cap if payer.asked else self._subscription_cap
        shared = not payer.asked or self._within(self._cap.half, day.used_on_request + expected, backend)
        return shared and self._within(cap, day.used(payer.account) + expected, backend)

    async def before_forgetting(self, chat_id: int) -> None:
        """Remember, in memory alone, what a person used today: being forgotten gives nobody a fresh cap."""
        await self.flush()
        day = await self._today()
        for asked in (True, False):
            account = (chat_id, asked)
            used = day.stored_by_account.pop(account, Usage())
            day.before_forgetting[account] = day.before_forgetting.get(account, Usage()) + used

    async def settle(
        self,
        reserved: Reserved,
        tally: Tally,
        *,
        model: str = "",
        failed: bool = False,
        alarms: Counter[tuple[str, str]],
    ) -> None:
        """Write down what was used in the end, and the gates (with the text's name) that raised an alarm."""
        day = await self._today()
        if day.date == reserved.date:
            account = reserved.payer.account
            day.expected -= reserved.expected
            day.expected_by_account[account] = day.expected_by_account.get(account, Usage()) - reserved.expected
        key = (reserved.payer, reserved.backend, model)
        used = self._usage(reserved.backend, tally)
        known = day.pending.get(key, Cost())
        day.pending[key] = Cost(
            used=known.used + used, failures=known.failures + failed, alarms=known.alarms + alarms.total()
        )
        day.alarms.update({(reserved.backend, text, gate): count for (text, gate), count in alarms.items()})
        if self._written_at is None or self._now() - self._written_at >= _AT_LEAST_EVERY:
            await self.flush()

    async def flush(self) -> None:
        """Write what is counted so far, and read what all processes together have used today.

        While the database is in trouble it stays counted here, for the next time.
        """
        async with self._one_writes:
            if self._day is None:
                return
            try:
                await self._write(self._day)
            except TROUBLE as error:
                event(_log, "spending_later", level=logging.WARNING, reason=redact(reason_of(error)))

    async def _today(self) -> _Day:
        today = self._now().date()
        if self._day is not None and self._day.date == today:
            return self._day
        async with self._one_writes:
            if (day := self._day) is not None:
                if day.date == today:
                    return day
                await self._write(day)
            begun = _Day(today)
            await self._write(begun)
            # Only now: whoever asks before what was used today is known would be held under no cap.
            self._day = begun
            return begun

    async def _write(self, day: _Day) -> None:
        pending, alarms = dict(day.pending), Counter(day.alarms)
        self._written_at = self._now()
        async with self._db.begin() as session:
            for (payer, backend, model), spent in pending.items():
                maker = costs.Maker(payer.chat_id, payer.announcement, backend, model)
                await costs.add(session, day.date, maker, spent)
            for (backend, text, gate), count in alarms.items():
                await costs.add_alarms(session, day.date, (backend, text, gate), count)
            if not (self._cap.open and self._chat_cap.open and self._subscription_cap.open):
                stored = await costs.of_day(session, day.date)
            else:
                stored = day.stored, day.stored_by_account
        # Counted as pending until it is stored, for those who ask meanwhile and for the next time if writing fails.
        day.stored, day.stored_by_account = stored
        left = {key: spent - pending.get(key, Cost()) for key, spent in day.pending.items()}
        day.pending = {key: spent for key, spent in left.items() if spent != Cost()}
        day.alarms -= alarms

    def _usage(self, backend: str, tally: Tally) -> Usage:
        money = self._prices.get(backend, Price()).of(tally)
        return Usage(tally.requests, tally.characters, tally.tokens_in, tally.tokens_out, money)

    def _within(self, cap: Cap, used: Usage, backend: str) -> bool:
        if cap.money is not None and self._prices.get(backend, Price()).free:
            cap = Cap(cap.requests, cap.characters, cap.tokens)
        if cap.tokens is not None and backend not in _BY_TOKENS:
            cap = Cap(cap.requests, cap.characters, None, cap.money)
        return cap.left(used)

    async def _refused(self, day: _Day, payer: Payer, *, whole_bot: bool) -> None:
        now = self._now()
        if (payer.account, whole_bot) not in day.refused:
            day.refused.add((payer.account, whole_bot))
            event(_log, "cap_reached", level=logging.WARNING, chat=payer.chat_id or "-", all=whole_bot)
        if self._told == now.date():
            return
        self._told = now.date()
        async with self._db.begin() as session:
            await notices.clear_before(session, f"{_NOTICE} ", f"{_NOTICE} {now.date()}")
            news = await notices.raise_once(session, f"{_NOTICE} {now.date()}", now)
        if news and self._tell is not None:
            await self._tell("cap-reached" if whole_bot else "chat-cap-reached", chat=str(payer.chat_id))


def _of_a_paper(backend: str, characters: int = 0) -> Tally:
    """What one request for a paper is expected to take."""
    tokens = _TOKENS_OF_A_PAPER // 2 if backend in _BY_TOKENS else 0
    return Tally(1, characters, tokens, tokens)


def _sum(spent: Iterable[Cost]) -> Usage:
    return sum((cost.used for cost in spent), Usage())
