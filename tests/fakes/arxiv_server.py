"""arXiv on loopback for the tests: the well-behaved one of the project's own, with arXiv's bad days on demand."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.simulator.arxiv_site import SimulatedArxiv


class Trouble(StrEnum):
    """What arXiv can do in place of answering."""

    RATE_LIMITED = "429, with Retry-After"
    UNAVAILABLE = "503, with Retry-After"
    NOT_ACCEPTABLE = "406"
    SERVER_ERROR = "500"
    RATE_EXCEEDED = "200, Rate exceeded."
    HTML = "200, a page"
    EMPTY = "200, no bytes"
    CUT = "200, the answer cut after `at` bytes"
    BROKEN_OFF = "200, the connection closed after `at` bytes"
    HUGE = "200, bytes without end"
    HANG = "no answer until `release`"
    REDIRECT = "a redirect to `to`"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it arrived."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Plan:
    kind: Trouble
    at: int
    to: str
    retry_after: str | None


class ArxivServer(SimulatedArxiv):
    """`async with ArxivServer() as arxiv:`; `arxiv.misbehave(Trouble.HTML, times=2)` spoils the next two answers."""

    def __init__(self) -> None:
        super().__init__([self._answer])
        self.requests: list[Asked] = []
        self.busiest = 0
        """The most requests that were ever open at the same time."""
        self._open = 0
        self._plans: deque[_Plan] = deque()
        self._released = asyncio.Event()
        self._arrived = asyncio.Condition()

    def misbehave(
        self, kind: Trouble, times: int = 1, *, at: int = 0, to: str = "", retry_after: str | None = None
    ) -> None:
        """Spoil the next answers, after those that are to be spoilt already."""
        self._plans.extend([_Plan(kind, at, to, retry_after)] * times)

    def release(self) -> None:
        """Answer, after all, what hangs now or later."""
        self._released.set()

    async def asked(self, count: int) -> None:
        """Wait until that many requests have arrived in all."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.requests) >= count)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
        await self.stop()

    @web.middleware
    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        async with self._arrived:
            self.requests.append(Asked(request.path, dict(request.query), dict(request.headers)))
            self._arrived.notify_all()
        plan = self._plans.popleft() if self._plans else None
        self._open += 1
        self.busiest = max(self.busiest, self._open)
        try:
            return await (handler(request) if plan is None else self._spoilt(request, handler, plan))
        finally:
            self._open -= 1

    async def _spoilt(self, request: web.Request, handler: Handler, plan: _Plan) -> web.StreamResponse:
        if plan.kind is Trouble.HANG:
            await self._released.wait()
            return await handler(request)
        if plan.kind in _PLAIN:
            status, text, kind = _PLAIN[plan.kind]
            headers = {"Retry-After": plan.retry_after} if plan.retry_after is not None else {}
            return web.Response(status=status, text=text, content_type=kind, headers=headers)
        if plan.kind is Trouble.REDIRECT:
            return web.Response(status=302, headers={"Location": plan.to})
        if plan.kind is Trouble.HUGE:
            return await _endless(request)
        whole = await handler(request)
        assert isinstance(whole, web.Response)
        assert isinstance(whole.body, bytes)
        if plan.kind is Trouble.CUT:
            return web.Response(body=whole.body[: plan.at], content_type=whole.content_type)
        return await _broken_off(request, whole, whole.body[: plan.at])


_PLAIN = {
    Trouble.RATE_LIMITED: (429, "Rate exceeded.", "text/plain"),
    Trouble.UNAVAILABLE: (503, "<html>maintenance</html>", "text/html"),
    Trouble.NOT_ACCEPTABLE: (406, "", "text/plain"),
    Trouble.SERVER_ERROR: (500, "<html>Internal Server Error</html>", "text/html"),
    Trouble.RATE_EXCEEDED: (200, "Rate exceeded.", "text/plain"),
    Trouble.HTML: (200, "<!doctype html><html><p>We are busy</p></html>", "text/html"),
    Trouble.EMPTY: (200, "", "application/atom+xml"),
}


async def _endless(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": "application/atom+xml"})
    await answer.prepare(request)
    with suppress(ConnectionResetError):
        while True:
            await answer.write(b" " * 2**20)
    return answer


async def _broken_off(request: web.Request, whole: web.Response, sent: bytes) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": whole.content_type, "Content-Length": str(len(sent) + 1)})
    await answer.prepare(request)
    await answer.write(sent)
    assert request.transport is not None
    request.transport.close()
    return answer
