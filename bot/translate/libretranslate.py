"""A LibreTranslate server: texts as HTML, so that masks are elements it leaves alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import aiohttp

from bot.translate.backend import BadAnswer, Limited, RefusedByBackend, Unavailable
from bot.translate.masking import Form
from bot.translate.waiting import until_of
from storage.records import Now

_REQUEST_SECONDS = 60.0
_MOST_BYTES = 500_000
# Its older names, which newer versions know too; they call them zh-Hans and zh-Hant.
_CODES = {"zh-CN": "zh", "zh-TW": "zt"}


class LibreTranslateEngine:
    """Translates several texts in one request. The HTTP session is the caller's."""

    name = "libretranslate"
    form = Form.MARKUP

    def __init__(
        self,
        address: str,
        *,
        http: aiohttp.ClientSession,
        now: Now,
        api_key: str = "",
        request_seconds: float = _REQUEST_SECONDS,
    ) -> None:
        self._address = f"{address.rstrip('/')}/translate"
        self._http = http
        self._now = now
        self._key = api_key
        self._timeout = aiohttp.ClientTimeout(total=request_seconds)

    async def translate_texts(self, texts: Sequence[str], language: str) -> list[str]:
        """The translations in order, as HTML; raises BackendError."""
        body: dict[str, Any] = {
            "q": list(texts),
            "source": "en",
            "target": _CODES.get(language, language),
            "format": "html",
        }
        if self._key:
            body["api_key"] = self._key
        try:
            async with self._http.post(self._address, json=body, timeout=self._timeout) as response:
                raw = b""
                while block := await response.content.readany():
                    raw += block
                    if len(raw) > _MOST_BYTES:
                        raise BadAnswer("an answer that does not end")
                status, headers = response.status, response.headers
        except TimeoutError:
            raise Unavailable("no answer in time") from None
        except aiohttp.ClientError as error:
            raise Unavailable(f"cannot be reached ({type(error).__name__})") from None
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise Limited("too many requests", until_of(headers.get("Retry-After"), self._now()))
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Unavailable(f"HTTP {status}")
        if status != HTTPStatus.OK:
            raise RefusedByBackend(f"HTTP {status}")
        return _texts(raw, len(texts))

    async def close(self) -> None:
        """The session is not its own; nothing to close."""


def _texts(raw: bytes, count: int) -> list[str]:
    try:
        made = json.loads(raw)["translatedText"]
    except (ValueError, KeyError, TypeError):
        raise BadAnswer("an answer without translatedText") from None
    if not isinstance(made, list) or len(made) != count or not all(isinstance(text, str) for text in made):
        raise BadAnswer(f"not {count} texts for {count} texts")
    return made
