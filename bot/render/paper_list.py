"""Papers one below the other: what a search found, what is saved, what is alike; with a button for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.i18n import Words
from bot.i18n.dates import short_date
from bot.render.button import Button, callback
from bot.render.card import titles_of
from bot.render.deep_link import paper_link
from bot.render.message import escape, link, truncate_html
from bot.render.names import abs_url, authors_line, one_line, shorten
from storage.records import BilingualPaper, Paper

PAGE = 5
"""Papers on a page."""

_LONGEST_TITLE = 200
_LONGEST_NOTE = 300
_AUTHORS = 3
_NO_NOTES: Mapping[str, str] = {}


def render_list(
    head: str,
    entries: Sequence[BilingualPaper],
    words: Words,
    *,
    first: int = 1,
    notes: Mapping[str, str] = _NO_NOTES,
) -> str:
    """Telegram HTML: `head`, which is HTML, and the papers, numbered from `first`; `notes` are texts by arXiv id."""
    blocks = [
        _block(number, entry, words, notes.get(entry.paper.arxiv_id, "")) for number, entry in enumerate(entries, first)
    ]
    return truncate_html("\n\n".join([head, *blocks]))


def number_buttons(
    entries: Sequence[BilingualPaper], language: str, *, first: int = 1, bot_name: str | None = None
) -> tuple[Button, ...]:
    """A button per paper that opens its card: here, or with a `bot_name` in the private chat with that bot."""
    return tuple(
        Button(str(number), url=paper_link(bot_name, entry.paper.arxiv_id))
        if bot_name
        else Button(str(number), callback_data=callback("open", entry.paper.arxiv_id, language))
        for number, entry in enumerate(entries, first)
    )


def page_buttons(name: str, page: int, pages: int, *arguments: str) -> tuple[Button, ...]:
    """◀ 2/7 ▶, as far as there is somewhere to go; pages count from 0. `arguments` stand before the page."""
    if pages <= 1:
        return ()
    buttons = [Button("◀", callback_data=callback(name, *arguments, str(page - 1)))] if page > 0 else []
    buttons.append(Button(f"{page + 1}/{pages}", callback_data=callback(name, *arguments, str(page))))
    if page + 1 < pages:
        buttons.append(Button("▶", callback_data=callback(name, *arguments, str(page + 1))))
    return tuple(buttons)


def _block(number: int, entry: BilingualPaper, words: Words, note: str) -> str:
    titles = [escape(shorten(title, _LONGEST_TITLE)) for title in titles_of(entry)]
    lines = [f"{number}. {link(abs_url(entry.paper.arxiv_id), f'<b>{titles[0]}</b>')}", *titles[1:]]
    lines.append(escape(_facts(entry.paper, words)))
    if note:
        lines.append(f"✎ <i>{escape(shorten(one_line(note), _LONGEST_NOTE))}</i>")
    return "\n".join(lines)


def _facts(paper: Paper, words: Words) -> str:
    day = paper.submitted_at.date() if paper.submitted_at is not None else paper.announced_on
    facts = [
        words("render-withdrawn") if paper.withdrawn else "",
        authors_line(paper, words, shown=_AUTHORS),
        shorten(one_line(paper.primary_category), 40),
        short_date(day, words.language) if day is not None else "",
    ]
    return " · ".join(fact for fact in facts if fact)
