"""Texts in other languages, how they were made and what they took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from storage.records.papers import AnnounceType, Paper


class TextField(StrEnum):
    """The texts that a translation is made of."""

    TITLE = "title"
    ABSTRACT = "abstract"
    SUMMARY = "summary"
    SUMMARY_EN = "summary_en"


SUMMARIES = frozenset({TextField.SUMMARY, TextField.SUMMARY_EN})
"""The texts that are not translated but written."""


EXTRACTIVE = "extractive"
"""Stands in `made_by` for an English summary that is a sentence of the abstract."""


@dataclass(frozen=True, slots=True)
class Translation:
    """Title, abstract and one-sentence summary of a paper in one language, and its summary in English.

    A text that could not be made is None; whoever shows it shows the English text and marks it.
    `made_by` tells for each text which backend and model made it, for example `openai:deepseek-chat` or `extractive`.
    The versions tell in which way: of the whole pipeline, of the question put to a language model, of the glossary.
    """

    arxiv_id: str
    version: int
    language: str
    source_hash: str
    title: str | None = None
    abstract: str | None = None
    summary: str | None = None
    summary_en: str | None = None
    made_by: Mapping[str, str] = field(default_factory=dict)
    pipeline_version: int = 1
    made_at: datetime | None = None
    prompt_version: int = 0
    glossary_version: str = ""
    notes: Mapping[str, list[str]] = field(default_factory=dict)
    """For each text what the gates said to those that were turned away before it, such as `google: echo`."""
    in_english: int = 0
    """How many sentences of these texts could not be translated: they stand in English behind a mark."""

    @property
    def complete(self) -> bool:
        """Whether every text was made, to the last sentence."""
        return not self.in_english and None not in (self.title, self.abstract, self.summary, self.summary_en)

    @property
    def fullness(self) -> tuple[int, int]:
        """For telling which of two translations has more: texts, then sentences that are not in English."""
        made = sum(text is not None for text in (self.title, self.abstract, self.summary, self.summary_en))
        return made, -self.in_english


@dataclass(frozen=True, slots=True)
class BilingualPaper:
    """A paper with what is known of it in the reader's language: what cards and digests are rendered from."""

    paper: Paper
    translation: Translation
    announce_type: AnnounceType | None = None
    previous: Paper | None = None
    """The version before this one, where the archive has it and this one replaces it."""


@dataclass(frozen=True, slots=True)
class OpenCard:
    """A card that was posted with less than a whole translation, and what it takes to render it once more.

    One that was sent by way of inline mode stands in a chat that the bot does not know: `chat_id` is then the private
    chat of whoever sent it, and `message_id` 0.
    """

    chat_id: int
    message_id: int
    source_hash: str
    language: str
    """The language of its texts, beside English."""
    arxiv_id: str
    version: int
    asked_version: int | None
    """The version that was asked for; None where it was the newest one, whichever that was."""
    other: str
    """The language that its button changes to."""
    interface: str
    bot_name: str
    """In a channel the bot in whose private chat it opens; empty elsewhere."""
    posted_at: datetime
    waiting: bool = False
    """Whether a translation is being made for it: whatever comes of that, the card is to show it."""
    inline_message_id: str = ""


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """A message that shows a stored digest on request, before all of it was translated: its first page, or its file."""

    chat_id: int
    message_id: int
    digest_id: int
    is_file: bool
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class Term:
    """An English term and how it is rendered in a language; None: it stays as it is, in every language if `*`."""

    english: str
    rendering: str | None = None
    language: str = "*"

    def __str__(self) -> str:
        """`zh-CN: prompt = 提示`, as files write it."""
        head = "" if self.language == "*" else f"{self.language}: "
        return head + self.english + (f" = {self.rendering}" if self.rendering is not None else "")


@dataclass(frozen=True, slots=True)
class Usage:
    """What was asked of translation backends. Money is in the currency of the prices in the settings."""

    requests: int = 0
    characters: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    money: Decimal = Decimal(0)

    def __add__(self, other: Usage) -> Usage:
        """Both together."""
        return Usage(
            self.requests + other.requests,
            self.characters + other.characters,
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.money + other.money,
        )

    def __sub__(self, other: Usage) -> Usage:
        """The one without the other."""
        less = Usage(-other.requests, -other.characters, -other.tokens_in, -other.tokens_out, -other.money)
        return self + less


@dataclass(frozen=True, slots=True)
class Cost:
    """Usage, how often nothing came of it, and how many texts were turned away at the gates."""

    used: Usage = Usage()
    failures: int = 0
    alarms: int = 0

    def __sub__(self, other: Cost) -> Cost:
        """The one without the other."""
        return Cost(self.used - other.used, self.failures - other.failures, self.alarms - other.alarms)
