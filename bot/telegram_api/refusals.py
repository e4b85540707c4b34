"""What Telegram's refusals mean, by their words, in one table. One error code stands for very different things.

Words that are not in it are OTHER: nobody knows, so that neither the place is given up nor the content thrown away.
"""

from __future__ import annotations

from enum import StrEnum, auto

from telegram.error import BadRequest, Forbidden, TelegramError


class Refusal(StrEnum):
    """What a refusal is about."""

    REMOVED = auto()
    """The bot is no longer there, or never was."""
    NO_CHAT = auto()
    """The chat is no longer there."""
    RIGHTS = auto()
    """The bot may not write there, as is said. Telegram said so of every channel for hours, with rights unchanged."""
    TOPIC_CLOSED = auto()
    """The topic takes no messages, and may do so again."""
    NO_TOPIC = auto()
    """The topic is no longer there."""
    MEDIA = auto()
    """Files of this kind are not allowed there; text is."""
    CONTENT = auto()
    """What was to be sent: its length, its markup, its buttons."""
    OTHER = auto()


# In this order: "not enough rights to send documents" is about documents.
WORDS: tuple[tuple[Refusal, tuple[str, ...]], ...] = (
    (
        Refusal.MEDIA,
        (
            "not enough rights to send document",
            "not enough rights to send media",
            "not enough rights to send file",
            "chat_send_docs_forbidden",
            "chat_send_media_forbidden",
        ),
    ),
    (Refusal.TOPIC_CLOSED, ("topic_closed",)),
    (Refusal.NO_TOPIC, ("message thread not found", "topic_deleted", "topic_id_invalid")),
    (
        Refusal.NO_CHAT,
        (
            "chat not found",
            "peer_id_invalid",
            "user_deactivated",
            "user is deactivated",
            "group chat was deactivated",
        ),
    ),
    (
        Refusal.RIGHTS,
        (
            # Of a channel where the bot is no administrator, whoever is asked about.
            "member list is inaccessible",
            "not enough rights",
            "need administrator rights",
            "have no rights",
            "have no write access",
            "chat_write_forbidden",
            "chat_restricted",
            "chat_admin_required",
            "chat_send_plain_forbidden",
        ),
    ),
    (
        Refusal.REMOVED,
        (
            "bot was kicked",
            "bot was blocked",
            "bot is not a member",
            "channel_private",
            "user_banned_in_channel",
            "inaccessible",
        ),
    ),
    (
        Refusal.CONTENT,
        (
            "can't parse",
            "entities_too_long",
            "entity_bounds_invalid",
            "too long",
            "message text is empty",
            "rich_message",
            "rich message",
            "button_",
            "button type",
            "inline keyboard",
            "reply markup",
            "reply_markup",
            "wrong http url",
            "media_caption_too_long",
        ),
    ),
)


GONE = frozenset({Refusal.REMOVED, Refusal.NO_CHAT})
"""Those that say that there is nowhere to write to."""

OF_THE_TOPIC = frozenset({Refusal.TOPIC_CLOSED, Refusal.NO_TOPIC})


def meaning(text: str) -> Refusal:
    """What a refusal with these words is about."""
    lower = text.lower()
    return next((kind for kind, words in WORDS if any(word in lower for word in words)), Refusal.OTHER)


def says_unchanged(error: TelegramError) -> bool:
    """Whether an edit was refused because that is what stands there already."""
    return "message is not modified" in str(error).lower()


def refusal_of(error: TelegramError) -> Refusal | None:
    """What a refusal is about; None for what is no refusal: a limit, the network, the token."""
    if not isinstance(error, BadRequest | Forbidden):
        return None
    found = meaning(str(error))
    # Telegram keeps 403 for places; what it says there of rights may be passing all the same.
    return Refusal.REMOVED if isinstance(error, Forbidden) and found is Refusal.OTHER else found
