"""A message with arXiv links → one bilingual card per paper."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from telegram.constants import ChatAction

from bot.arxiv_source.ids import ArxivId
from bot.handlers.ask import Ask
from bot.handlers.card import answer_card
from bot.handlers.in_order import Turn
from bot.handlers.named import ids_of
from bot.lookup import Found, Match

MOST_LINKS = 10


async def answer_link(ask: Ask) -> None:
    """Answer the links of a message; in groups only when the bot is asked, in private say what to send."""
    asked = ask.private or _is_asked(ask)
    if not asked and not ask.here.answer_links:
        return
    ids = ids_of(ask.message)
    if not ids and asked and ask.message.reply_to_message is not None:
        ids = ids_of(ask.message.reply_to_message)
    if not ids:
        if asked:
            await ask.say("no-link", example="https://arxiv.org/abs/2402.15351")
        return
    await answer_ids(ask, ids)


async def answer_ids(ask: Ask, ids: Sequence[ArxivId]) -> None:
    """One card for each of these papers, and a line about those that could not be had."""
    await ask.bot.send_chat_action(ask.chat.id, ChatAction.TYPING, message_thread_id=ask.here.thread_id or None)
    found = await ask.services.lookup.find(ids[:MOST_LINKS])
    await _answer_all(ask, found.matches)
    if notes := _notes(ask, found, len(ids)):
        await ask.reply("\n".join(notes))


async def _answer_all(ask: Ask, matches: Sequence[Match]) -> None:
    """All at the same time, but in the order asked: who is translated sooner does not come sooner."""
    if len(matches) == 1:
        await answer_card(ask, matches[0])
        return
    turns = [Turn()]
    for _ in matches[1:]:
        turns.append(Turn(turns[-1]))
    await asyncio.gather(*[answer_card(ask, one, turn=turn) for one, turn in zip(matches, turns, strict=False)])


def _notes(ask: Ask, found: Found, asked: int) -> list[str]:
    notes = []
    if found.missing:
        listed = ", ".join(str(one) for one in found.missing)
        key = "paper-missing" if found.unavailable is None else "arxiv-unavailable"
        notes.append(ask.words.html(key, ids=listed))
    if asked > MOST_LINKS:
        notes.append(ask.words.html("too-many-links", count=asked, limit=MOST_LINKS))
    return notes


def _is_asked(ask: Ask) -> bool:
    """Whether a message in a group is for the bot: it is mentioned, or its own message is replied to."""
    message = ask.message
    replied = message.reply_to_message
    # In a topic whatever replies to nothing replies to the message that opened it, which may be the bot's.
    opened = replied is not None and replied.forum_topic_created is not None
    if replied is not None and not opened and replied.from_user is not None and replied.from_user.id == ask.bot.id:
        return True
    name = f"@{ask.bot.username}".lower()
    mentions = {**message.parse_entities(["mention"]), **message.parse_caption_entities(["mention"])}
    return any(text.lower() == name for text in mentions.values())
