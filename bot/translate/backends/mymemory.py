"""MyMemory by way of deep-translator: short texts, few a day, and warnings that come as translations."""

from __future__ import annotations

import html
import re
from datetime import timedelta

from deep_translator.mymemory import MyMemoryTranslator

from bot.translate.backends.guarded_engine import REQUEST_SECONDS, GuardedTranslator
from bot.translate.backends.line_engine import LineEngine
from bot.translate.backends.protocol import BadAnswer, Limited
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
    "nl": "nl-NL",
    "pl": "pl-PL",
    "uk": "uk-UA",
    "tr": "tr-TR",
    "vi": "vi-VN",
    "id": "id-ID",
    "th": "th-TH",
    "fa": "fa-IR",
    "he": "he-IL",
    "cs": "cs-CZ",
    "sv": "sv-SE",
    "el": "el-GR",
    "ro": "ro-RO",
    "hu": "hu-HU",
    "fi": "fi-FI",
    "da": "da-DK",
    "bn": "bn-IN",
}
_USED_UP = re.compile(r"MYMEMORY WARNING|YOU USED ALL AVAILABLE FREE TRANSLATIONS", re.IGNORECASE)
_AGAIN_IN = re.compile(r"NEXT AVAILABLE IN\s+(\d+)\s+HOURS?\s+(\d+)\s+MINUTES?\s+(\d+)\s+SECONDS?", re.IGNORECASE)
_COMPLAINT = re.compile(
    r"QUERY LENGTH LIMIT|INVALID (?:SOURCE|TARGET) LANGUAGE|INVALID LANGUAGE PAIR|PLEASE SELECT TWO|NO QUERY SPECIFIED"
)
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z]+);", re.IGNORECASE)


def mymemory_engine(address: str, *, now: Now, request_seconds: float = REQUEST_SECONDS) -> LineEngine:
    """The engine at this address. It takes a few sentences a request."""

    def read(asked: str, answer: str) -> str:
        if _USED_UP.search(answer):
            again = _AGAIN_IN.search(answer)
            hours, minutes, seconds = map(int, again.groups()) if again else (1, 0, 0)
            wait = timedelta(hours=min(hours, 24), minutes=min(minutes, 59), seconds=min(seconds, 59))
            raise Limited("the day's free translations are used up", now() + wait)
        if _COMPLAINT.search(answer):
            raise BadAnswer("a complaint in place of a translation")
        return answer if _ENTITY.search(asked) else html.unescape(answer)

    translator = GuardedTranslator(MyMemoryTranslator, address, now=now, request_seconds=request_seconds)
    return LineEngine("mymemory", translator, limit=_LIMIT, codes=_CODES, source=_SOURCE, size=_bytes, read=read)


def _bytes(text: str) -> int:
    return len(text.encode())
