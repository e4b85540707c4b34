"""The papers that a message or a command is about."""

from __future__ import annotations

from collections.abc import Iterator

from telegram import Message, MessageEntity
from telegram.constants import MessageEntityType

from bot.arxiv_source.ids import ArxivId, find_ids
from bot.handlers.ask import Ask, Refusal

MOST_NAMED = 50


def named_ids(ask: Ask, example: str) -> tuple[ArxivId, ...]:
    """The papers that a command names, or those of the message that it replies to. Raises Refusal."""
    ids = find_ids(" ".join(ask.args))
    if not ask.args and ask.message.reply_to_message is not None:
        ids = ids_of(ask.message.reply_to_message)
    if not ids:
        raise Refusal("which-paper", example=example)
    return ids[:MOST_NAMED]


def ids_of(message: Message) -> tuple[ArxivId, ...]:
    """The papers that a message names: in its text or caption, behind its text links, and as the name of its file."""
    found = [*find_ids(message.text or message.caption or "")]
    if message.document is not None:
        found += find_ids(message.document.file_name or "")
    for url in (*_hidden_links(message.entities), *_hidden_links(message.caption_entities)):
        found += find_ids(url)
    return tuple(dict.fromkeys(found))


def _hidden_links(entities: tuple[MessageEntity, ...]) -> Iterator[str]:
    return (entity.url for entity in entities if entity.type == MessageEntityType.TEXT_LINK and entity.url)
