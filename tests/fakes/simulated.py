"""python-telegram-bot's own Bot on the local Telegram, as the product uses it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.simulator.telegram import PATIENCE, SimulatedTelegram


@asynccontextmanager
async def bot_on(telegram: SimulatedTelegram, *, read_timeout: float = PATIENCE) -> AsyncIterator[Bot]:
    """A Bot that talks to the simulator over HTTP."""
    plain: dict[str, Any] = {"verify": False}  # loopback speaks no TLS, and loading certificates takes its time
    requests = [HTTPXRequest(read_timeout=read_timeout, httpx_kwargs=plain) for _ in range(2)]
    bot = Bot(
        telegram.token,
        base_url=f"{telegram.url}/bot",
        base_file_url=f"{telegram.url}/file/bot",
        request=requests[0],
        get_updates_request=requests[1],
    )
    async with bot:
        yield bot


async def call(telegram: SimulatedTelegram, method: str, **params: Any) -> dict[str, Any]:
    """A request with a JSON body, as plain as it gets, and its answer."""
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{telegram.url}/bot{telegram.token}/{method}", json=params) as answer,
    ):
        body: dict[str, Any] = await answer.json()
        return body


class Clock:
    """A clock that moves when told to."""

    def __init__(self, now: float = 1_750_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now
