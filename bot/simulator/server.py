"""The Bot API over HTTP: token, method, parameters, faults, flood limits, answer."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from bot.simulator.api_errors import ApiError, bad_request, forbidden, migrated, too_many
from bot.simulator.faults import Fault, FaultKind, Faults
from bot.simulator.flood import FloodGate
from bot.simulator.long_polling import Polling
from bot.simulator.methods import METHODS, WRITING
from bot.simulator.params import Params, read
from bot.simulator.world import World

MAX_BODY_BYTES = 60_000_000
_BAD_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>"
)
_NOT_FOUND = ApiError(404, "Not Found")
_WRONG_TOKEN = ApiError(401, "Unauthorized")


class BotApi:
    """Answers the bot's requests on one World."""

    def __init__(self, world: World, token: str, faults: Faults, gate: FloodGate | None) -> None:
        self._world = world
        self._token = token
        self._faults = faults
        self._gate = gate
        self._polling = Polling(world.updates)
        self._stopped = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        """`/bot<token>/<method>` and `/file/bot<token>/<path>`."""
        return [
            web.route("*", "/bot{token}/{method}", self.handle),
            web.get("/file/bot{token}/documents/{file_id}", self.download),
        ]

    async def stop(self) -> None:
        """Let go of those who poll and those who hang."""
        self._stopped.set()
        await self._polling.stop()

    async def handle(self, request: web.Request) -> web.Response:
        """One request to one answer."""
        try:
            if request.match_info["token"] != self._token:
                raise _WRONG_TOKEN
            method = request.match_info["method"]
            if not self._knows(method.lower()):
                raise _NOT_FOUND
            params = await read(request)
            self._world.called(method)
            fault = self._faults.pick(method, params)
            if fault:
                return await self._fail(request, method, params, fault)
            return await self._answer(method, params)
        except ApiError as error:
            return web.json_response(error.body(), status=error.code)

    def _knows(self, name: str) -> bool:
        if name == "sendrichmessage" and not self._world.speaks_rich:
            return False
        if name == "sendmessagedraft" and self._world.drafts is None:
            return False
        return name in METHODS or name in self._polling.methods

    async def _answer(self, method: str, params: Params) -> web.Response:
        return web.json_response({"ok": True, "result": await self._call(method.lower(), params)})

    async def _call(self, name: str, params: Params) -> Any:
        if name in self._polling.methods:
            return await self._polling.methods[name](params)
        if self._gate is None or name not in WRITING:
            return METHODS[name](self._world, params)
        chat = self._world.find(params.text("chat_id"))
        self._gate.check(chat)
        result = METHODS[name](self._world, params)
        self._gate.count(chat)
        return result

    async def _fail(self, request: web.Request, method: str, params: Params, fault: Fault) -> web.Response:
        if refusal := self._refusal(params, fault):
            raise refusal
        match fault.kind:
            case FaultKind.SERVER_ERROR:
                return web.Response(status=502, text=_BAD_GATEWAY, content_type="text/html")
            case FaultKind.SLOW:
                await self._wait(fault.seconds)
                return await self._answer(method, params)
        if fault.kind in {FaultKind.CUT_AFTER, FaultKind.HANG_AFTER}:
            await self._call(method.lower(), params)
        if fault.kind in {FaultKind.HANG, FaultKind.HANG_AFTER}:
            await self._wait(None)
        if request.transport:
            request.transport.abort()
        return web.Response()

    def _refusal(self, params: Params, fault: Fault) -> ApiError | None:
        match fault.kind:
            case FaultKind.RATE_LIMIT:
                return too_many(fault.retry_after)
            case FaultKind.UNAUTHORIZED:
                return _WRONG_TOKEN
            case FaultKind.FORBIDDEN:
                return forbidden(fault.text)
            case FaultKind.BAD_REQUEST:
                return bad_request(fault.text)
            case FaultKind.MIGRATE:
                return migrated(self._world.upgrade(self._world.find(params.text("chat_id"))).id)
        return None

    async def _wait(self, seconds: float | None) -> None:
        """Wait, but no longer than the server runs."""
        try:
            async with asyncio.timeout(seconds):
                await self._stopped.wait()
        except TimeoutError:
            return

    async def download(self, request: web.Request) -> web.Response:
        """A file's bytes."""
        document = self._world.files.get(request.match_info["file_id"])
        if request.match_info["token"] != self._token or document is None:
            return web.json_response(_NOT_FOUND.body(), status=404)
        return web.Response(body=document.content, content_type=document.mime_type)
