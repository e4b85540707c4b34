"""A digest as its destination wants to see it: the messages of its layout, and everything as a Markdown file.

A digest that is paged is one message, which its buttons change in place; another one is a few messages in a row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.i18n import Words
from bot.render.classic import classic_page_size, classic_sheets
from bot.render.digest_buttons import digest_buttons
from bot.render.digest_pieces import caption_html, document_part, kind_of, make_part
from bot.render.message import plain
from bot.render.names import ARXIV
from bot.render.rich import rich_page_size, rich_sheets
from bot.render.sheet import Frame, Sheet
from storage.records import BilingualPaper, Digest, DigestStyle, Layout, Part, PartKind


@dataclass(frozen=True, slots=True)
class _Style:
    """How a layout makes messages, and how many entries it has on a page."""

    sheets: Callable[[Frame, Sequence[BilingualPaper]], tuple[Sheet, ...]]
    page_size: Callable[[DigestStyle], int]


_LAYOUTS: Mapping[Layout, _Style] = {
    Layout.CLASSIC: _Style(classic_sheets, classic_page_size),
    Layout.RICH: _Style(rich_sheets, rich_page_size),
}
"""Every layout that has messages; the file is the one that has none."""


def render_digest(
    digest: Digest,
    entries: Sequence[BilingualPaper],
    words: Words,
    *,
    base: str = ARXIV,
    bot_name: str = "",
) -> tuple[Part, ...]:
    """The parts to send, numbered from 1: the messages of its look, then the document if it is wanted.

    Of a paged digest, which must be stored (its buttons name it), only the first page is a part. Of others the buttons
    lead to the bot of that name. No entries, no parts. The same input gives the same bytes.
    """
    if not entries:
        return ()
    frame = Frame(digest, words, tuple(map(kind_of, entries)), base, pages=page_count(digest.style, len(entries)))
    messages = _messages(frame, entries[page_slice(digest.style, len(entries), 1)], bot_name)
    parts = [make_part(number, *message) for number, message in enumerate(messages, start=1)]
    if digest.style.has_file:
        buttons = [] if parts else _buttons(frame, [], 1, bot_name)
        parts.append(document_part(len(parts) + 1, digest, entries, words, base, buttons=buttons))
    return tuple(parts)


def render_page(
    digest: Digest,
    entries: Sequence[BilingualPaper],
    words: Words,
    page: int,
    *,
    base: str = ARXIV,
    bot_name: str = "",
) -> Part:
    """One page (from 1) of a stored, paged digest; `entries` are those of its `page_slice`. The file is a head line."""
    total = len(digest.entries)
    kinds = tuple(entry.announce_type for entry in digest.entries)
    first = page_slice(digest.style, total, page).start + 1
    frame = Frame(digest, words, kinds, base, first=first, page=page, pages=page_count(digest.style, total))
    messages = _messages(frame, entries, bot_name)
    if not messages:
        text = caption_html(digest, kinds, words)
        return make_part(1, PartKind.MESSAGE, {"text": text, "buttons": _buttons(frame, [], 1, bot_name)})
    return make_part(1, *messages[0])


def render_document(digest: Digest, entries: Sequence[BilingualPaper], words: Words, *, base: str = ARXIV) -> Part:
    """The document alone."""
    return document_part(1, digest, entries, words, base)


def page_count(style: DigestStyle, total: int) -> int:
    """How many pages so many entries make; 1 where they are not paged."""
    layout = _LAYOUTS.get(style.layout)
    if layout is None or not style.paged:
        return 1
    return max(-(-min(style.papers_shown or total, total) // layout.page_size(style)), 1)


def page_slice(style: DigestStyle, total: int, page: int) -> slice:
    """Which of so many entries stand on a page (from 1); on the only one there is where they are not paged."""
    layout = _LAYOUTS.get(style.layout)
    size = layout.page_size(style) if layout is not None and style.paged else total
    return slice((page - 1) * size, min(page * size, style.papers_shown or total))


def render_digest_plain(parts: Sequence[Part]) -> str:
    """What a reader sees of the parts, as text: messages apart by a rule, the document as its name and caption."""
    shown = [
        f"[{part.payload['file_name']}]\n{plain(part.payload['caption'])}"
        if part.kind is PartKind.DOCUMENT
        else plain(part.payload["text"])
        for part in parts
    ]
    return "\n\n---\n\n".join(shown) + "\n" if shown else ""


def _messages(
    frame: Frame, entries: Sequence[BilingualPaper], bot_name: str
) -> list[tuple[PartKind, Mapping[str, Any]]]:
    """What the layout makes of these entries, each with its buttons; nothing for the file."""
    layout = _LAYOUTS.get(frame.digest.style.layout)
    made: list[tuple[PartKind, Mapping[str, Any]]] = []
    at = 0
    for sheet in layout.sheets(frame, entries) if layout is not None else ():
        buttons = _buttons(frame, entries[at : at + sheet.count], frame.first + at, bot_name)
        at += sheet.count
        payload = {"text": sheet.text, "buttons": buttons}
        if sheet.rich:
            made.append((PartKind.RICH, {**payload, "rich": {"html": sheet.rich}}))
        else:
            made.append((PartKind.MESSAGE, payload))
    return made


def _buttons(frame: Frame, entries: Sequence[BilingualPaper], first: int, bot_name: str) -> list[list[dict[str, Any]]]:
    return digest_buttons(frame, entries, first=first, layouts=tuple(Layout), bot_name=bot_name)
