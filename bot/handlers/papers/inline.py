"""Inline mode: `@bot 2402.15351`, `@bot diffusion medical` in any chat, and nothing typed for what is new."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from telegram import (
    Bot,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    User,
)
from telegram.constants import ParseMode

from bot.arxiv_source.categories import names_in
from bot.arxiv_source.ids import ArxivId, find_ids
from bot.handlers.ask import Services, keyboard_of
from bot.handlers.papers.inline_choice import result_id
from bot.handlers.search_query import Unreadable, parse_query
from bot.i18n import Words, words_for
from bot.render.card import titles_of
from bot.render.inline_card import inline_card
from bot.render.names import authors_line, shorten
from storage import search, subscriptions
from storage.records import BilingualPaper
from storage.segment import Wanted

PAGE = 10
"""Results at a time; Telegram asks for more as the person scrolls, and takes 50 at most."""

_ARXIV_SECONDS = 4.0
"""How long a person who types an id waits for arXiv; Telegram gives a query up after about ten."""
_FOUND_SECONDS, _ID_SECONDS, _FAILED_SECONDS = 60, 300, 2
"""How long Telegram may answer the same person with the same results."""
_MOST_IDS = 5
_TITLE, _DESCRIPTION = 100, 140
_OFFSET = re.compile(r"[0-9]{1,4}")


@dataclass(frozen=True, slots=True)
class _Answer:
    """Papers to choose from, and what stands above them (the key of a word for a button), if anything."""

    papers: Sequence[BilingualPaper] = ()
    above: str = ""
    more: bool = False
    seconds: int = _FOUND_SECONDS


async def answer_inline(services: Services, bot: Bot, query: InlineQuery) -> None:
    """Offer cards: of the ids typed, else of what the words find, else of what is new in the person's subscriptions."""
    language, words = await _spoken(services, query.from_user)
    # Apps send back what they were given; a tampered one sends whatever it likes.
    page = int(query.offset) if _OFFSET.fullmatch(query.offset) else 0
    found = await _found(services, query, language, page)
    button = InlineQueryResultsButton(words(found.above), start_parameter="inline") if found.above else None
    await query.answer(
        [_result(entry, words, bot.username) for entry in found.papers],
        cache_time=found.seconds,
        is_personal=True,
        next_offset=str(page + 1) if found.more else "",
        button=button,
    )


async def _found(services: Services, query: InlineQuery, language: str, page: int) -> _Answer:
    if ids := find_ids(query.query):
        return await _named(services, ids[:_MOST_IDS], language)
    try:
        wanted = parse_query(query.query, unfinished=True)
    except Unreadable:
        return _Answer(above="inline-form", seconds=_FAILED_SECONDS)
    if wanted.nothing:
        wanted = Wanted(categories=await _subscribed(services, query.from_user))
    if wanted.nothing:
        return _Answer(above="inline-form")
    async with services.db.read() as session:
        hits = await search.find(session, wanted, limit=PAGE, offset=page * PAGE)
    papers = await services.lookup.listed([ArxivId(id_) for id_ in hits.arxiv_ids], language)
    above = "" if papers or page else "inline-nothing"
    return _Answer(papers, above, more=hits.total > (page + 1) * PAGE)


async def _named(services: Services, ids: Sequence[ArxivId], language: str) -> _Answer:
    papers = await services.lookup.listed(ids, language, deadline=_ARXIV_SECONDS)
    if not papers:
        return _Answer(above="inline-no-paper", seconds=_FAILED_SECONDS)
    return _Answer(papers, seconds=_ID_SECONDS)


async def _spoken(services: Services, user: User) -> tuple[str, Words]:
    """The language that a person reads papers in, and the words of the one that they speak with the bot."""
    async with services.db.read() as session:
        known = await subscriptions.destination(session, user.id)
    if known is not None:
        return known.language, words_for(known.interface)
    return services.settings.language, words_for(user.language_code or services.settings.language)


async def _subscribed(services: Services, user: User) -> tuple[str, ...]:
    async with services.db.read() as session:
        known = await subscriptions.destination(session, user.id)
        wishes = await subscriptions.of(session, known.id) if known is not None else []
    return tuple(wish.category for wish in wishes)


def _result(entry: BilingualPaper, words: Words, bot_name: str) -> InlineQueryResultArticle:
    paper, titles = entry.paper, titles_of(entry)
    card = inline_card(entry, words, bot_name, category_names=names_in(words.language, paper.categories))
    about = [*titles[1:], authors_line(paper, words, shown=3), paper.primary_category]
    return InlineQueryResultArticle(
        id=result_id(entry, words),
        title=shorten(titles[0], _TITLE),
        description=shorten(" · ".join(text for text in about if text), _DESCRIPTION),
        input_message_content=InputTextMessageContent(
            card.text, parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
        ),
        reply_markup=keyboard_of(card.buttons),
    )
