"""Google's keyless page by way of deep-translator."""

from __future__ import annotations

from collections.abc import Sequence

from deep_translator.google import GoogleTranslator

from bot.translate.guarded import REQUEST_SECONDS, GuardedTranslator
from bot.translate.masking import Form
from bot.translate.plain import in_chunks
from storage.records import Now

# The page takes fewer than 5,000 characters; masks grow a little when they are sent as an address.
_LIMIT = 4_500


class GoogleEngine:
    """Translates text by text; takes our language codes as they are."""

    name = "google"
    form = Form.BRACES

    def __init__(self, address: str, *, now: Now, request_seconds: float = REQUEST_SECONDS) -> None:
        self._translator = GuardedTranslator(GoogleTranslator, address, now=now, request_seconds=request_seconds)

    async def translate_texts(self, texts: Sequence[str], language: str) -> list[str]:
        """The translations in order; raises BackendError."""
        return [await self._translated(text, language) for text in texts]

    async def close(self) -> None:
        """Start no more requests."""
        self._translator.close()

    async def _translated(self, text: str, language: str) -> str:
        return " ".join([await self._chunk(chunk, language) for chunk in in_chunks(text, _LIMIT)])

    async def _chunk(self, text: str, language: str) -> str:
        # The library gives None for text without letters, and an empty answer would look like a failure.
        if not any(char.isalnum() for char in text):
            return text
        return await self._translator.translate(text, "en", language)
