"""A paper's card and the buttons under it: other language, BibTeX, more like this; and /bibtex."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace

from telegram import Message
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.arxiv_source.categories import names_in
from bot.arxiv_source.ids import parse_id
from bot.handlers import limits
from bot.handlers.ask import Ask, Refusal
from bot.handlers.papers.ordering import Position
from bot.handlers.papers.paper_ids import named_ids
from bot.i18n import Words, catalogue_names, words_for
from bot.i18n.languages import ENGLISH, NAMES, parse_language
from bot.log import event, redact
from bot.lookup import Match
from bot.render.annotated_paper import Noted
from bot.render.bibtex import render_bibtex
from bot.render.button import Button, callback
from bot.render.card import Card, Place, render_card
from bot.render.message import TEXT_LIMIT, escape, length, truncate_html
from bot.render.names import plain_title, shorten
from bot.translate.stored import untranslated
from storage import open_cards
from storage.records import BilingualPaper, OpenCard, Paper

_log = logging.getLogger(__name__)

_SOON = 1.0
"""Seconds after which a card is worth showing in English first."""
_DRAFT_SECONDS = 20.0
_AUTHORS_IN_MESSAGE = 30
_TITLE_IN_MESSAGE = 200
_EXAMPLE = "/bibtex 2402.15351 hep-th/9901001"


async def answer_card(ask: Ask, match: Match, language: str = "", *, position: Position | None = None) -> None:
    """The card when its translation is there soon; else at once in English, and completed by an edit.

    It is in the chat's language unless another is given. Under a button it takes the place of what is there. With a
    `turn` it is one of several.
    """
    position, alone = position or Position(), position is None
    try:
        await _answer(ask, match, language or ask.here.language, position, alone=alone)
    finally:
        position.over()


async def _answer(ask: Ask, match: Match, language: str, position: Position, *, alone: bool) -> None:
    lookup, paper = ask.services.lookup, match.paper
    known = await lookup.archived(paper, language)
    if known is not None:
        await position.come()
        await _show(ask, known, match)
        return
    making = asyncio.create_task(lookup.translated(paper, language, chat_id=ask.chat.id))
    done, _ = await asyncio.wait({making}, timeout=_SOON)
    await position.come()
    if done or making.done():
        await _show(ask, making.result(), match)
        return
    waiting = card_of(ask, BilingualPaper(paper, untranslated(paper, language)), match)
    text = f"{waiting.text}\n\n<i>{card_words(ask, language).html('translating')}</i>"
    # A chat has one draft at a time.
    if alone and ask.private and ask.press is None and await _drafted(ask, text, making):
        await _show(ask, making.result(), match)
        return
    await gone(ask)
    placeholder = await ask.show(text, waiting.buttons)
    position.over()
    card = await _note(ask, placeholder, BilingualPaper(paper, untranslated(paper, language)), match, waiting=True)
    entry = await making
    if card is None:
        return
    try:
        await ask.services.cards.show(card, entry.translation, urgent=True)
    except TelegramError as error:
        # It stands there in English, and is noted as one that waits: a later tick completes it.
        event(_log, "card_later", level=logging.WARNING, chat=ask.chat.id, reason=redact(str(error)))


async def _drafted(ask: Ask, text: str, making: asyncio.Task[BilingualPaper]) -> bool:
    """Show a text as the draft of what comes, until it is there. False where Telegram has no drafts.

    One lasts for half a minute (https://core.telegram.org/bots/api#sendmessagedraft), so it is shown again meanwhile.
    """
    draft = ask.message.message_id  # any number but zero; the same one again is the same draft
    try:
        await ask.bot.send_message_draft(ask.chat.id, draft, text, parse_mode="HTML")
    except TelegramError:
        return False
    while not making.done():
        await asyncio.wait({making}, timeout=_DRAFT_SECONDS)
        if not making.done():
            with suppress(TelegramError):
                await ask.bot.send_message_draft(ask.chat.id, draft, text, parse_mode="HTML")
    return True


async def show_card(ask: Ask) -> None:
    """`card:ID:language`: the card itself, in that language."""
    match, language = await pressed(ask)
    await answer_card(ask, match, language)


async def open_card(ask: Ask) -> None:
    """`open:ID:language`: the card below the list that the button stands under; in a group not twice within minutes."""
    match, language = await pressed(ask)
    once = ("card", ask.chat.id, ask.here.thread_id, str(match.asked), language)
    if not ask.private and ask.services.recent.seen(*once):
        raise Refusal("card-is-there")
    await limits.cards(ask, 1)
    await answer_card(replace(ask, press=None), match, language)


async def show_bibtex(ask: Ask) -> None:
    """`bib:ID:language`: the BibTeX entry in place of the card, with the way back."""
    match, language = await pressed(ask)
    words = card_words(ask, language)
    await gone(ask)
    title = escape(shorten(plain_title(match.paper.title), _TITLE_IN_MESSAGE))
    entry = truncate_html(f"<b>{title}</b>\n\n{_as_code([match.paper])}")
    await ask.show(entry, [[back_button(match, language, words)]])


async def bibtex(ask: Ask) -> None:
    """`/bibtex ID…`: the papers' entries in one message, or in a file when they are many."""
    ids = named_ids(ask, _EXAMPLE)
    found = await ask.services.lookup.find(ids)
    if found.papers:
        shown = _as_code(found.papers)
        if length(shown) <= TEXT_LIMIT:
            await ask.reply(shown)
        else:
            await limits.group_file(ask)
            whole = render_bibtex([Noted(paper) for paper in found.papers])
            await ask.send_file("arxiv.bib", whole)
    if found.missing:
        key = "paper-missing" if found.unavailable is None else "arxiv-unavailable"
        raise Refusal(key, ids=", ".join(map(str, found.missing)))


async def pressed(ask: Ask) -> tuple[Match, str]:
    """The paper and the language that a button of a card names. Raises Refusal for data that is of no button.

    So it does in channels: what stands there is not for those who read it to change.
    """
    if ask.chat.type == ChatType.CHANNEL:
        raise Refusal("only-in-private", bot=ask.bot.username)
    paper_id = parse_id(ask.args[0]) if ask.args else None
    language = ask.args[1] if len(ask.args) > 1 else ask.here.language
    if paper_id is None or language not in NAMES:
        raise Refusal("button-outdated")
    found = await ask.services.lookup.find([paper_id])
    if not found.matches:
        raise Refusal("paper-missing" if found.unavailable is None else "arxiv-unavailable", ids=str(paper_id))
    return found.matches[0], language


def card_of(ask: Ask, entry: BilingualPaper, match: Match) -> Card:
    """The card of what was asked for, in the words that go with its language."""
    place = _place(ask, entry, match)
    words = card_words(ask, place.language)
    names = names_in(words.language, entry.paper.categories)
    return render_card(entry, words, category_names=names, place=place)


def _place(ask: Ask, entry: BilingualPaper, match: Match) -> Place:
    language = entry.translation.language
    bot_name = ask.bot.username if ask.chat.type == ChatType.CHANNEL else ""
    return Place(match.asked.arxiv_id, match.asked.version, language, _other(ask, language), match.newest, bot_name)


def card_words(ask: Ask, language: str) -> Words:
    """The words of a card: those spoken here, unless the reader changed to a language that the bot speaks, too."""
    if language == ask.here.language:
        return ask.words
    spoken = language.partition("-")[0]
    return words_for(spoken) if spoken in catalogue_names() else ask.words


def back_button(match: Match, language: str, words: Words) -> Button:
    """The button that leads back to the card."""
    return Button(words("button-back"), callback_data=callback("card", str(match.asked), language))


def _other(ask: Ask, language: str) -> str:
    """The language that a card in this one can be changed to: English, and from there the chat's or the person's."""
    if language != ENGLISH:
        return ENGLISH
    app = parse_language((ask.user.language_code or "") if ask.user is not None else "")
    choices = (ask.here.language, app, ask.services.settings.language)
    return next((choice for choice in choices if choice is not None and choice != ENGLISH), "zh-CN")


def _as_code(papers: tuple[Paper, ...] | list[Paper]) -> str:
    entries = render_bibtex([Noted(paper) for paper in papers], most_authors=_AUTHORS_IN_MESSAGE)
    return f"<pre>{escape(entries.rstrip())}</pre>"


async def _show(ask: Ask, entry: BilingualPaper, match: Match) -> None:
    card = card_of(ask, entry, match)
    await gone(ask)
    message = await ask.show(card.text, card.buttons)
    await _note(ask, message, entry, match)


async def gone(ask: Ask) -> None:
    """Before a button puts something else in a card's place: the card is not completed there any more."""
    if ask.press is not None:
        await _forget(ask, ask.message)


async def _forget(ask: Ask, message: Message) -> None:
    async with ask.services.db.begin() as session:
        await open_cards.drop_message(session, ask.chat.id, message.message_id)


async def _note(
    ask: Ask, message: Message, entry: BilingualPaper, match: Match, *, waiting: bool = False
) -> OpenCard | None:
    """Where a card stands with gaps, so that it is edited when they are filled; None for one without.

    One that is `waiting` for its translation is completed after the next start, should the program end meanwhile.
    """
    if entry.translation.complete or entry.translation.language == ENGLISH:
        return None
    place = _place(ask, entry, match)
    card = OpenCard(
        chat_id=ask.chat.id,
        message_id=message.message_id,
        source_hash=entry.paper.source_hash,
        language=place.language,
        arxiv_id=place.arxiv_id,
        version=entry.paper.version,
        asked_version=place.version,
        other=place.other,
        interface=card_words(ask, place.language).language,
        bot_name=place.bot_name,
        posted_at=ask.services.now(),
        waiting=waiting,
    )
    async with ask.services.db.begin() as session:
        await open_cards.keep(session, card)
    return card
