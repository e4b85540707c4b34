"""Updates pushed to the bot's own address, as after setWebhook."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.simulator.updates import Updates

_ANSWER_SECONDS = 10
_RETRY_SECONDS = 1.0
_REDIRECT = 300


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where to push, and the secret for the header X-Telegram-Bot-Api-Secret-Token."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40


class Pusher:
    """Pushes one update after the other, until each is taken with a 2xx answer. `error` is the last refusal."""

    def __init__(self, updates: Updates) -> None:
        self._updates = updates
        self._task: asyncio.Task[None] | None = None
        self.webhook = Webhook()
        self.error = ""

    async def set(self, webhook: Webhook) -> None:
        """Push to this address from now on; an empty one stops."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self.webhook, self.error = webhook, ""
        if webhook.url:
            self._task = asyncio.create_task(self._run(webhook))

    async def _run(self, webhook: Webhook) -> None:
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret} if webhook.secret else {}
        timeout = aiohttp.ClientTimeout(total=_ANSWER_SECONDS)
        async with aiohttp.ClientSession(headers=headers, timeout=timeout) as http:
            while True:
                update = next(iter(self._updates.first(1)), None)
                if update is None:
                    await self._updates.changed.wait()
                elif await self._push(http, webhook.url, update):
                    self._updates.confirm(update["update_id"] + 1)
                else:
                    await asyncio.sleep(_RETRY_SECONDS)

    async def _push(self, http: aiohttp.ClientSession, url: str, update: dict[str, Any]) -> bool:
        try:
            async with http.post(url, json=update) as answer:
                self.error = (
                    ""
                    if answer.status < _REDIRECT
                    else f"Wrong response from the webhook: {answer.status} {answer.reason}"
                )
        except (aiohttp.ClientError, TimeoutError) as error:
            self.error = f"Connection failed: {type(error).__name__}"
        return not self.error
