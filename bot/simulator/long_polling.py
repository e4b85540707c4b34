"""`getUpdates` and the webhook's methods: how the bot hears."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.simulator.api_errors import ApiError, bad_request
from bot.simulator.params import Params
from bot.simulator.updates import Updates
from bot.simulator.webhook import Pusher, Webhook

MAX_UPDATES = 100
MAX_POLL_SECONDS = 50
_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")


class Polling:
    """One listener at a time: a webhook, or the newest getUpdates."""

    def __init__(self, updates: Updates) -> None:
        self._updates = updates
        self._pusher = Pusher(updates)
        self._poll = 0
        self._stopping = False
        self.methods: Mapping[str, Callable[[Params], Awaitable[Any]]] = {
            "getupdates": self.get_updates,
            "setwebhook": self.set_webhook,
            "deletewebhook": self.delete_webhook,
            "getwebhookinfo": self.get_webhook_info,
        }

    async def stop(self) -> None:
        """End the push and answer those who still poll."""
        self._stopping = True
        self._updates.changed.notify()
        await self._pusher.set(Webhook())

    async def get_updates(self, params: Params) -> list[dict[str, Any]]:
        """`getUpdates`: waits up to `timeout` seconds (50 at most) for news; `offset` confirms what came before."""
        if self._pusher.webhook.url:
            text = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            raise ApiError(409, f"Conflict: {text}")
        self._allow(params)
        self._poll += 1
        mine = self._poll
        if params.integer("offset"):
            self._updates.confirm(params.integer("offset"))
        else:
            self._updates.changed.notify()
        limit = min(max(params.integer("limit", MAX_UPDATES), 1), MAX_UPDATES)
        clock = asyncio.get_running_loop().time
        deadline = clock() + min(params.integer("timeout"), MAX_POLL_SECONDS)
        while True:
            if self._poll != mine:
                text = "terminated by other getUpdates request; make sure that only one bot instance is running"
                raise ApiError(409, f"Conflict: {text}")
            found = self._updates.first(limit)
            left = deadline - clock()
            if found or left <= 0 or self._stopping:
                return found
            await self._updates.changed.wait(left)

    def _allow(self, params: Params) -> None:
        if "allowed_updates" in params:
            self._updates.allow(str(kind) for kind in params.items("allowed_updates"))

    def _drop(self, params: Params) -> None:
        if params.flag("drop_pending_updates"):
            self._updates.clear()

    async def set_webhook(self, params: Params) -> bool:
        """`setWebhook`; plain http and any port are fine here, as with a Bot API server of one's own."""
        url, secret = params.text("url"), params.text("secret_token")
        if url and not url.startswith(("http://", "https://")):
            raise bad_request("bad webhook: invalid webhook URL specified")
        if not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        self._allow(params)
        self._drop(params)
        await self._pusher.set(Webhook(url, secret, params.integer("max_connections", 40)))
        return True

    async def delete_webhook(self, params: Params) -> bool:
        """`deleteWebhook`."""
        self._drop(params)
        await self._pusher.set(Webhook())
        return True

    async def get_webhook_info(self, _params: Params) -> dict[str, Any]:
        """`getWebhookInfo`."""
        webhook = self._pusher.webhook
        info: dict[str, Any] = {
            "url": webhook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates),
        }
        if webhook.url:
            info["max_connections"] = webhook.max_connections
        if self._pusher.error:
            info["last_error_message"] = self._pusher.error
        if self._updates.allowed:
            info["allowed_updates"] = sorted(self._updates.allowed)
        return info
