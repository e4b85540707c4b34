"""The JSONL form of a digest: one paper a line, as a JSON object of texts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import Any

from bot.i18n import Words
from bot.i18n.languages import ENGLISH
from bot.render.names import ARXIV, abs_url, clean
from storage.records import BilingualPaper, DigestRecord

_NAMES = tuple(field_.name for field_ in fields(DigestRecord))
_REQUIRED = ("arxiv_id", "title")
_RIGHT_FORM = '{"arxiv_id": "2402.15351", "title": "…", "translated_title": "…", "tldr": "…"}'
_RIGHT_LINK = '"link": "https://arxiv.org/abs/2402.15351"'


class RecordError(ValueError):
    """A line that is no record: which line (from 1), what is wrong with it, and the right form."""

    def __init__(self, line_number: int, problem: str, right_form: str = _RIGHT_FORM) -> None:
        super().__init__(f"line {line_number}: {problem}; the right form is {right_form}")
        self.line_number = line_number
        self.problem = problem
        self.right_form = right_form


def to_record(entry: BilingualPaper, *, base: str = ARXIV, words: Words) -> DigestRecord:
    """The paper's texts. Where a translation is missing stands the English text behind a mark in `words`' language.

    For a reader of English (`translation.language` is `en`) the texts are their own translations, without marks.
    """
    paper, translation = entry.paper, entry.translation
    link = abs_url(paper.arxiv_id, base)
    if translation.language == ENGLISH:
        summary = translation.summary or translation.summary_en or ""
        return DigestRecord(
            arxiv_id=paper.arxiv_id,
            link=link,
            title=paper.title,
            abstract=paper.abstract,
            translated_title=paper.title,
            translated_abstract=paper.abstract,
            tldr=summary,
            tldr_en="",
        )

    def marked(translated: str | None, english: str) -> str:
        return translated or words("render-untranslated") + english

    return DigestRecord(
        arxiv_id=paper.arxiv_id,
        link=link,
        title=paper.title,
        abstract=paper.abstract,
        translated_title=marked(translation.title, paper.title),
        translated_abstract=marked(translation.abstract, paper.abstract),
        tldr=marked(translation.summary, translation.summary_en or words("render-no-summary")),
        tldr_en=translation.summary_en or "",
    )


def dump_records(records: Sequence[DigestRecord]) -> str:
    """One JSON object a line, in UTF-8's own characters; the empty string for no records."""
    return "".join(
        json.dumps({name: clean(text) for name, text in asdict(record).items()}, ensure_ascii=False) + "\n"
        for record in records
    )


def load_records(lines: Iterable[str]) -> list[DigestRecord]:
    """The records of a JSONL file's lines. Empty lines and unknown fields are passed over; RecordError for a bad line.

    `arxiv_id` and `title` are required, `link` follows from the id, the other fields are empty where they are missing.
    """
    return [
        _record(number, line.removeprefix("\ufeff"))
        for number, line in enumerate(lines, start=1)
        if line.strip("\ufeff \t\r\n")
    ]


def _record(number: int, line: str) -> DigestRecord:
    found = _object(number, line)
    texts: dict[str, str] = {}
    for name in _NAMES:
        value = found.get(name)
        if value is not None and not isinstance(value, str):
            raise RecordError(number, f'"{name}" is {_kind(value)}, not a text')
        texts[name] = value or ""
    for name in _REQUIRED:
        if not texts[name].strip():
            raise RecordError(number, f'"{name}" is missing')
    texts["arxiv_id"] = texts["arxiv_id"].strip()
    texts["link"] = texts["link"].strip() or abs_url(texts["arxiv_id"])
    if not texts["link"].startswith(("https://", "http://")):
        raise RecordError(number, '"link" is not a web address', _RIGHT_LINK)
    return DigestRecord(**texts)


def _object(number: int, line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except json.JSONDecodeError as error:
        raise RecordError(number, f"not JSON ({error.msg} at column {error.colno})") from None
    except (ValueError, RecursionError):
        # A number of thousands of digits, or brackets nested thousands deep.
        raise RecordError(number, "not JSON that a record could be made of") from None
    if not isinstance(found, dict):
        raise RecordError(number, f"{_kind(found)}, not an object")
    return found


def _kind(value: object) -> str:
    kinds = {list: "a list", dict: "an object", bool: "true or false", type(None): "null", str: "a text"}
    return kinds.get(type(value), "a number")
