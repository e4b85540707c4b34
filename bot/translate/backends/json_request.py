"""JSON over HTTP for the services that we ask ourselves: bounded in time and size, with typed failures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp

from bot.proxy import proxy_of
from bot.translate.backends.protocol import BackendError, BadAnswer, Limited, RefusedByBackend, Unavailable
from bot.translate.backends.retry_after import until_of
from storage.records import Now

_MOST_BYTES = 500_000
_NO_HEADERS: Mapping[str, str] = {}


async def post_json(
    http: aiohttp.ClientSession,
    address: str,
    body: Mapping[str, Any],
    *,
    seconds: float,
    now: Now,
    headers: Mapping[str, str] = _NO_HEADERS,
) -> Any:
    """What the service answers with HTTP 200. Raises BackendError; neither keys nor the service's words are in it."""
    timeout = aiohttp.ClientTimeout(total=seconds)
    try:
        # A redirect would carry the key to wherever it says.
        async with http.post(
            address,
            json=body,
            headers=dict(headers),
            timeout=timeout,
            proxy=proxy_of(address) or None,
            allow_redirects=False,
        ) as response:
            raw = await read_bounded(response)
            status, retry_after = response.status, response.headers.get("Retry-After")
    except TimeoutError:
        raise Unavailable("no answer in time") from None
    except aiohttp.ClientError as error:
        raise Unavailable(f"cannot be reached ({type(error).__name__})") from None
    if status != HTTPStatus.OK:
        raise _failure(status, retry_after, now)
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise BadAnswer("an answer that is no JSON") from None


async def read_bounded(response: aiohttp.ClientResponse) -> bytes:
    """The whole body, unpacked. Raises BadAnswer as soon as it is longer than any translation."""
    body = bytearray()
    while block := await response.content.readany():
        body += block
        if len(body) > _MOST_BYTES:
            raise BadAnswer("an answer that does not end")
    return bytes(body)


def texts_of(found: Any, count: int) -> list[str]:
    """The answer's list of texts, if it is one of that length. Raises BadAnswer."""
    if not isinstance(found, list) or len(found) != count or not all(isinstance(text, str) for text in found):
        raise BadAnswer(f"not {count} texts for {count} texts")
    return found


def _failure(status: int, retry_after: str | None, now: Now) -> BackendError:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Limited("too many requests", until_of(retry_after, now()))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unavailable(f"HTTP {status}")
    return RefusedByBackend(f"HTTP {status}")
