"""The classic layout: titles and summaries in Telegram HTML, with the abstracts folded below where they are wanted."""

from __future__ import annotations

from collections.abc import Sequence

from bot.render.digest_pieces import Longest, entry_html
from bot.render.message import MESSAGE, SEPARATOR, escape, group, measure, truncate_html
from bot.render.sheet import Frame, Sheet
from storage.records import BilingualPaper, DigestStyle

MAX_MESSAGES = 5
"""A digest that is not paged takes no more messages than this in a chat; what is beyond stands in the file."""

_PAGE = 10
_PAGE_WITH_ABSTRACTS = 4


# A page always holds the same papers: where these are too long together, all are held to the next of these.
_TIGHTER = (
    Longest(),
    Longest(300, 400, 800),
    Longest(200, 300, 500),
    Longest(150, 200, 300),
    Longest(120, 120, 0),
    Longest(60, 60, 0),
)


def classic_page_size(style: DigestStyle) -> int:
    """How many entries stand on one page."""
    return _PAGE_WITH_ABSTRACTS if style.show_abstracts else _PAGE


def classic_sheets(frame: Frame, entries: Sequence[BilingualPaper]) -> tuple[Sheet, ...]:
    """One sheet for a page's entries; of all entries at most MAX_MESSAGES, of which the last says what is left out."""
    return (_page(frame, entries),) if frame.digest.style.paged else _messages(frame, entries)


def _page(frame: Frame, entries: Sequence[BilingualPaper]) -> Sheet:
    head = frame.head() if frame.page == 1 else frame.continued(frame.page, frame.pages)
    left = frame.left_out(frame.total - frame.shown) if frame.page == frame.pages else ""
    text = ""
    for longest in _TIGHTER:
        blocks = [_entry(frame, number, entry, longest) for number, entry in enumerate(entries, frame.first)]
        text = SEPARATOR.join([head, *blocks, *([escape(left)] if left else [])])
        if measure(text).within(MESSAGE):
            break
    return Sheet(truncate_html(text), len(entries))


def _messages(frame: Frame, entries: Sequence[BilingualPaper]) -> tuple[Sheet, ...]:
    blocks = [_entry(frame, number, entry, _TIGHTER[0]) for number, entry in enumerate(entries, frame.first)]
    # Only when all is packed is it known how many messages there are and how much is left out.
    around = [frame.continued(MAX_MESSAGES, MAX_MESSAGES), "", escape(frame.left_out(frame.total))]
    groups = group(blocks, limits=MESSAGE - measure(SEPARATOR.join(around)), head=frame.head())
    counts = [len(group) for group in groups]
    counts[0] -= 1
    groups = groups[:MAX_MESSAGES]
    left = frame.left_out(frame.total - sum(counts[:MAX_MESSAGES]))
    texts = []
    for number, blocks_there in enumerate(groups, start=1):
        above = [frame.continued(number, len(groups))] if number > 1 else []
        below = [escape(left)] if left and number == len(groups) else []
        texts.append(SEPARATOR.join([*above, *blocks_there, *below]))
    return tuple(map(Sheet, texts, counts))


def _entry(frame: Frame, number: int, entry: BilingualPaper, longest: Longest) -> str:
    abstracts = frame.digest.style.show_abstracts
    return entry_html(number, entry, frame.words, frame.base, longest=longest, abstracts=abstracts)
