"""HTTP for the many small requests of deliveries: a JSON body out, a short answer back, connections kept open.

One request of aiohttp's takes 250 to 400 µs of processor time, which is most of what a delivery costs; this takes 70.
So it does only that: no redirects, cookies, compression or proxies, which Telegram's Bot API does not need. Anything
else goes through aiohttp.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

_IDLE = 15.0
"""Seconds after which a connection is no longer used: a server may be closing it, and a request would be lost in it."""

_MOST = 16 * 1024 * 1024
_HEAD_END = b"\r\n\r\n"
_LAST_STATUS_BEFORE_ANSWER = 199
_Place = tuple[str, int, bool]
"""Host, port, and whether it is encrypted."""


class NotConnectedError(Exception):
    """No connection was had in time: the request was not sent."""


class BrokenAnswerError(Exception):
    """The connection ended before the answer did, or what came is no answer: nobody knows what was done."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, the whole body, and whether the connection may be used again."""

    status: int
    body: bytes
    keep: bool


def read_answer(received: bytes, *, ended: bool = False) -> Answer | None:
    """The answer in what was received so far; None when more has to come. `ended`: no more will.

    Raises ValueError for what is no HTTP/1 answer.
    """
    while True:
        head, found, rest = received.partition(_HEAD_END)
        if not found:
            return None
        first, _, lines = head.partition(b"\r\n")
        version, status = first[:9], int(first[9:12])
        if version not in {b"HTTP/1.1 ", b"HTTP/1.0 "}:
            raise ValueError("not HTTP/1")
        if status > _LAST_STATUS_BEFORE_ANSWER:
            break
        received = rest
    fields = dict(_field(line) for line in lines.split(b"\r\n") if line)
    said = fields.get(b"connection", b"").lower()
    keep = said != b"close" if version == b"HTTP/1.1 " else said == b"keep-alive"
    if fields.get(b"transfer-encoding", b"").lower() == b"chunked":
        body = _joined(rest)
        return Answer(status, body, keep) if body is not None else None
    if b"content-length" in fields:
        length = int(fields[b"content-length"])
        if length < 0:
            raise ValueError("a negative length")
        return Answer(status, rest[:length], keep and len(rest) == length) if len(rest) >= length else None
    # Without a length the body is what comes until the end.
    return Answer(status, rest, keep=False) if ended else None


def _field(line: bytes) -> tuple[bytes, bytes]:
    name, _, value = line.partition(b":")
    return name.lower(), value.strip()


def _joined(rest: bytes) -> bytes | None:
    """The body that came in chunks; None when the last one is not there."""
    body, at = b"", 0
    while True:
        end = rest.find(b"\r\n", at)
        if end < 0:
            return None
        size = int(rest[at:end].partition(b";")[0], 16)
        if size == 0:
            # Fields may follow, of which none is needed.
            trailer = rest[end:]
            return body if trailer.startswith(_HEAD_END) or trailer.endswith(_HEAD_END) else None
        if len(rest) < end + 2 + size + 2:
            return None
        body += rest[end + 2 : end + 2 + size]
        at = end + 2 + size + 2


class _Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self) -> None:
        self.used_at = 0.0
        self.open = False
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._answer: asyncio.Future[Answer] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport, self.open = transport, True

    def data_received(self, data: bytes) -> None:
        if self._answer is None:
            # Nobody asked: whatever it is, it must not be taken for the next answer.
            self.close()
            return
        self._received += data
        self._read(ended=False)

    def eof_received(self) -> None:
        self._read(ended=True)

    def connection_lost(self, error: Exception | None) -> None:
        self.open = False
        self._fail(BrokenAnswerError(f"the connection ended: {type(error).__name__ if error else 'closed'}"))

    async def ask(self, request: bytes, seconds: float | None) -> Answer:
        """Send a request and wait for its answer, TimeoutError after so many seconds."""
        loop = asyncio.get_running_loop()
        if self._transport is None:
            raise BrokenAnswerError("not connected")
        answer: asyncio.Future[Answer] = loop.create_future()
        self._answer = answer
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

    def _read(self, *, ended: bool) -> None:
        try:
            answer = read_answer(self._received, ended=ended)
        except ValueError as error:
            self._fail(BrokenAnswerError(f"no HTTP answer: {error}"))
            return
        if answer is None and len(self._received) > _MOST:
            self._fail(BrokenAnswerError("the answer is too long"))
        elif answer is not None:
            self._received = b""
            self.open = self.open and answer.keep and not ended
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

    async def post(self, url: str, body: bytes) -> tuple[int, bytes]:
        """The answer's status and body. Raises NotConnectedError, BrokenAnswerError, or TimeoutError for no answer."""
        if (prepared := self._heads.get(url)) is None:
            prepared = self._heads[url] = _prepare(url)
        place, head = prepared
        await self._turn()
        try:
            connection = self._free(place) or await self._new(place)
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
        for connection in [one for idle in self._idle.values() for one in idle]:
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
                    _Connection, host, port, ssl=_trusted() if secure else None, happy_eyeballs_delay=0.25
                )
        except (OSError, TimeoutError) as error:
            raise NotConnectedError(f"{type(error).__name__}: {error}") from error
        return connection

    def _give_back(self, place: _Place, connection: _Connection) -> None:
        if connection.open and not self._closed:
            connection.used_at = asyncio.get_running_loop().time()
            self._idle.setdefault(place, []).append(connection)
        else:
            connection.close()


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()


def _prepare(url: str) -> tuple[_Place, bytes]:
    """Where a request goes, and its head up to the length."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    lines = [f"POST {target} HTTP/1.1", f"Host: {parts.netloc}", "Content-Type: application/json", "Content-Length: "]
    return (parts.hostname or "", parts.port or (443 if secure else 80), secure), "\r\n".join(lines).encode()
