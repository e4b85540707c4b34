"""What the layouts of a digest have in common: its title, an entry's lines, and the Markdown file."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.i18n import Words
from bot.i18n.dates import short_dates
from bot.i18n.languages import ENGLISH
from bot.render.card import texts_of
from bot.render.difference import difference
from bot.render.markdown import ENGLISH_HEADINGS, HEADINGS, render_markdown
from bot.render.message import CAPTION_LIMIT, MESSAGE, escape, link, truncate_html
from bot.render.names import ARXIV, abs_url, counts_line, one_line, shorten
from bot.render.records_jsonl import to_record
from storage.records import REPLACED, AnnounceType, BilingualPaper, Digest, Paper, Part, PartKind

CATEGORIES_SHOWN = 12
CATEGORIES_CONTINUED = 3
LONGEST_TITLE = 300
LONGEST_SUMMARY = 400

_CHINESE = "zh"
_FILE_NAME_LIMIT = 60
_CAPTION = replace(MESSAGE, characters=CAPTION_LIMIT)
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Longest:
    """How many characters the texts of an entry may have, each."""

    title: int = LONGEST_TITLE
    summary: int = LONGEST_SUMMARY
    abstract: int = 1500


def entry_html(
    number: int,
    entry: BilingualPaper,
    words: Words,
    base: str = ARXIV,
    *,
    longest: Longest = Longest(),
    abstracts: bool = False,
) -> str:
    """One entry: number, linked title, marks, and the summary in the reader's language below, or what changed.

    With `abstracts` the one in the reader's language, too, folded.
    """
    texts = texts_of(entry, words)
    title = link(abs_url(entry.paper.arxiv_id, base), escape(shorten(texts.titles[0], longest.title)))
    first_line = " · ".join([f"{number}. {title}", *map(escape, marks_of(entry, words))])
    below = texts.summaries[:1] if entry.previous is None else change_lines(entry.previous, entry.paper, words)
    lines = [first_line, *(escape(shorten(text, longest.summary)) for text in below)]
    abstract = escape(shorten(texts.abstracts[0], longest.abstract)) if abstracts and texts.abstracts else ""
    return "\n".join([*lines, *([f"<blockquote expandable>{abstract}</blockquote>"] if abstract else [])])


def marks_of(entry: BilingualPaper, words: Words) -> list[str]:
    """That the paper was withdrawn or replaced, as text."""
    return [
        *([words("render-withdrawn")] if entry.paper.withdrawn else []),
        *([words("render-replaced", version=str(entry.paper.version))] if kind_of(entry) in REPLACED else []),
    ]


def change_lines(before: Paper, after: Paper, words: Words) -> list[str]:
    """What a reader who knows the earlier version has to know: short, not the whole text again."""
    change = difference(before, after)
    if change.nothing:
        return [words("render-unchanged")]
    lines = []
    if change.earlier_title is not None:
        lines.append(words("render-earlier-title", title=shorten(change.earlier_title, LONGEST_TITLE)))
    if change.added or change.removed:
        excerpt = words("render-excerpt", text=change.excerpt) if change.excerpt else ""
        lines.append(words("render-abstract-changed", added=change.added, removed=change.removed) + excerpt)
    return lines


def title_html(digest: Digest, language: str, shown: int = CATEGORIES_SHOWN) -> str:
    """Categories, and dates as a language writes them. Categories are code: Telegram would make links of cs.AI."""
    names = [f"<code>{escape(shorten(one_line(name), 40))}</code>" for name in digest.categories[:shown]]
    if len(digest.categories) > shown:
        names.append(f"+{len(digest.categories) - shown}")
    return " · ".join(part for part in [" ".join(names), short_dates(digest.mailing_dates, language)] if part)


def kind_of(entry: BilingualPaper) -> AnnounceType:
    """Why the entry stands in its announcement; new where nothing is known."""
    return entry.announce_type or AnnounceType.NEW


def approximate_note(days: Sequence[date], words: Words) -> str:
    """The sentence that says of these days that their papers were chosen by submission time; "" for none."""
    return words("render-approximate", dates=short_dates(days, words.language)) if days else ""


def digest_markdown(entries: Sequence[BilingualPaper], words: Words, base: str = ARXIV, *, note: str = "") -> str:
    """The whole digest as Markdown; a `note` on top. Its headings are Chinese where texts or reader are, or English."""
    languages = {entry.translation.language for entry in entries} or {words.language}
    reads_chinese = words.language == _CHINESE and languages != {ENGLISH}
    in_chinese = reads_chinese or any(language.startswith(_CHINESE) for language in languages)
    records = [to_record(entry, base=base, words=words) for entry in entries]
    text = render_markdown(records, headings=HEADINGS if in_chinese else ENGLISH_HEADINGS)
    return f"> {note}\n\n{text}" if note else text


def file_name(digest: Digest) -> str:
    """The name of the digest's file: `arxiv-cs.CV-cs.LG-2026-08-21.md`, at most 60 characters, safe anywhere."""
    days = sorted(digest.mailing_dates)
    dates = "-to-".join(dict.fromkeys(day.isoformat() for day in (days[0], days[-1]))) if days else "undated"
    names = [_UNSAFE.sub("-", name).strip(".-") for name in digest.categories]
    names = [name for name in names if name]
    for shown in range(len(names), -1, -1):
        rest = [f"and-{len(names) - shown}-more"] if 0 < shown < len(names) else []
        name = "-".join(["arxiv", *names[:shown], *rest, dates]) + ".md"
        if len(name) <= _FILE_NAME_LIMIT:
            return name
    return f"arxiv-{dates}.md"


def document_part(
    number: int,
    digest: Digest,
    entries: Sequence[BilingualPaper],
    words: Words,
    base: str = ARXIV,
    *,
    buttons: Sequence[Any] = (),
) -> Part:
    """The whole digest as a Markdown file, whatever the chat shows of it."""
    note = approximate_note(digest.approximate, words)
    document = {
        "file_name": file_name(digest),
        "content": digest_markdown(entries, words, base, note=note),
        "caption": caption_html(digest, [kind_of(entry) for entry in entries], words),
        **({"buttons": buttons} if buttons else {}),
    }
    return make_part(number, PartKind.DOCUMENT, document)


def caption_html(digest: Digest, kinds: Sequence[AnnounceType], words: Words) -> str:
    """What stands under the file: categories, dates, and what there is in it."""
    note = approximate_note(digest.approximate, words)
    lines = [counts_line(kinds, words), words("render-caption", count=len(kinds)), *([note] if note else [])]
    return truncate_html("\n".join([title_html(digest, words.language), *map(escape, lines)]), _CAPTION)


def make_part(number: int, kind: PartKind, payload: Mapping[str, Any]) -> Part:
    """The part with the hash that names its content."""
    canonical = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Part(number, kind, payload, hashlib.sha256(f"{kind}\n{canonical}".encode()).hexdigest())
