"""The official client's way to the network: our own HTTP session, with answers bounded in time and size.

The client's own way reads whatever comes, and takes twice the processor time for a request.
"""

from __future__ import annotations

import aiohttp
import httpx
from openai import OpenAIError
from yarl import URL

from bot.proxy import proxy_of
from bot.translate.backends.json_request import read_bounded
from bot.translate.backends.protocol import BadAnswer

# What this session says for itself, and what is no longer true of an answer that was read and unpacked.
_NOT_SENT = frozenset({"host", "connection", "accept-encoding", "content-length"})
_NOT_KEPT = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class TooLong(OpenAIError):
    """The answer does not end."""


class SessionTransport(httpx.AsyncBaseTransport):
    """Carries the client's requests out; `seconds` bounds one from its beginning to the end of its answer."""

    def __init__(self, http: aiohttp.ClientSession, address: str, *, seconds: float) -> None:
        self._http = http
        self._proxy = proxy_of(address) or None
        self._timeout = aiohttp.ClientTimeout(total=seconds)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The whole answer. Raises httpx's errors, and TooLong, which the client lets through."""
        try:
            async with self._http.request(
                request.method,
                URL(str(request.url), encoded=True),
                data=request.content,
                headers=[(name, value) for name, value in request.headers.items() if name not in _NOT_SENT],
                timeout=self._timeout,
                allow_redirects=False,
                proxy=self._proxy,
            ) as answer:
                body = await read_bounded(answer)
                headers = [(name, value) for name, value in answer.headers.items() if name.lower() not in _NOT_KEPT]
                return httpx.Response(answer.status, headers=headers, content=body)
        except BadAnswer as error:
            raise TooLong(str(error)) from None
        except TimeoutError:
            raise httpx.ReadTimeout("no answer in time") from None
        except (aiohttp.ClientError, OSError) as error:
            raise httpx.ConnectError(type(error).__name__) from None
