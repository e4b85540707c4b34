"""MyMemory by way of deep-translator: short texts, few a day, and warnings that come as translations."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import timedelta

from deep_translator.mymemory import MyMemoryTranslator

from bot.translate.backend import BadAnswer, Limited, RefusedByBackend
from bot.translate.guarded import REQUEST_SECONDS, GuardedTranslator
from bot.translate.masking import Form
from bot.translate.plain import in_chunks
from storage.records import Now

# It takes fewer than 500; it counts bytes where the library counts characters.
_LIMIT = 480
_SOURCE = "en-US"
_CODES = {
    "zh-CN": "zh-CN",
    "zh-TW": "zh-TW",
    "ja": "ja-JP",
    "ko": "ko-KR",
    "es": "es-ES",
    "fr": "fr-FR",
    "de": "de-DE",
    "pt": "pt-PT",
    "ru": "ru-RU",
    "it": "it-IT",
    "ar": "ar-SA",
    "hi": "hi-IN",
}
_USED_UP = re.compile(r"MYMEMORY WARNING|YOU USED ALL AVAILABLE FREE TRANSLATIONS", re.IGNORECASE)
_AGAIN_IN = re.compile(r"NEXT AVAILABLE IN\s+(\d+)\s+HOURS?\s+(\d+)\s+MINUTES?\s+(\d+)\s+SECONDS?", re.IGNORECASE)
_COMPLAINT = re.compile(
    r"QUERY LENGTH LIMIT|INVALID (?:SOURCE|TARGET) LANGUAGE|INVALID LANGUAGE PAIR|PLEASE SELECT TWO|NO QUERY SPECIFIED"
)
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z]+);", re.IGNORECASE)


class MyMemoryEngine:
    """Translates text by text, in pieces of a few sentences."""

    name = "mymemory"
    form = Form.BRACES

    def __init__(self, address: str, *, now: Now, request_seconds: float = REQUEST_SECONDS) -> None:
        self._translator = GuardedTranslator(MyMemoryTranslator, address, now=now, request_seconds=request_seconds)
        self._now = now

    async def translate_texts(self, texts: Sequence[str], language: str) -> list[str]:
        """The translations in order; raises BackendError."""
        if language not in _CODES:
            raise RefusedByBackend(f"does not translate to {language}")
        return [await self._translated(text, _CODES[language]) for text in texts]

    async def close(self) -> None:
        """Start no more requests."""
        self._translator.close()

    async def _translated(self, text: str, code: str) -> str:
        chunks = in_chunks(text, _LIMIT, lambda chunk: len(chunk.encode()))
        return " ".join([await self._chunk(chunk, code) for chunk in chunks])

    async def _chunk(self, text: str, code: str) -> str:
        answer = await self._translator.translate(text, _SOURCE, code)
        if _USED_UP.search(answer):
            again = _AGAIN_IN.search(answer)
            hours, minutes, seconds = map(int, again.groups()) if again else (1, 0, 0)
            wait = timedelta(hours=min(hours, 24), minutes=min(minutes, 59), seconds=min(seconds, 59))
            raise Limited("the day's free translations are used up", self._now() + wait)
        if _COMPLAINT.search(answer):
            raise BadAnswer("a complaint in place of a translation")
        return answer if _ENTITY.search(text) else html.unescape(answer)
