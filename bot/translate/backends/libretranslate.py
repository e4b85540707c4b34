"""A LibreTranslate server: texts as HTML, so that masks are elements it leaves alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import aiohttp

from bot.translate.backends.json_request import post_json, texts_of
from bot.translate.backends.plain_engine import in_groups
from bot.translate.backends.protocol import BadAnswer, Tally
from bot.translate.text.masking import Form
from storage.records import Now

_REQUEST_SECONDS = 60.0
# Servers limit the characters of a request, if at all, to no less than this; and the texts of one to 64 or so.
_LIMIT = 10_000
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
        self._seconds = request_seconds

    async def translate_texts(self, texts: Sequence[str], language: str, tally: Tally) -> list[str]:
        """The translations in order, as HTML; raises BackendError."""
        made: list[str] = []
        for group in in_groups(texts, _LIMIT):
            body: dict[str, Any] = {
                "q": group,
                "source": "en",
                "target": _CODES.get(language, language),
                "format": "html",
            }
            if self._key:
                body["api_key"] = self._key
            tally.asked(sum(map(len, group)))
            answer = await post_json(self._http, self._address, body, seconds=self._seconds, now=self._now)
            if not isinstance(answer, dict):
                raise BadAnswer("an answer without translatedText")
            made += texts_of(answer.get("translatedText"), len(group))
        return made

    async def close(self) -> None:
        """The session is not its own; nothing to close."""
