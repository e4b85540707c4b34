"""A digest in the classic layout: a few messages of titles and summaries, then everything as a Markdown file."""

from __future__ import annotations

from collections.abc import Sequence

from bot.i18n import Words
from bot.render.digest_pieces import (
    CATEGORIES_CONTINUED,
    approximate_note,
    document_part,
    entry_html,
    kinds_line,
    make_part,
    title_html,
)
from bot.render.message import MESSAGE, SEPARATOR, escape, group, measure, plain
from bot.render.names import ARXIV
from storage.records import BilingualPaper, Digest, Part, PartKind

MAX_MESSAGES = 5
"""A digest takes no more messages than this in a chat; what is beyond stands in the file."""


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
    texts = _messages(digest, entries, words, base)
    return (
        *(
            make_part(number, PartKind.MESSAGE, {"text": text, "buttons": []})
            for number, text in enumerate(texts, start=1)
        ),
        document_part(len(texts) + 1, digest, entries, words, base),
    )


def render_digest_plain(parts: Sequence[Part]) -> str:
    """What a reader sees of the parts, as text: messages apart by a rule, the document as its name and caption."""
    shown = [
        plain(part.payload["text"])
        if part.kind is PartKind.MESSAGE
        else f"[{part.payload['file_name']}]\n{plain(part.payload['caption'])}"
        for part in parts
    ]
    return "\n\n---\n\n".join(shown) + "\n" if shown else ""


def _messages(digest: Digest, entries: Sequence[BilingualPaper], words: Words, base: str) -> list[str]:
    head = f"<b>arXiv</b> {title_html(digest)}\n{escape(kinds_line(entries, words))}"
    if note := approximate_note(digest.approximate, words):
        head += f"\n<i>{escape(note)}</i>"
    blocks = [entry_html(number, entry, words, base) for number, entry in enumerate(entries, start=1)]
    # Only when all is packed is it known how many pages there are and how much is left for the file.
    continued = f"{title_html(digest, CATEGORIES_CONTINUED)} · {MAX_MESSAGES}/{MAX_MESSAGES}"
    more = escape(words("render-more-in-file", count=len(entries)))
    reserved = measure(f"{continued}{SEPARATOR}{SEPARATOR}{more}")
    groups = group(blocks, limits=MESSAGE - reserved, head=head)
    shown = groups[:MAX_MESSAGES]
    texts = [SEPARATOR.join(shown[0])]
    for number, blocks_there in enumerate(shown[1:], start=2):
        page = f"{title_html(digest, CATEGORIES_CONTINUED)} · {number}/{len(shown)}"
        texts.append(SEPARATOR.join([page, *blocks_there]))
    if left := sum(map(len, groups[MAX_MESSAGES:])):
        texts[-1] += SEPARATOR + escape(words("render-more-in-file", count=left))
    return texts
