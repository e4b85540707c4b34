"""From an engine that translates texts to a backend that translates papers: mask, translate, unmask, repair."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from bot.translate.backend import BackendError, BadAnswer, Draft, Source
from bot.translate.masking import Form, LostMask, Masked, mask, unmask
from bot.translate.spans import without_spans
from bot.translate.summary import split_sentences, summary_sentence
from storage.records import TextField

_REPAIR_SECONDS = 20.0


class TextEngine(Protocol):
    """A service that turns texts into texts. Its masks have the form that it keeps best."""

    @property
    def name(self) -> str:
        """Names the engine in settings, log lines and `made_by`."""

    @property
    def form(self) -> Form:
        """How masks look in what it is given."""

    async def translate_texts(self, texts: Sequence[str], language: str) -> list[str]:
        """As many translations as texts, in order; raises BackendError."""

    async def close(self) -> None:
        """Give back what it holds."""


class PlainBackend:
    """A backend over a text engine. Its summary is the translation of the English sentence that stands for the paper.

    Where masks are lost the engine is asked once more, then sentence by sentence; a text that still lacks one is not
    made. `repair_seconds` keeps those repairs from using up the time in which the other texts were made.
    """

    def __init__(self, engine: TextEngine, *, repair_seconds: float = _REPAIR_SECONDS) -> None:
        self.name = engine.name
        self._engine = engine
        self._repair_seconds = repair_seconds

    async def translate(self, source: Source, language: str, wanted: frozenset[TextField]) -> Draft:
        """The wanted texts, one request after the other; what was made before a failure is kept."""
        texts = {
            TextField.TITLE: source.title,
            TextField.ABSTRACT: source.abstract,
            TextField.SUMMARY: source.sentence or summary_sentence(source.title, source.abstract),
        }
        made: dict[TextField, str] = {}
        for field, text in texts.items():
            if field not in wanted or not text:
                continue
            try:
                translated = await self._translated(text, language)
            except BackendError:
                if not made:
                    raise
                break
            if translated is not None:
                made[field] = translated
        if not made:
            raise BadAnswer("masks were lost in every text")
        return Draft(
            title=made.get(TextField.TITLE),
            abstract=made.get(TextField.ABSTRACT),
            summary=made.get(TextField.SUMMARY),
        )

    async def close(self) -> None:
        """Close the engine."""
        await self._engine.close()

    async def _translated(self, text: str, language: str) -> str | None:
        if not any(char.isalpha() for char in without_spans(text)):
            return text
        masked = mask(text, form=self._engine.form)
        whole = await self._attempt([masked], language)
        if whole is not None:
            return whole
        try:
            async with asyncio.timeout(self._repair_seconds):
                return await self._attempt([masked], language) or await self._by_sentence(text, language)
        except TimeoutError:
            return None

    async def _by_sentence(self, text: str, language: str) -> str | None:
        sentences = split_sentences(text)
        if len(sentences) == 1:
            return None
        return await self._attempt([mask(sentence, form=self._engine.form) for sentence in sentences], language)

    async def _attempt(self, parts: list[Masked], language: str) -> str | None:
        """The translations of the parts with their masks put back, joined; None where a mask was lost."""
        answers = await self._engine.translate_texts([part.text for part in parts], language)
        if len(answers) != len(parts):
            raise BadAnswer(f"{len(answers)} translations of {len(parts)} texts")
        try:
            return " ".join(unmask(answer, part).strip() for answer, part in zip(answers, parts, strict=True))
        except LostMask:
            return None


def in_chunks(text: str, limit: int, size: Callable[[str], int] = len) -> Iterator[str]:
    """The text in pieces of at most `limit` (as `size` counts), cut between sentences, else between words.

    Only a word that is too long by itself is cut inside.
    """
    chunk = ""
    for piece in _pieces(text, limit, size):
        longer = f"{chunk} {piece}" if chunk else piece
        if size(longer) > limit:
            yield chunk
            longer = piece
        chunk = longer
    if chunk:
        yield chunk


def _pieces(text: str, limit: int, size: Callable[[str], int]) -> Iterator[str]:
    for sentence in split_sentences(text):
        for piece in [sentence] if size(sentence) <= limit else sentence.split():
            rest = piece
            while size(rest) > limit:
                cut = next(at for at in range(min(limit, len(rest)), 0, -1) if size(rest[:at]) <= limit)
                yield rest[:cut]
                rest = rest[cut:]
            yield rest
