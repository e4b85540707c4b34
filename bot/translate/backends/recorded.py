"""Translations made before, read from a JSONL file: for demonstrations, tests, and archives of another system."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.log import event
from bot.translate.backends.protocol import Draft, Order, UnknownPaper
from bot.translate.text.cleaning import clean_abstract, clean_translation
from storage.records import TextField

_LOG = logging.getLogger(__name__)
_DEFAULT_LANGUAGE = "zh-CN"
_VERSION = re.compile(r"v\d+$")
_WORD = re.compile(r"[a-z]{3,}")
_SAME_TEXT = 0.9
"""The least share of a recorded abstract's words in the paper's: sources are cut and cleaned in many ways."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the file has for a paper in a language. `abstract` is the English that it was made from, if told."""

    arxiv_id: str
    language: str
    texts: Mapping[TextField, str]
    abstract: str


class RecordedBackend:
    """Answers by arXiv id and language; what it does not have, or has for another text, is an unknown paper.

    An empty English summary stays unmade.
    """

    name = "recorded"

    def __init__(self, records: Iterable[Record]) -> None:
        self._records = {(record.arxiv_id, record.language): record for record in records}

    async def translate(self, order: Order) -> Draft:
        """The recorded texts that are wanted; raises UnknownPaper."""
        source, language = order.source, order.language
        record = self._records.get((source.arxiv_id, language))
        if record is None:
            raise UnknownPaper(f"nothing recorded for {source.arxiv_id} in {language}")
        if not _same_text(record.abstract, source.abstract):
            raise UnknownPaper(f"what is recorded for {source.arxiv_id} is of another text")
        texts = {field: text for field, text in record.texts.items() if field in order.wanted}
        return Draft(
            title=texts.get(TextField.TITLE),
            abstract=texts.get(TextField.ABSTRACT),
            summary=texts.get(TextField.SUMMARY),
            summary_en=texts.get(TextField.SUMMARY_EN),
        )

    async def close(self) -> None:
        """Nothing is held open."""


def read_records(path: Path) -> list[Record]:
    """The records of a file, one JSON object a line; a bad line is logged and passed over. Raises OSError.

    Fields: arxiv_id; translated_title, translated_abstract, tldr, tldr_en, of which any may be missing or empty;
    language (default zh-CN); abstract, the English text that they were made from.
    """
    found: list[Record] = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(_record(json.loads(line)))
        except ValueError as error:
            event(_LOG, "recorded_line_skipped", level=logging.WARNING, file=path.name, line=number, why=error)
    return found


def _record(line: object) -> Record:
    if not isinstance(line, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - a bad line is one kind of error
    arxiv_id = _VERSION.sub("", _string(line, "arxiv_id"))
    if not arxiv_id:
        raise ValueError("no arxiv_id")
    texts = {
        TextField.TITLE: clean_translation(_string(line, "translated_title")),
        TextField.ABSTRACT: clean_translation(_string(line, "translated_abstract")),
        TextField.SUMMARY: clean_translation(_string(line, "tldr")),
        TextField.SUMMARY_EN: clean_translation(_string(line, "tldr_en")),
    }
    return Record(
        arxiv_id,
        _string(line, "language") or _DEFAULT_LANGUAGE,
        {field: text for field, text in texts.items() if text},
        clean_abstract(_string(line, "abstract")),
    )


def _string(line: Mapping[str, object], key: str) -> str:
    value = line.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{key} is not text")  # noqa: TRY004 - a bad line is one kind of error
    return value.strip()


def _same_text(recorded: str, present: str) -> bool:
    words, known = set(_WORD.findall(recorded.lower())), set(_WORD.findall(present.lower()))
    return len(words & known) >= _SAME_TEXT * len(words)
