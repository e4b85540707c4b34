"""The whole bot, for end-to-end tests: the real Application over HTTP; a local Telegram, arXiv and translator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from fakes.arxiv_server import ArxivServer
from fakes.simulated_time import Seconds
from fakes.stored import address, new_database
from fakes.translator_server import TranslatorServer
from fakes.translator_server import Trouble as TranslatorTrouble

from bot.app import Running, running
from bot.arxiv_source import calendar
from bot.config import Settings
from bot.handlers.update_queue import UpdateQueue
from bot.simulator.chat_state import Chat, Message, User
from bot.simulator.telegram import PATIENCE, SimulatedTelegram
from bot.telegram_api.pace import Pace
from storage.records import AnnounceType, Entry, Paper

FRIDAY = date(2026, 8, 21)
MONDAY = date(2026, 8, 24)
_NOON = datetime(2026, 8, 21, 16, 0, tzinfo=UTC)


@dataclass
class Clock:
    """The time, set by the test."""

    now: datetime = _NOON

    def __call__(self) -> datetime:
        return self.now

    def to_announcement(self, day: date, *, after: timedelta = timedelta(minutes=5)) -> None:
        self.now = calendar.feed_changes_at(day) + after


@dataclass
class House:
    """What a test works with."""

    telegram: SimulatedTelegram
    arxiv: ArxivServer
    translator: TranslatorServer
    settings: Settings
    clock: Clock
    person: User
    private: Chat
    bots: list[Running] = field(default_factory=list)
    seconds: Seconds = field(default_factory=Seconds)

    @property
    def bot(self) -> Running:
        return self.bots[-1]

    @asynccontextmanager
    async def running(
        self, *, finish: float = PATIENCE, tolerance: timedelta = timedelta.max
    ) -> AsyncIterator[Running]:
        """The bot, begun and stopped. What hangs is broken off after `finish` seconds, and by nothing else before.

        Tests set the clock as they need it; by more than `tolerance` it does not go back without being noticed.
        """
        pace = Pace(clock=self.seconds, sleep=self.seconds.sleep)
        async with running(
            self.settings,
            now=self.clock,
            pace=pace,
            look_after=timedelta(),
            finish=finish,
            read_timeout=2 * PATIENCE,
            tolerance=tolerance,
        ) as bot:
            self.bots.append(bot)
            # What the first tick says must not come between a test's questions and their answers.
            await asyncio.wait_for(bot.clock.ticked.wait(), PATIENCE)
            yield bot

    def break_translator(self) -> None:
        """From now on the translator answers with server errors; `mend_translator` ends that."""
        self.translator.troubles["libretranslate"] = TranslatorTrouble.SERVER_ERROR

    def mend_translator(self) -> None:
        self.translator.troubles.clear()

    async def tick(self) -> None:
        """One tick of the clock, and every row that it planned sent."""
        await self.bot.services.daily.tick()
        await self.settle()

    async def settle(self) -> None:
        await self.bot.services.deliverer.settled(range(1, 20), PATIENCE)

    async def say(self, text: str, *, chat: Chat | None = None, user: User | None = None, **how: Any) -> str:
        """Say something and return the bot's next answer there, as plain text."""
        place = chat or self.private
        before = len(self.telegram.from_bot(place))
        self.telegram.say(place, user or self.person, text, **how)
        await self.telegram.wait_for_messages(place, before + 1)
        return self.telegram.from_bot(place)[-1].text

    def last(self, chat: Chat | None = None) -> Message:
        """The bot's last message there."""
        return self.telegram.from_bot(chat or self.private)[-1]

    async def press(self, message: Message, button: str, *, user: User | None = None) -> str:
        """Press a button by its text or data; what was shown above the chat, once all that it does is done."""
        return await self._answered(self.telegram.press(message, user or self.person, button), message.chat)

    async def press_to_edit(self, message: Message, button: str, *, user: User | None = None) -> str:
        """Press a button that changes its message and return what stands there then, as plain text."""
        edits = message.edited
        await self.press(message, button, user=user)
        await self.telegram.wait_for(lambda: message.edited > edits)
        return message.text

    async def noticed(self, message: Message, button: str, *, user: User | None = None) -> str:
        """Press a button and return what the person is told: above the chat, or with a message where it came late."""
        before = len(self.telegram.from_bot(message.chat))
        if shown := await self.press(message, button, user=user):
            return shown
        await self.telegram.wait_for_messages(message.chat, before + 1)
        return self.telegram.from_bot(message.chat)[-1].text

    async def press_with(self, message: Message, data: str, *, user: User | None = None) -> str:
        """Press a button with data that a tampered app made up; what was shown above the chat."""
        return await self._answered(self.telegram.press_with(message, user or self.person, data), message.chat)

    async def _answered(self, query_id: str, chat: Chat) -> str:
        await self.telegram.wait_for(lambda: self.telegram.answer(query_id) is not None)
        # On a busy machine a button no longer waits before its work is done; the chat's next update waits for that.
        queue = self.bot.application.update_processor
        assert isinstance(queue, UpdateQueue)
        await queue.rest(("chat", chat.id))
        return self.telegram.answer(query_id) or ""

    async def stays_silent(self, text: str, *, chat: Chat, user: User | None = None, **how: Any) -> None:
        """Say something that the bot must not answer; an answer asked for afterwards proves that it had its chance."""
        before = len(self.telegram.from_bot(chat))
        self.telegram.say(chat, user or self.person, text, **how)
        await self.telegram.quiet()
        await self.say("/help")
        assert len(self.telegram.from_bot(chat)) == before


@asynccontextmanager
async def open_house(folder: Path, **changes: Any) -> AsyncIterator[House]:
    """Everything started but the bot; `changes` are settings."""
    clock = Clock()
    async with (
        AsyncExitStack() as stack,
        SimulatedTelegram(now=lambda: clock().timestamp()) as telegram,
        ArxivServer() as arxiv,
        TranslatorServer() as translator,
    ):
        stack.enter_context(new_database(folder))
        person = telegram.add_user("Lin", username="lin", language_code="en")
        settings = Settings(
            _env_file=None,
            **{
                "telegram_token": telegram.token,
                "telegram_api_url": telegram.url,
                "database_url": address(folder),
                "data_dir": folder,
                "admin_ids": (person.id,),
                "tick_seconds": 3600,
                "set_profile": False,
                "commands_per_minute": 0,  # the clock of a test stands still
                "arxiv_feed_url": arxiv.feed_url,
                "arxiv_api_url": arxiv.api_url,
                "arxiv_web_url": arxiv.web_url,
                "arxiv_interval": 0.0,
                "arxiv_deadline": 2 * PATIENCE,
                "translate_deadline": 2 * PATIENCE,
                "translators": ("libretranslate",),
                "libretranslate_url": translator.address("libretranslate"),
                **changes,
            },
        )
        yield House(telegram, arxiv, translator, settings, clock, person, telegram.private_chat(person))


def paper(number: int, **changes: Any) -> Paper:
    """A made-up paper."""
    known = {
        "arxiv_id": f"2608.{number:05}",
        "version": 1,
        "title": f"Learning to Count Sheep with {number} Cameras",
        "abstract": f"Counting animals on wide meadows is slow. We propose a method that counts {number} sheep from "
        "aerial pictures with a small network. Experiments on two public collections show fewer errors than before.",
        "authors": ("Ada Example", "Grace Sample"),
        "primary_category": "cs.CV",
        "cross_lists": ("cs.LG",),
    }
    return Paper(**{**known, **changes})


def announcement(count: int = 3, *, first: int = 1) -> list[Entry]:
    """That many new papers."""
    return [Entry(paper(first + place), AnnounceType.NEW) for place in range(count)]
