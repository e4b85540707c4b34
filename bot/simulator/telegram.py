"""A local Telegram in one object: the Bot API over HTTP, a Python API for the people, a chat page for the browser."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Self, TypeVar

from aiohttp import web

from bot.simulator.chat_state import Accepted, Chat, Message, User
from bot.simulator.faults import Faults
from bot.simulator.flood import Flood, FloodGate
from bot.simulator.page import ChatPage
from bot.simulator.server import MAX_BODY_BYTES, BotApi
from bot.simulator.transcript import transcript
from bot.simulator.user_actions import UserActions
from bot.simulator.world import World

# Well formed and opening nothing: the number before the colon is the bot's id.
TOKEN = "110201543:" + "local-telegram-token-made-up-for-te"
T = TypeVar("T")

PATIENCE = 60.0
"""Seconds after which a wait ends that nothing else ends: far more than anything takes, also on a busy machine."""
_AGAIN = 0.05
"""Seconds after which a predicate is asked again, also when nothing changed here: it may be about something else."""


class SimulatedTelegram(UserActions):
    """Start it, point the bot at `url` with `token`, and let people talk.

    `now` gives seconds since 1970 and also feeds the flood limits, which are off unless `flood` is given. `privacy` is
    the bot's privacy mode in groups. All of it belongs to one event loop; deeds are synchronous and are made from
    within that loop.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        username: str = "arxiv_digest_bot",
        first_name: str = "arXiv digest",
        privacy: bool = False,
        flood: Flood | None = None,
        now: Callable[[], float] = time.time,
        seed: int = 0,
    ) -> None:
        bot = User(int(token.partition(":")[0]), first_name, username, is_bot=True)
        super().__init__(World(bot=bot, now=now, privacy=privacy))
        self.token = token
        self.faults = Faults(seed)
        self._api = BotApi(self.world, token, self.faults, FloodGate(flood, now) if flood else None)
        self._runner: web.AppRunner | None = None
        self._url = ""

    @property
    def record(self) -> list[Accepted]:
        """Every accepted send, edit, copy, forward and delete, in order."""
        return self.world.record

    @property
    def url(self) -> str:
        """Where the Bot API is, for TELEGRAM_API_URL; the bot appends /bot<token>/<method>."""
        if not self._url:
            raise RuntimeError("the simulator is not started")
        return self._url

    @property
    def page_url(self) -> str:
        """Where the chat page is."""
        return f"{self.url}/"

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one."""
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app.add_routes([*self._api.routes(), *ChatPage(self, host).routes()])
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        bound = self._runner.addresses[0]
        self._url = f"http://{host}:{bound[1]}"

    async def stop(self) -> None:
        """Answer what waits and close; the state stays readable."""
        await self._api.stop()
        self.world.changed.notify()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None
        self._url = ""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def messages(self, chat: Chat, thread_id: int | None = None) -> list[Message]:
        """The chat as it stands now, oldest first, without deleted messages; of one topic (0: General) if given."""
        there = self.world.chats[chat.upgraded_to] if chat.upgraded_to else chat
        return [message for message in there.messages.values() if thread_id is None or message.thread_id == thread_id]

    def from_bot(self, chat: Chat, thread_id: int | None = None) -> list[Message]:
        """The bot's messages among them, without service messages."""
        found = self.messages(chat, thread_id)
        return [message for message in found if message.from_user is self.bot and not message.service]

    async def wait_for(self, predicate: Callable[[], T], timeout: float = PATIENCE) -> T:  # noqa: ASYNC109 - a deadline for the caller
        """Wait until the predicate is true and return what it gave; TimeoutError after so many seconds."""
        deadline = time.monotonic() + timeout
        while not (value := predicate()):
            if time.monotonic() >= deadline:
                raise TimeoutError(f"nothing of the kind within {timeout:g} s; {len(self.record)} actions on record")
            await self.world.changed.wait(min(timeout, _AGAIN))
        return value

    async def wait_for_messages(
        self,
        chat: Chat,
        count: int = 1,
        *,
        thread_id: int | None = None,
        timeout: float = PATIENCE,  # noqa: ASYNC109 - a deadline for the caller
    ) -> list[Message]:
        """Wait until the bot has so many messages in the chat; TimeoutError shows the chat as it stands."""
        try:
            await self.wait_for(lambda: len(self.from_bot(chat, thread_id)) >= count, timeout)
        except TimeoutError as error:
            raise TimeoutError(f"{error}\n{transcript(self, chat)}") from None
        return self.from_bot(chat, thread_id)

    async def quiet(self, timeout: float = PATIENCE) -> None:  # noqa: ASYNC109 - a deadline for the caller
        """Wait until the bot has fetched every update and confirmed it; its handlers may still be at work."""
        deadline = time.monotonic() + timeout
        while len(self.world.updates):
            if not await self.world.updates.changed.wait(max(0.0, deadline - time.monotonic())):
                raise TimeoutError(f"{len(self.world.updates)} updates were not fetched within {timeout:g} s")
