"""deep-translator made safe to call: with a deadline, in few threads, with failures that say what happened.

It calls `requests.get` without a timeout, so that a peer that stalls would hold a thread for ever, and raises plain
errors of many kinds. Here its `translate` runs with a `requests` of ours; nothing of the library itself is changed.
An instance is not safe to share between threads: each call makes its own.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from types import FunctionType, SimpleNamespace
from typing import Any

import requests
from deep_translator.base import BaseTranslator
from deep_translator.exceptions import LanguageNotSupportedException
from urllib3.exceptions import HTTPError, ReadTimeoutError

from bot.translate.backends.protocol import BackendError, BadAnswer, Limited, RefusedByBackend, Unavailable
from bot.translate.backends.retry_after import until_of
from storage.records import Now

REQUEST_SECONDS = 15.0
_WORKERS = 4
_MOST_BYTES = 500_000
_BLOCK = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """What of a response deep-translator looks at."""

    status_code: int
    text: str

    def json(self) -> Any:
        """The text as JSON; ValueError if it is none."""
        return json.loads(self.text)

    def close(self) -> None:
        """Nothing is left open."""


def _seems_well(_answer: Answer) -> None:
    """For services whose failures have a status of their own."""


class GuardedTranslator:
    """Translates single texts with one class of deep-translator, at an address, off the event loop.

    `look` raises BackendError for an answer that says no with HTTP 200; `options` are the class's own, such as keys.
    """

    def __init__(
        self,
        kind: type[BaseTranslator],
        address: str,
        *,
        now: Now,
        request_seconds: float = REQUEST_SECONDS,
        look: Callable[[Answer], None] = _seems_well,
        **options: str,
    ) -> None:
        self._kind = _with_requests(kind, get=self._get, post=self._post)
        self._options = options
        self._look = look
        self._address = address
        self._now = now
        self._seconds = request_seconds
        # Each request ends by itself, so a silent peer holds a thread no longer than that.
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix=kind.__name__)

    async def translate(self, text: str, source: str, target: str) -> str:
        """The translation as the library gives it; raises BackendError."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._translate, text, source, target)

    def close(self) -> None:
        """Start nothing more; what runs ends within its request's time."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _translate(self, text: str, source: str, target: str) -> str:
        try:
            translator = self._kind(source=source, target=target, **self._options)
            translator._base_url = self._address  # noqa: SLF001 - the library has no other way to set it
            answer = translator.translate(text)
        except BackendError:
            raise
        except LanguageNotSupportedException:
            raise RefusedByBackend(f"does not translate to {target}") from None
        except Exception as error:  # noqa: BLE001 - the library lets errors of its parsers through, of any kind
            raise BadAnswer(f"an answer that is no translation ({type(error).__name__})") from None
        if not isinstance(answer, str) or not answer.strip():
            raise BadAnswer("an empty answer")
        return answer

    def _get(self, url: str, params: Mapping[str, str] | None = None, **_: Any) -> Answer:
        return self._request("GET", url, params, follow=True)

    def _post(self, url: str, params: Mapping[str, str] | None = None, **_: Any) -> Answer:
        # What is posted is signed with a key (Baidu's): it goes nowhere else.
        return self._request("POST", url, params, follow=False)

    def _request(self, method: str, url: str, params: Mapping[str, str] | None, *, follow: bool) -> Answer:
        """In place of what `requests` does: the whole answer within the time, or a BackendError."""
        ends = time.monotonic() + self._seconds
        body = bytearray()
        try:
            with (
                requests.Session() as session,
                session.request(
                    method, url, params=params, timeout=self._seconds, stream=True, allow_redirects=follow
                ) as response,
            ):
                while block := response.raw.read1(_BLOCK, decode_content=True):
                    body += block
                    if len(body) > _MOST_BYTES:
                        raise BadAnswer("an answer that does not end")
                    if time.monotonic() > ends:
                        raise Unavailable("no whole answer in time")
        except (requests.Timeout, ReadTimeoutError):
            raise Unavailable("no answer in time") from None
        except (requests.RequestException, HTTPError, OSError) as error:
            raise Unavailable(f"cannot be reached ({type(error).__name__})") from None
        self._raise_for(response)
        answer = Answer(response.status_code, body.decode("utf-8", errors="replace"))
        self._look(answer)
        return answer

    def _raise_for(self, response: requests.Response) -> None:
        status = response.status_code
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise Limited("too many requests", until_of(response.headers.get("Retry-After"), self._now()))
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise RefusedByBackend(f"HTTP {status}")
        if not response.ok or response.is_redirect:
            raise Unavailable(f"HTTP {status}")


def _with_requests(kind: type[BaseTranslator], **functions: Callable[..., Answer]) -> type[BaseTranslator]:
    """The class with a `translate` that sees these functions where its module has `requests`."""
    original = kind.translate
    translate = FunctionType(
        original.__code__,
        {**original.__globals__, "requests": SimpleNamespace(**functions)},
        original.__name__,
        original.__defaults__,
        original.__closure__,
    )
    return type(kind.__name__, (kind,), {"translate": translate})
