"""DeepL's API: the key in a header, several texts a request, masks as elements that it leaves alone.

deep-translator's class for it still sends the key as a parameter, which DeepL no longer takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import aiohttp

from bot.translate.backends.json_request import post_json, texts_of
from bot.translate.backends.plain_engine import in_groups
from bot.translate.backends.protocol import BadAnswer, Limited, RefusedByBackend, Tally
from bot.translate.text.masking import Form
from storage.records import Now

_REQUEST_SECONDS = 60.0
# 128 KiB and 50 texts a request: https://developers.deepl.com/docs/api-reference/translate
_LIMIT = 30_000
_CODES = {
    "zh-CN": "ZH-HANS",
    "zh-TW": "ZH-HANT",
    "pt": "PT-PT",
    **{
        code: code.upper()
        for code in (
            "ja", "ko", "es", "fr", "de", "ru", "it", "ar", "nl", "pl", "uk", "tr", "vi", "id", "th", "he", "cs",
            "sv", "el", "ro", "hu", "fi", "da",
        )
    },
}  # fmt: skip
_QUOTA = "HTTP 456"


class DeepLEngine:
    """Translates several texts in one request. The HTTP session is the caller's."""

    name = "deepl"
    form = Form.MARKUP

    def __init__(
        self,
        address: str,
        *,
        http: aiohttp.ClientSession,
        now: Now,
        api_key: str,
        request_seconds: float = _REQUEST_SECONDS,
    ) -> None:
        self._address = f"{address.rstrip('/')}/v2/translate"
        self._http = http
        self._now = now
        self._headers = {"Authorization": f"DeepL-Auth-Key {api_key}"}
        self._seconds = request_seconds

    async def translate_texts(self, texts: Sequence[str], language: str, tally: Tally) -> list[str]:
        """The translations in order, as XML; raises BackendError."""
        code = _CODES.get(language)
        if code is None:
            raise RefusedByBackend(f"does not translate to {language}")
        made: list[str] = []
        for group in in_groups(texts, _LIMIT):
            body: dict[str, Any] = {
                "text": group,
                "source_lang": "EN",
                "target_lang": code,
                "tag_handling": "xml",
                "preserve_formatting": True,
            }
            tally.asked(sum(map(len, group)))
            try:
                answer = await post_json(
                    self._http, self._address, body, seconds=self._seconds, now=self._now, headers=self._headers
                )
            except RefusedByBackend as error:
                # 456 is DeepL's own: the month's characters are used up.
                if str(error) == _QUOTA:
                    raise Limited("the account's quota is used up") from None
                raise
            found = answer.get("translations") if isinstance(answer, dict) else None
            if not isinstance(found, list):
                raise BadAnswer("an answer without translations")
            made += texts_of([item.get("text") if isinstance(item, dict) else None for item in found], len(group))
        return made

    async def close(self) -> None:
        """The session is not its own; nothing to close."""
