"""A digest in the classic layout: a few messages of titles and summaries, then everything as a Markdown file."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.i18n import Words
from bot.render.card import texts_of
from bot.render.difference import difference
from bot.render.markdown import ENGLISH_HEADINGS, HEADINGS, render_markdown
from bot.render.message import CAPTION_LIMIT, MESSAGE, SEPARATOR, escape, group, link, measure, plain, truncate_html
from bot.render.names import ARXIV, ENGLISH, abs_url, counts_line, one_line, shorten
from bot.render.records_jsonl import to_record
from storage.records import AnnounceType, BilingualPaper, Digest, Paper, Part, PartKind

MAX_MESSAGES = 5
"""A digest takes no more messages than this in a chat; what is beyond stands in the file."""

_CATEGORIES_SHOWN = 12
_CATEGORIES_CONTINUED = 3
_LONGEST_TITLE = 300
_LONGEST_SUMMARY = 400
_FILE_NAME_LIMIT = 60
_DATES_SHOWN = 5
_CAPTION = replace(MESSAGE, characters=CAPTION_LIMIT)
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")
_REPLACED = frozenset({AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS})


def render_digest(
    digest: Digest,
    entries: Sequence[BilingualPaper],
    words: Words,
    *,
    base: str = ARXIV,
) -> tuple[Part, ...]:
    """The parts to send, numbered from 1: at most MAX_MESSAGES messages, then one document. No entries, no parts.

    The same input gives the same bytes.
    """
    if not entries:
        return ()
    counts = counts_line([_kind(entry) for entry in entries], words)
    texts = _messages(digest, entries, words, base, counts)
    note = approximate_note(digest.approximate, words)
    lines = [counts, words("render-caption", count=len(entries)), *([note] if note else [])]
    caption = "\n".join([_title(digest, _CATEGORIES_SHOWN), *map(escape, lines)])
    document = {
        "file_name": file_name(digest),
        "content": digest_markdown(entries, words, base, note=note),
        "caption": truncate_html(caption, _CAPTION),
    }
    return (
        *(_part(number, PartKind.MESSAGE, {"text": text, "buttons": []}) for number, text in enumerate(texts, start=1)),
        _part(len(texts) + 1, PartKind.DOCUMENT, document),
    )


def approximate_note(days: Sequence[date], words: Words) -> str:
    """The sentence that says of these days that their papers were chosen by submission time; "" for none."""
    return words("render-approximate", dates=_dates(days)) if days else ""


def digest_markdown(entries: Sequence[BilingualPaper], words: Words, base: str = ARXIV, *, note: str = "") -> str:
    """The whole digest as Markdown, with headings in English for readers who get English only; a `note` on top."""
    english = all(entry.translation.language == ENGLISH for entry in entries) and bool(entries)
    records = [to_record(entry, base=base, words=words) for entry in entries]
    text = render_markdown(records, headings=ENGLISH_HEADINGS if english else HEADINGS)
    return f"> {note}\n\n{text}" if note else text


def render_digest_plain(parts: Sequence[Part]) -> str:
    """What a reader sees of the parts, as text: messages apart by a rule, the document as its name and caption."""
    shown = [
        plain(part.payload["text"])
        if part.kind is PartKind.MESSAGE
        else f"[{part.payload['file_name']}]\n{plain(part.payload['caption'])}"
        for part in parts
    ]
    return "\n\n---\n\n".join(shown) + "\n" if shown else ""


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


def _messages(digest: Digest, entries: Sequence[BilingualPaper], words: Words, base: str, counts: str) -> list[str]:
    head = f"<b>arXiv</b> {_title(digest, _CATEGORIES_SHOWN)}\n{escape(counts)}"
    if note := approximate_note(digest.approximate, words):
        head += f"\n<i>{escape(note)}</i>"
    blocks = [_block(number, entry, words, base) for number, entry in enumerate(entries, start=1)]
    # Only when all is packed is it known how many pages there are and how much is left for the file.
    continued = f"{_title(digest, _CATEGORIES_CONTINUED)} · {MAX_MESSAGES}/{MAX_MESSAGES}"
    more = escape(words("render-more-in-file", count=len(entries)))
    reserved = measure(f"{continued}{SEPARATOR}{SEPARATOR}{more}")
    groups = group(blocks, limits=MESSAGE - reserved, head=head)
    shown = groups[:MAX_MESSAGES]
    texts = [SEPARATOR.join(shown[0])]
    for number, blocks_there in enumerate(shown[1:], start=2):
        page = f"{_title(digest, _CATEGORIES_CONTINUED)} · {number}/{len(shown)}"
        texts.append(SEPARATOR.join([page, *blocks_there]))
    if left := sum(map(len, groups[MAX_MESSAGES:])):
        texts[-1] += SEPARATOR + escape(words("render-more-in-file", count=left))
    return texts


def _block(number: int, entry: BilingualPaper, words: Words, base: str) -> str:
    """One entry: number, linked title, marks, and the summary in the reader's language below."""
    paper = entry.paper
    texts = texts_of(entry, words)
    title = link(abs_url(paper.arxiv_id, base), escape(shorten(texts.titles[0], _LONGEST_TITLE)))
    marks = [
        *([words("render-withdrawn")] if paper.withdrawn else []),
        *([words("render-replaced", version=str(paper.version))] if _kind(entry) in _REPLACED else []),
    ]
    first_line = " · ".join([f"{number}. {title}", *map(escape, marks)])
    below = texts.summaries[:1] if entry.previous is None else _changes(entry.previous, paper, words)
    return "\n".join([first_line, *(escape(shorten(text, _LONGEST_SUMMARY)) for text in below)])


def _changes(before: Paper, after: Paper, words: Words) -> list[str]:
    """What a reader who knows the earlier version has to know: short, not the whole text again."""
    change = difference(before, after)
    if change.nothing:
        return [words("render-unchanged")]
    lines = []
    if change.earlier_title is not None:
        lines.append(words("render-earlier-title", title=shorten(change.earlier_title, _LONGEST_TITLE)))
    if change.added or change.removed:
        excerpt = words("render-excerpt", text=change.excerpt) if change.excerpt else ""
        lines.append(words("render-abstract-changed", added=change.added, removed=change.removed) + excerpt)
    return lines


def _title(digest: Digest, shown: int) -> str:
    """Categories and dates. Categories are set as code: Telegram would make links of cs.AI and cs.IT."""
    names = [f"<code>{escape(shorten(one_line(name), 40))}</code>" for name in digest.categories[:shown]]
    if len(digest.categories) > shown:
        names.append(f"+{len(digest.categories) - shown}")
    return " · ".join(part for part in [" ".join(names), _dates(digest.mailing_dates)] if part)


def _dates(mailing_dates: Sequence[date]) -> str:
    days = [day.isoformat() for day in sorted(mailing_dates)]
    return f"{days[0]} … {days[-1]}" if len(days) > _DATES_SHOWN else ", ".join(days)


def _kind(entry: BilingualPaper) -> AnnounceType:
    return entry.announce_type or AnnounceType.NEW


def _part(number: int, kind: PartKind, payload: Mapping[str, Any]) -> Part:
    canonical = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Part(number, kind, payload, hashlib.sha256(f"{kind}\n{canonical}".encode()).hexdigest())
