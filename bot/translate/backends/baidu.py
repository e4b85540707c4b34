"""Baidu's translation service by way of deep-translator; its failures come with HTTP 200 and a number."""

from __future__ import annotations

from datetime import timedelta

from deep_translator.baidu import BaiduTranslator

from bot.translate.backends.guarded_engine import REQUEST_SECONDS, Answer, GuardedTranslator
from bot.translate.backends.line_engine import LineEngine
from bot.translate.backends.protocol import BadAnswer, Limited, RefusedByBackend, Unavailable
from storage.records import Now

# It takes 6,000 bytes; the library sends them as a part of the address, which many servers take up to 8,000.
_LIMIT = 2_000
_CODES = {
    "zh-CN": "zh",
    "zh-TW": "cht",
    "ja": "jp",
    "ko": "kor",
    "es": "spa",
    "fr": "fra",
    "de": "de",
    "pt": "pt",
    "ru": "ru",
    "it": "it",
    "ar": "ara",
    "nl": "nl",
    "pl": "pl",
    "cs": "cs",
    "sv": "swe",
    "el": "el",
    "ro": "ro",
    "hu": "hu",
    "fi": "fin",
    "da": "dan",
    "th": "th",
    "vi": "vie",
}
# Numbers and their meaning: https://fanyi-api.baidu.com/doc/21
_TOO_FAST = frozenset({"54003", "54005"})
_USED_UP = frozenset({"54004"})
_LATER = frozenset({"52001", "52002"})
_REST = timedelta(seconds=30)


def baidu_engine(
    address: str, *, app_id: str, key: str, now: Now, request_seconds: float = REQUEST_SECONDS
) -> LineEngine:
    """The engine at this address, with the id and the key of an application."""

    def look(answer: Answer) -> None:
        """Raise what an answer says instead of translating."""
        try:
            found = answer.json()
        except ValueError:
            raise BadAnswer("an answer that is no JSON") from None
        number = str(found.get("error_code", "")) if isinstance(found, dict) else "?"
        if not number or number == "52000":
            return
        if number in _TOO_FAST:
            raise Limited("too many requests", now() + _REST)
        if number in _USED_UP:
            raise Limited("the account's quota is used up")
        if number in _LATER:
            raise Unavailable(f"error {number}")
        raise RefusedByBackend(f"error {number}; look at BAIDU_APP_ID and BAIDU_KEY")

    translator = GuardedTranslator(
        BaiduTranslator, address, now=now, request_seconds=request_seconds, look=look, appid=app_id, appkey=key
    )
    return LineEngine("baidu", translator, limit=_LIMIT, codes=_CODES)
