"""Google's keyless page by way of deep-translator."""

from __future__ import annotations

from deep_translator.google import GoogleTranslator

from bot.i18n.languages import NAMES
from bot.translate.backends.guarded_engine import REQUEST_SECONDS, GuardedTranslator
from bot.translate.backends.line_engine import LineEngine
from storage.records import Now

# The page takes fewer than 5,000 characters; masks grow a little when they are sent as an address.
_LIMIT = 4_500
# It takes our codes but for Hebrew, which it calls as it was called until 1989.
_CODES = {**{code: code for code in NAMES}, "he": "iw"}


def google_engine(address: str, *, now: Now, request_seconds: float = REQUEST_SECONDS) -> LineEngine:
    """The engine at this address."""
    translator = GuardedTranslator(GoogleTranslator, address, now=now, request_seconds=request_seconds)
    return LineEngine("google", translator, limit=_LIMIT, codes=_CODES)
