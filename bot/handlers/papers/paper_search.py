"""/search: papers by their words, from everything that the bot has seen; and papers like another."""

from __future__ import annotations

from telegram.constants import ChatType

from bot.arxiv_source.ids import ArxivId, find_ids
from bot.handlers.ask import Ask, Refusal, code
from bot.handlers.papers.link import answer_ids
from bot.handlers.papers.paper_card import back_button, card_words, gone, pressed
from bot.handlers.search_query import LONGEST, Unreadable, parse_query
from bot.render.button import Button
from bot.render.names import one_line
from bot.render.paper_list import PAGE, number_buttons, page_buttons, render_list
from storage import search
from storage.records import BilingualPaper
from storage.search import MOST_FOUND
from storage.segment import Wanted

EXAMPLE = "/search diffusion cat:cs.CV since:2026-08-01"
_PAGES = MOST_FOUND // PAGE


async def search_papers(ask: Ask) -> None:
    """`/search words`: the first page; an id among the words is answered with its card."""
    text = one_line(" ".join(ask.args))[:LONGEST]
    if ids := find_ids(text):
        await answer_ids(ask, ids)
        return
    await _show(ask, text, 0)


async def turn_page(ask: Ask) -> None:
    """`find:page`: another page of the search whose words stand at the head of the message.

    Not in channels, where a press would turn the page for everybody.
    """
    if ask.chat.type == ChatType.CHANNEL:
        raise Refusal("only-in-private", bot=ask.bot.username)
    page = int(ask.args[0]) if ask.args and ask.args[0].isdecimal() else -1
    typed = next(iter(ask.message.parse_entities(["code"]).values()), "")
    if not 0 <= page < _PAGES or not typed:
        raise Refusal("button-outdated")
    await _show(ask, typed, page)


async def show_similar(ask: Ask) -> None:
    """`like:ID:language`: the papers nearest to this one in place of its card, with the way back."""
    match, language = await pressed(ask)
    paper, words = match.paper, card_words(ask, language)
    async with ask.services.db.read() as session:
        ids = await search.similar(session, paper.arxiv_id, paper.title, paper.categories, PAGE)
    if not ids:
        raise Refusal("nothing-alike")
    entries = await ask.services.lookup.listed([ArxivId(id_) for id_ in ids], language)
    head = words.html("papers-alike", title=one_line(paper.title))
    back = (back_button(match, language, words),)
    await gone(ask)
    await ask.show(render_list(head, entries, words), [number_row(ask, entries, language), back])


def number_row(ask: Ask, entries: list[BilingualPaper], language: str, first: int = 1) -> tuple[Button, ...]:
    """A button per paper; where many read along, the card opens in the private chat of whoever presses."""
    return number_buttons(entries, language, first=first, bot_name=None if ask.private else ask.bot.username)


async def _show(ask: Ask, typed: str, page: int) -> None:
    wanted = readable(typed)
    async with ask.services.db.read() as session:
        hits = await search.find(session, wanted, limit=PAGE, offset=page * PAGE)
    if not hits.arxiv_ids:
        # A page that there was once, or that somebody made up, says nothing about the words.
        raise Refusal("button-outdated") if page else Refusal("nothing-found", query=typed)
    entries = await ask.services.lookup.listed([ArxivId(id_) for id_ in hits.arxiv_ids], ask.here.language)
    first = page * PAGE + 1
    found = "found-many" if hits.total == MOST_FOUND else "found"
    head = f"🔎 {code(typed)} · {ask.words(found, count=hits.total)}"
    rows = [
        number_row(ask, entries, ask.here.language, first),
        page_buttons("find", page, -(-hits.total // PAGE)) if ask.chat.type != ChatType.CHANNEL else (),
    ]
    await ask.show(render_list(head, entries, ask.words, first=first), [row for row in rows if row])


def readable(typed: str) -> Wanted:
    """What a person wants found. Raises Refusal with the right form."""
    try:
        wanted = parse_query(typed)
    except Unreadable as error:
        if error.name == "since":
            raise Refusal("bad-date", text=error.value[:40], example=EXAMPLE) from None
        key = "unknown-category" if error.nearest else "unknown-category-alone"
        raise Refusal(key, name=error.value[:60], nearest=", ".join(error.nearest), example=EXAMPLE) from None
    if wanted.nothing:
        raise Refusal("search-form", example=EXAMPLE)
    return wanted
