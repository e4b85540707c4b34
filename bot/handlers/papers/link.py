"""A message with arXiv links → one bilingual card per paper."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from telegram import Message, MessageOriginUser

from bot.arxiv_source import categories
from bot.arxiv_source.ids import ArxivId
from bot.handlers import limits
from bot.handlers.allowance import tell_if_used_up
from bot.handlers.ask import Ask
from bot.handlers.optional import show_action
from bot.handlers.papers.ordering import Position
from bot.handlers.papers.paper_card import answer_card
from bot.handlers.papers.paper_ids import ids_of
from bot.handlers.typed_text import listed
from bot.lookup import Found, Match
from bot.render.names import one_line

MOST_LINKS = 10
_EXAMPLE = "https://arxiv.org/abs/2402.15351"
_LISTING = re.compile(r"arxiv\.org/(?:list|rss|atom|archive)/([a-z-]+(?:\.[a-z-]+)?)", re.IGNORECASE | re.ASCII)
"""arXiv's own pages and feeds of a category."""
_A_FEW_WORDS = 60
"""Characters that somebody may have meant to search for."""


async def answer_link(ask: Ask) -> None:
    """Answer the links of a message; in groups only when the bot is asked, in private say what to send.

    Who only replies to the bot without one, as in "thanks", asks for nothing in a group.
    """
    called = ask.private or _is_mentioned(ask)
    if not called and not _is_answered(ask) and not ask.here.answer_links:
        return
    ids = ids_of(ask.message)
    replied = ask.message.reply_to_message
    # What the bot said itself, a card or an example, is not asked for again.
    if not ids and called and replied is not None and not _is_own(ask, replied):
        ids = ids_of(replied)
    if ids:
        await answer_ids(ask, ids)
    elif called and not _of_an_album_answered(ask):
        await _say_what_to_send(ask)


def is_own_card(message: Message, bot_id: int) -> bool:
    """Whether the bot made this message itself: it was sent by way of its inline mode, or is forwarded from it."""
    origin = message.forward_origin
    author = origin.sender_user if isinstance(origin, MessageOriginUser) else None
    return any(user is not None and user.id == bot_id for user in (message.via_bot, author))


async def _say_what_to_send(ask: Ask) -> None:
    words = one_line((ask.message.text or "").replace(f"@{ask.bot.username}", ""))
    if ask.private and (listing := _LISTING.search(words)) is not None:
        words = listing[1]
    if not ask.private or not words or len(words) > _A_FEW_WORDS or "/" in words:
        await ask.say("no-link", example=_EXAMPLE)
        return
    fields = [categories.canonical(word) or "" for word in listed([words])]
    key = "no-link-but-fields" if fields and all(fields) else "no-link-but-words"
    await ask.say(key, example=_EXAMPLE, words=words, categories=" ".join(dict.fromkeys(fields)))


def _of_an_album_answered(ask: Ask) -> bool:
    """Whether another picture of the same album was answered: each comes as a message of its own."""
    album = ask.message.media_group_id
    return album is not None and ask.services.recent.seen("album", ask.chat.id, ask.here.thread_id, album)


async def answer_ids(ask: Ask, ids: Sequence[ArxivId]) -> None:
    """One card for each of these papers, and a line about those that could not be had."""
    granted, limited = await limits.cards(ask, min(len(ids), MOST_LINKS))
    await show_action(ask)
    found = await ask.services.lookup.find(ids[:granted])
    await _answer_all(ask, found.matches)
    if notes := [*_notes(ask, found, len(ids)), *filter(None, [limited])]:
        await ask.reply("\n".join(notes))
    await tell_if_used_up(ask)


async def _answer_all(ask: Ask, matches: Sequence[Match]) -> None:
    """All at the same time, but in the order asked: who is translated sooner does not come sooner."""
    if len(matches) == 1:
        await answer_card(ask, matches[0])
        return
    positions = [Position()]
    for _ in matches[1:]:
        positions.append(Position(positions[-1]))
    await asyncio.gather(
        *[answer_card(ask, match, position=position) for match, position in zip(matches, positions, strict=False)]
    )


def _notes(ask: Ask, found: Found, asked: int) -> list[str]:
    notes = []
    if found.missing:
        listed = ", ".join(str(paper_id) for paper_id in found.missing)
        key = "paper-missing" if found.unavailable is None else "arxiv-unavailable"
        notes.append(ask.words.html(key, ids=listed))
    if asked > MOST_LINKS:
        notes.append(ask.words.html("too-many-links", count=asked, limit=MOST_LINKS))
    return notes


def _is_answered(ask: Ask) -> bool:
    """Whether a message replies to one of the bot's."""
    return ask.message.reply_to_message is not None and _is_own(ask, ask.message.reply_to_message)


def _is_own(ask: Ask, replied: Message) -> bool:
    # In a topic whatever replies to nothing replies to the message that opened it, which may be the bot's.
    opened = replied.forum_topic_created is not None
    return not opened and replied.from_user is not None and replied.from_user.id == ask.bot.id


def _is_mentioned(ask: Ask) -> bool:
    name = f"@{ask.bot.username}".lower()
    message = ask.message
    mentions = {**message.parse_entities(["mention"]), **message.parse_caption_entities(["mention"])}
    return any(text.lower() == name for text in mentions.values())
