"""What the engines of deep-translator have in common: one text a request, so short that several go as its lines."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.translate.backends.guarded_engine import GuardedTranslator
from bot.translate.backends.plain_engine import in_chunks, in_groups
from bot.translate.backends.protocol import BadAnswer, RefusedByBackend, Tally
from bot.translate.text.masking import Form

_TRIALS = 3


def as_it_is(_asked: str, answer: str) -> str:
    """An answer that needs no reading."""
    if not answer.strip():
        raise BadAnswer("an empty answer")
    return answer


class LineEngine:
    """Translates texts, several as the lines of one request where they fit.

    `limit` is how long a request's text may be as `size` counts, `codes` our language codes in the engine's words
    (None: it takes them as they are). `read` makes a text of a question and its answer, or raises BackendError.
    """

    form = Form.BRACES

    def __init__(
        self,
        name: str,
        translator: GuardedTranslator,
        *,
        limit: int,
        codes: Mapping[str, str] | None = None,
        source: str = "en",
        size: Callable[[str], int] = len,
        read: Callable[[str, str], str] = as_it_is,
    ) -> None:
        self.name = name
        self._translator = translator
        self._limit = limit
        self._codes = codes
        self._source = source
        self._size = size
        self._read = read
        self._trials = _TRIALS

    async def translate_texts(self, texts: Sequence[str], language: str, tally: Tally) -> list[str]:
        """The translations in order; raises BackendError."""
        code = language if self._codes is None else self._codes.get(language)
        if code is None:
            raise RefusedByBackend(f"does not translate to {language}")

        async def ask(text: str) -> str:
            # The library gives None for text without letters, and an empty answer would look like a failure.
            if not any(char.isalnum() for char in text):
                return text
            tally.asked(len(text))
            return self._read(text, await self._translator.translate(text, self._source, code))

        made: list[str] = []
        for group in in_groups(texts, self._limit, self._size):
            made += await self._together(group, ask)
        return made

    async def close(self) -> None:
        """Start no more requests."""
        self._translator.close()

    async def _together(self, group: Sequence[str], ask: Callable[[str], Awaitable[str]]) -> list[str]:
        """One request for the group; where its lines do not come back as such, one for each text."""
        if len(group) > 1 and self._trials:
            lines = (await ask("\n".join(group))).split("\n")
            if len(lines) == len(group) and all(line.strip() for line in lines):
                self._trials = _TRIALS
                return lines
            # A service that joins lines does so every time: it is not asked for nothing for ever.
            self._trials -= 1
        return [await self._one(text, ask) for text in group]

    async def _one(self, text: str, ask: Callable[[str], Awaitable[str]]) -> str:
        return " ".join([await ask(chunk) for chunk in in_chunks(text, self._limit, self._size)])
