"""From an engine that translates texts to a backend that translates papers: mask, translate, unmask, repair."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from bot.translate.backends.protocol import BackendError, BadAnswer, Draft, Order, Tally
from bot.translate.text.marks import leave
from bot.translate.text.masking import Form, LostMask, Masked, is_echo, mask, seal_of, unmask
from bot.translate.text.spans import without_spans
from bot.translate.text.summary import split_sentences, summary_sentence
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

    async def translate_texts(self, texts: Sequence[str], language: str, tally: Tally) -> list[str]:
        """As many translations as texts, in order, in as few requests as it takes; raises BackendError."""

    async def close(self) -> None:
        """Give back what it holds."""


class PlainBackend:
    """A backend over a text engine. Its summary is the translation of the English sentence that stands for the paper.

    Every text is sealed with a mask, so that half of it, or the answer to another paper's, is known as such. Where
    masks are lost the engine is asked once more, then sentence by sentence; a sentence that still lacks one stays in
    English. `repair_seconds` keeps those repairs from using up the time in which the other texts were made.
    """

    def __init__(self, engine: TextEngine, *, repair_seconds: float = _REPAIR_SECONDS) -> None:
        self.name = engine.name
        self._engine = engine
        self._repair_seconds = repair_seconds

    async def translate(self, order: Order) -> Draft:
        """The wanted texts, together at first, then those that were damaged; what was made before a failure is kept."""
        source = order.source
        texts = {
            TextField.TITLE: source.title,
            TextField.ABSTRACT: source.abstract,
            TextField.SUMMARY: source.sentence or summary_sentence(source.title, source.abstract),
        }
        wanted = {field: text for field, text in texts.items() if field in order.wanted and text}
        made = {field: text for field, text in wanted.items() if not _has_words(text)}
        sent = {field: text for field, text in wanted.items() if field not in made}
        whole = await self._attempt(list(sent.values()), order) if sent else []
        made |= {field: text for field, text in zip(sent, whole, strict=True) if text is not None}
        for field in sent.keys() - made.keys():
            try:
                async with asyncio.timeout(self._repair_seconds):
                    repaired = await self._repaired(sent[field], order)
            except (BackendError, TimeoutError):
                break
            if repaired is not None:
                made[field] = repaired
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

    async def _repaired(self, text: str, order: Order) -> str | None:
        """Once more, then sentence by sentence; None where not even one sentence could be made."""
        (again,) = await self._attempt([text], order)
        if again is not None:
            return again
        sentences = split_sentences(text)
        if len(sentences) == 1:
            return None
        made = [None if _has_words(sentence) else sentence for sentence in sentences]
        missing = [number for number, translated in enumerate(made) if translated is None]
        asked = [sentences[at] for at in missing]
        for number, translated in zip(missing, await self._attempt(asked, order, echo=False), strict=True):
            made[number] = translated
        if all(made[number] is None for number in missing):
            return None
        return " ".join(
            leave(sentence) if translated is None else translated
            for sentence, translated in zip(sentences, made, strict=True)
        )

    async def _attempt(self, texts: Sequence[str], order: Order, *, echo: bool = True) -> list[str | None]:
        """The translations with their masks put back, in order; None where masks were lost.

        Without `echo` also where the text came back in English: among others no gate would notice it.
        """
        form, language = self._engine.form, order.language
        masked = [
            mask(text, form=form, first=seal_of(text), language=language, glossary=order.glossary, sealed=True)
            for text in texts
        ]
        answers = await self._engine.translate_texts([source.text for source in masked], language, order.tally)
        if len(answers) != len(masked):
            raise BadAnswer(f"{len(answers)} translations of {len(masked)} texts")
        return [
            _unmasked(answer, source) if echo or not is_echo(answer, source) else None
            for answer, source in zip(answers, masked, strict=True)
        ]


def _has_words(text: str) -> bool:
    return any(char.isalpha() for char in without_spans(text))


def _unmasked(answer: str, masked: Masked) -> str | None:
    try:
        return unmask(answer, masked).strip()
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


def in_groups(
    texts: Sequence[str], limit: int, size: Callable[[str], int] = len, most: int = 50
) -> Iterator[list[str]]:
    """The texts in groups to be sent together: so many, and so long as lines. One that is too long stays alone."""
    group: list[str] = []
    length = 0
    for text in texts:
        if group and (len(group) >= most or length + 1 + size(text) > limit):
            yield group
            group, length = [], 0
        group.append(text)
        length += size(text) + 1
    if group:
        yield group
