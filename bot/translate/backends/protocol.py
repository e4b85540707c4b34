"""What a translation backend is: the values that go in and come out, and the ways in which it may fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.translate.text.glossary import Glossary
from storage.records import TextField


@dataclass(frozen=True, slots=True)
class Source:
    """The English text of one paper, cleaned: each text on one line, nothing of the feed around it."""

    arxiv_id: str
    version: int
    title: str
    abstract: str
    sentence: str = ""
    """Its one-sentence summary in English, which backends that only translate work from; empty: they choose one."""


@dataclass(slots=True)
class Tally:
    """What was asked of a backend so far, counted as each request goes out; tokens as the answer tells them."""

    requests: int = 0
    characters: int = 0
    tokens_in: int = 0
    tokens_out: int = 0

    def asked(self, characters: int) -> None:
        """A request with so many characters of text goes out."""
        self.requests += 1
        self.characters += characters


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted of a backend: these texts of a paper in a language, with these terms."""

    source: Source
    language: str
    wanted: frozenset[TextField]
    glossary: Glossary = field(default_factory=Glossary)
    tally: Tally = field(default_factory=Tally)
    """Counted up by whoever carries the order out, so that what was asked is known even when nothing comes of it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a backend made of a source, not yet gated; None where it made nothing. `model` may be empty.

    A sentence that could not be translated well may stand in a text in English, as `marks.leave` puts it.
    """

    title: str | None = None
    abstract: str | None = None
    summary: str | None = None
    summary_en: str | None = None
    model: str = ""
    together: bool = False
    """Whether all came in one answer, so that none is to be trusted where the abstract is not."""

    def text(self, field: TextField) -> str | None:
        """The text of one field."""
        text: str | None = getattr(self, field.value)
        return text


class Backend(Protocol):
    """One way to get a paper translated. Its name is the one in TRANSLATORS."""

    @property
    def name(self) -> str:
        """Names the backend in settings, log lines and `made_by`."""

    async def translate(self, order: Order) -> Draft:
        """Make the wanted texts; raises BackendError when none could be made. The caller sets the deadline."""

    async def close(self) -> None:
        """Give back what it holds."""


class BackendError(Exception):
    """A backend made nothing. The message says why, in words fit for a log line; it never holds a key."""


class Unavailable(BackendError):
    """It did not answer, or answered that it cannot now: worth asking again later."""


class UnknownPaper(Unavailable):
    """It works, but has nothing for this paper or language; says nothing about its health."""


class RefusedByBackend(BackendError):
    """It answered that it will not: a wrong key, an unknown model, a filter on content."""


class Limited(BackendError):
    """A quota is used up, until then if it said so (aware, UTC)."""

    def __init__(self, message: str, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until


class BadAnswer(BackendError):
    """It answered, but with something that is no translation: an error page, broken JSON, a text cut short."""
