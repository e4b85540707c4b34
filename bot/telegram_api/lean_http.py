"""HTTP for the many small requests of deliveries: a JSON body out, a short answer back, connections kept open.

One request of aiohttp's takes 250 to 400 µs of processor time, which is most of what a delivery costs; this takes 70.
So it does only that: no redirects, cookies, compression or proxies, which Telegram's Bot API does not need. Anything
else goes through aiohttp.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from urllib.parse import urlsplit

from bot.telegram_api.lean_answer import Answer, AnswerReader

_IDLE = 15.0
"""Seconds after which a connection is no longer used: a server may be closing it, and a request would be lost in it."""

_Place = tuple[str, int, bool]
"""Host, port, and whether it is encrypted."""


class NotConnectedError(Exception):
    """No connection was had in time: the request was not sent."""


class NotBegunError(Exception):
    """Whoever asked for it no longer wants it: the request was not sent."""


class BrokenAnswerError(Exception):
    """The connection ended before the answer did, or what came is no answer: nobody knows what was done."""


class _Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self) -> None:
        self.used_at = 0.0
        self.open = False
        self._transport: asyncio.Transport | None = None
        self._reader = AnswerReader()
        self._answer: asyncio.Future[Answer] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport, self.open = transport, True

    def data_received(self, data: bytes) -> None:
        if self._answer is None or self._answer.done():
            # Nobody asked: whatever it is, it must not be taken for the next answer.
            self.close()
            return
        try:
            answer = self._reader.take(data)
        except ValueError as error:
            self._fail(BrokenAnswerError(f"no HTTP answer: {error}"))
            return
        if answer is not None:
            self._succeed(answer)

    def eof_received(self) -> None:
        self.open = False
        if (answer := self._reader.end()) is not None:
            self._succeed(answer)

    def connection_lost(self, error: Exception | None) -> None:
        self.open = False
        self._fail(BrokenAnswerError(f"the connection ended: {type(error).__name__ if error else 'closed'}"))

    async def ask(self, request: bytes, seconds: float | None) -> Answer:
        """Send a request and wait for its answer, TimeoutError after so many seconds."""
        loop = asyncio.get_running_loop()
        if self._transport is None or self._transport.is_closing() or not self.open:
            raise NotConnectedError("the connection ended before the request")
        answer: asyncio.Future[Answer] = loop.create_future()
        self._answer, self._reader = answer, AnswerReader()
        timer = loop.call_later(seconds, self._fail, TimeoutError()) if seconds is not None else None
        try:
            self._transport.write(request)
            return await answer
        finally:
            self._answer = None
            if timer is not None:
                timer.cancel()

    def close(self) -> None:
        """Close it at once; an answer that is waited for does not come."""
        self.open = False
        if self._transport is not None:
            self._transport.abort()

    def _succeed(self, answer: Answer) -> None:
        self.open = self.open and answer.keep
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)


class LeanHttp:
    """Posts JSON through `pool` connections at most. `connect` and `read` are seconds, None for ever."""

    def __init__(self, *, pool: int, connect: float | None, read: float | None) -> None:
        self._pool = asyncio.Semaphore(pool)
        self._connect = connect
        self._read = read
        self._idle: dict[_Place, list[_Connection]] = {}
        self._busy: set[_Connection] = set()
        self._heads: dict[str, tuple[_Place, bytes]] = {}
        self._closed = False
        self._tls: ssl.SSLContext | None = None

    async def post(self, url: str, body: bytes, still: Callable[[], bool] | None = None) -> tuple[int, bytes]:
        """The answer's status and body. Raises NotConnectedError, BrokenAnswerError, or TimeoutError for no answer.

        `still` is asked when there is a connection, right before it is written: NotBegunError where it is false.
        """
        if (prepared := self._heads.get(url)) is None:
            prepared = self._heads[url] = _prepare(url)
        place, head = prepared
        await self._turn()
        try:
            connection = self._free(place) or await self._new(place)
            if still is not None and not still():
                self._give_back(place, connection)
                raise NotBegunError
            self._busy.add(connection)
            try:
                answer = await connection.ask(b"%b%d\r\n\r\n%b" % (head, len(body), body), self._read)
            except BaseException:
                # Its answer may still come, and would be taken for the next request's.
                connection.close()
                raise
            finally:
                self._busy.discard(connection)
            self._give_back(place, connection)
        finally:
            self._pool.release()
        return answer.status, answer.body

    def close(self) -> None:
        """Close the connections that are not in use; those in use close when they are given back."""
        self._closed = True
        for connection in [connection for idle in self._idle.values() for connection in idle]:
            connection.close()
        self._idle.clear()

    def break_off(self) -> None:
        """Close also the connections in use: whoever waits for an answer gets BrokenAnswerError."""
        self.close()
        for connection in tuple(self._busy):
            connection.close()

    async def _turn(self) -> None:
        if not self._pool.locked():
            await self._pool.acquire()
            return
        try:
            async with asyncio.timeout(self._connect):
                await self._pool.acquire()
        except TimeoutError:
            raise NotConnectedError("no connection became free in time") from None

    def _free(self, place: _Place) -> _Connection | None:
        oldest = asyncio.get_running_loop().time() - _IDLE
        idle = self._idle.get(place, [])
        while idle:
            connection = idle.pop()
            if connection.open and connection.used_at > oldest:
                return connection
            connection.close()
        return None

    async def _new(self, place: _Place) -> _Connection:
        host, port, secure = place
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._connect):
                _, connection = await loop.create_connection(
                    _Connection, host, port, ssl=self._trusted() if secure else None, happy_eyeballs_delay=0.25
                )
        except (OSError, TimeoutError, UnicodeError) as error:  # UnicodeError: a name that no host can have
            raise NotConnectedError(f"{type(error).__name__}: {error}") from error
        return connection

    def _trusted(self) -> ssl.SSLContext:
        # The system's authorities, or those of SSL_CERT_FILE and SSL_CERT_DIR. Reading them takes 20 ms.
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls

    def _give_back(self, place: _Place, connection: _Connection) -> None:
        if connection.open and not self._closed:
            connection.used_at = asyncio.get_running_loop().time()
            self._idle.setdefault(place, []).append(connection)
        else:
            connection.close()


def _prepare(url: str) -> tuple[_Place, bytes]:
    """Where a request goes, and its head up to the length."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    lines = [
        f"POST {target} HTTP/1.1",
        f"Host: {parts.netloc}",
        "Content-Type: application/json",
        "Accept-Encoding: identity",
        "Content-Length: ",
    ]
    return (parts.hostname or "", parts.port or (443 if secure else 80), secure), "\r\n".join(lines).encode()
