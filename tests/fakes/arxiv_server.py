"""arXiv on loopback for the tests: the well-behaved one of the project's own, with arXiv's bad days on demand."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import TracebackType
from typing import Self

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.simulator.arxiv_answers import refused_feed
from bot.simulator.arxiv_site import SimulatedArxiv


class Trouble(StrEnum):
    """What arXiv can do in place of answering."""

    RATE_LIMITED = "429"
    UNAVAILABLE = "503"
    NOT_ACCEPTABLE = "406"
    SERVER_ERROR = "500"
    BAD_REQUEST = "400"
    """Status 400 and a feed titled `Feed error for query: …`."""
    RATE_EXCEEDED = "rate exceeded"
    """Status 200 and the words `Rate exceeded.`."""
    HTML = "html"
    """Status 200 and a page."""
    EMPTY = "empty"
    """Status 200 and no bytes."""
    CUT = "cut"
    """Status 200 and a whole HTTP answer whose body ends after `at` bytes."""
    BROKEN_OFF = "broken off"
    """The connection closes after `at` bytes."""
    HUGE = "huge"
    """Bytes without end."""
    HANG = "hang"
    """No answer until `release`."""
    SLOW = "slow"
    """The answer begins and drips on, a byte at a time, far beyond any patience."""
    OTHER = "other"
    """Status 200 with `body` and `headers`."""
    REDIRECT = "redirect"
    """Go to `to`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it arrived."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Plan:
    kind: Trouble
    at: int | None
    to: str
    retry_after: str | None
    where: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class ArxivServer(SimulatedArxiv):
    """`async with ArxivServer() as arxiv:`; `arxiv.misbehave(Trouble.HTML, times=2)` spoils the next two answers."""

    def __init__(self) -> None:
        super().__init__([self._answer])
        self.requests: list[Asked] = []
        self.particular = False
        """Whether requests that do not say what they accept are answered with 406, as arXiv's servers at times do."""
        self.busiest = 0
        """The most requests that were ever open at the same time."""
        self._open = 0
        self._plans: deque[_Plan] = deque()
        self._released = asyncio.Event()
        self._arrived = asyncio.Condition()

    def misbehave(
        self,
        kind: Trouble | str,
        times: int = 1,
        *,
        at: int | None = None,
        to: str = "",
        retry_after: str | None = None,
        where: str = "",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Spoil the next answers (at addresses with `where` in them), after those that are to be spoilt already.

        `at` is half of the body if not given.
        """
        self._plans.extend([_Plan(Trouble(kind), at, to, retry_after, where, body, headers or {})] * times)

    def behave(self) -> None:
        """Answer properly from now on."""
        self._plans.clear()

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
        plan = self._next_plan(request)
        self._open += 1
        self.busiest = max(self.busiest, self._open)
        try:
            return await (handler(request) if plan is None else self._spoilt(request, handler, plan))
        finally:
            self._open -= 1

    def _next_plan(self, request: web.Request) -> _Plan | None:
        if self.particular and "/" not in request.headers.get("Accept", "*/*").replace("*/*", "", 1):
            return _Plan(Trouble.NOT_ACCEPTABLE, None, "", None, "")
        for plan in self._plans:
            if plan.where in request.path_qs:
                self._plans.remove(plan)
                return plan
        return None

    async def _spoilt(self, request: web.Request, handler: Handler, plan: _Plan) -> web.StreamResponse:
        if plan.kind is Trouble.HANG:
            await self._released.wait()
            return await handler(request)
        if plan.kind in {Trouble.SLOW, Trouble.HUGE}:
            return await (self._dripping(request) if plan.kind is Trouble.SLOW else _endless(request))
        if plan.kind in _PLAIN:
            status, text, kind = _PLAIN[plan.kind]
            headers = {"Retry-After": plan.retry_after} if plan.retry_after is not None else {}
            return web.Response(status=status, text=text, content_type=kind, headers=headers)
        if plan.kind in {Trouble.REDIRECT, Trouble.OTHER}:
            to = {"Location": plan.to} if plan.kind is Trouble.REDIRECT else {}
            return web.Response(status=302 if to else 200, body=plan.body, headers={**plan.headers, **to})
        unconditional = {name: value for name, value in request.headers.items() if not name.startswith("If-")}
        whole = await handler(request.clone(headers=unconditional))
        assert isinstance(whole, web.Response)
        assert isinstance(whole.body, bytes)
        sent = whole.body[: len(whole.body) // 2 if plan.at is None else plan.at]
        if plan.kind is Trouble.CUT:
            named = {name: whole.headers[name] for name in ("ETag", "Last-Modified") if name in whole.headers}
            return web.Response(body=sent, content_type=whole.content_type, headers=named)
        return await _broken_off(request, whole, sent)

    async def _dripping(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "application/atom+xml"})
        await answer.prepare(request)
        with suppress(ConnectionResetError, TimeoutError):
            while not self._released.is_set() and request.transport is not None:
                await answer.write(b" ")
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._released.wait(), 0.02)
        return answer


_REFUSED = refused_feed("cs.ZZ", "Bad subject class or archive.", date(2026, 1, 1)).decode()
_PLAIN = {
    Trouble.BAD_REQUEST: (400, _REFUSED, "application/rss+xml"),
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
    with suppress(ConnectionError):
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
