"""The way to Telegram: the library's request class over aiohttp, and a bare call for deliveries over less than that.

Measured on the same digest: httpx takes five to ten times the processor time of aiohttp for a request, and rebuilding
the message that Telegram echoes takes as much again; a delivery needs nothing of it but its id.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

import aiohttp
from telegram.error import (
    BadRequest,
    ChatMigrated,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import BaseRequest, RequestData

from bot.log import redact
from bot.proxy import proxy_of
from bot.telegram_api.lean_http import BrokenAnswerError, LeanHttp, NotBegunError, NotConnectedError

_POOL = 64
_ORIGIN = 24
_CONNECT = 5.0
READ = 20.0
"""Seconds that Telegram may leave a request without a byte of its answer."""
_UPLOAD = 60.0
# How Telegram begins its answer about every message; what follows is the message itself, several kB of it.
_SENT = re.compile(rb'\{"ok":\s*true,\s*"result":\s*\{"message_id":\s*(\d+),')
_OK = 200
_MOST_BYTES = 32 * 2**20
"""Of an answer; a hundred updates, the most that come at a time, have a fraction of it."""


class AiohttpRequest(BaseRequest):
    """What python-telegram-bot sends and polls through. `pool` connections at most; timeouts in seconds."""

    def __init__(self, *, pool: int = _POOL, read_timeout: float = READ, connect_timeout: float = _CONNECT) -> None:
        self._pool = pool
        self._read = read_timeout
        self._connect = connect_timeout
        self._http: aiohttp.ClientSession | None = None
        self._lean: LeanHttp | None = None
        self._breaking: asyncio.Task[None] | None = None
        self._proxies: dict[str, str] = {}

    @property
    def read_timeout(self) -> float | None:
        """Seconds that an answer may take when a request says nothing else."""
        return self._read

    async def initialize(self) -> None:
        """Open the pool, unless it is."""
        if self._http is None or self._http.closed:
            self._http = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._pool),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )
            self._lean = LeanHttp(pool=self._pool, connect=self._connect, read=self._read)

    def break_off(self) -> None:
        """The bot stops: what has no answer yet ends as a request that nobody answered, and none is begun any more."""
        if self._lean is not None:
            self._lean.break_off()
        if self._http is not None and self._breaking is None:
            self._breaking = asyncio.ensure_future(self._http.close())

    async def shutdown(self) -> None:
        """Close it."""
        if self._breaking is not None:
            await self._breaking
        if self._lean is not None:
            self._lean.close()
        if self._http is not None:
            await self._http.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - waiting for a connection counts as connecting
    ) -> tuple[int, bytes]:
        """One request of the library's."""
        files = request_data.multipart_data if request_data is not None else {}
        fields = request_data.json_parameters if request_data is not None else None
        body: aiohttp.FormData | dict[str, str] | None = fields
        if files:
            form = aiohttp.FormData(fields or {})
            for name, (file_name, content, mime_type) in files.items():
                form.add_field(name, content, filename=file_name, content_type=mime_type)
            body = form
        read = self._read if read_timeout is self.DEFAULT_NONE else read_timeout
        if files:
            read = max(read or 0.0, _UPLOAD if write_timeout is self.DEFAULT_NONE else write_timeout or 0.0)
        connect = self._connect if connect_timeout is self.DEFAULT_NONE else connect_timeout
        return await self._carry(method, url, body, read, connect)

    async def call(
        self,
        url: str,
        body: bytes | aiohttp.FormData,
        *,
        whole: bool = False,
        still: Callable[[], bool] | None = None,
    ) -> Any:
        """One call with a JSON body (or a form with files). Of a message only its id is read unless `whole`.

        Raises TelegramError like the library does, with the error of the network as its cause; NotBegunError where
        `still`, asked right before the request is written, is false.
        """
        json_body = isinstance(body, bytes)
        if isinstance(body, bytes) and not self._proxy(url):
            code, payload = await self._lean_carry(url, body, still)
        else:
            if still is not None and not still():
                raise NotBegunError
            read = self._read if json_body else _UPLOAD
            code, payload = await self._carry("POST", url, body, read, self._connect, _JSON if json_body else None)
        if code == _OK:
            if json_body and not whole and (sent := _SENT.match(payload)):
                return {"message_id": int(sent[1])}
            return _read(payload).get("result")
        raise _error(code, payload)

    async def _lean_carry(self, url: str, body: bytes, still: Callable[[], bool] | None) -> tuple[int, bytes]:
        if self._lean is None:
            raise RuntimeError("this request is not initialized")
        self._refuse_at_the_end()
        try:
            return await self._lean.post(url, body, still)
        except NotConnectedError as error:
            raise NetworkError(redact(str(error))) from error
        except TimeoutError as error:
            raise TimedOut from error
        except BrokenAnswerError as error:
            raise NetworkError(redact(str(error))) from error

    def _refuse_at_the_end(self) -> None:
        if self._breaking is not None:
            raise NetworkError("the bot stops; the request was not sent") from NotConnectedError("the bot stops")

    def _proxy(self, url: str) -> str:
        if (proxy := self._proxies.get(url[:_ORIGIN])) is None:
            proxy = self._proxies[url[:_ORIGIN]] = proxy_of(url)
        return proxy

    async def _carry(
        self,
        method: str,
        url: str,
        body: Any,
        read: float | None,
        connect: float | None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, bytes]:
        if self._http is None:
            raise RuntimeError("this request is not initialized")
        self._refuse_at_the_end()
        proxy = self._proxy(url)
        timeout = aiohttp.ClientTimeout(total=None, connect=connect, sock_connect=connect, sock_read=read)
        try:
            async with self._http.request(
                method,
                url,
                data=body,
                headers=headers,
                timeout=timeout,
                proxy=proxy or None,
                # The token is in the address, and what is said in the body: neither goes anywhere else.
                allow_redirects=False,
            ) as answer:
                return answer.status, await _bounded(answer)
        except aiohttp.ConnectionTimeoutError as error:
            raise TimedOut("no connection in time; the request was not sent") from error
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(redact(f"{type(error).__name__}: {error}")) from error


async def _bounded(answer: aiohttp.ClientResponse) -> bytes:
    """The whole body, unpacked. Raises NetworkError as soon as it is longer than any answer of Telegram's."""
    body = bytearray()
    while block := await answer.content.readany():
        body += block
        if len(body) > _MOST_BYTES:
            raise NetworkError("the answer is too long")
    return bytes(body)


_JSON = {"Content-Type": "application/json"}
_NO_CONNECTION = (
    NotConnectedError,
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,  # a proxy that does not lead to Telegram
)


def never_sent(error: TelegramError) -> bool:
    """Whether the request cannot have reached Telegram: no connection was had for it."""
    return isinstance(error.__cause__, _NO_CONNECTION)


_BY_CODE: dict[int, type[TelegramError]] = {
    400: BadRequest,
    401: InvalidToken,
    403: Forbidden,
    404: EndPointNotFound,
}


def _read(payload: bytes) -> dict[str, Any]:
    try:
        body = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise NetworkError("the answer is no JSON") from error
    return body if isinstance(body, dict) else {}


def _error(code: int, payload: bytes) -> TelegramError:
    """What a refusal says. 5xx and pages that are no JSON are the network's: nobody knows what was done."""
    try:
        body = _read(payload)
    except NetworkError:
        body = {}
    text = str(body.get("description") or f"HTTP {code}")
    parameters = body.get("parameters") or {}
    if new_chat_id := parameters.get("migrate_to_chat_id"):
        return ChatMigrated(int(new_chat_id))
    if seconds := parameters.get("retry_after"):
        return RetryAfter(int(seconds))
    return _BY_CODE.get(code, NetworkError)(text)
