"""What Telegram's refusals mean, by their words: one table. The same is said of very different things.

Words that are not in it are OTHER: nobody knows, so that neither the place is given up nor the content thrown away.
"""

from __future__ import annotations

from enum import StrEnum, auto

from telegram.error import BadRequest, Forbidden, TelegramError


class Refusal(StrEnum):
    """What a refusal is about."""

    ACCESS = auto()
    """The bot is no longer there, or the chat is not."""
    RIGHTS = auto()
    """The bot may not write there, as is said. Telegram said so of every channel for hours, with rights unchanged."""
    TOPIC = auto()
    """The topic is closed or gone."""
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
    (Refusal.TOPIC, ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")),
    (
        Refusal.ACCESS,
        (
            "chat not found",
            "peer_id_invalid",
            "user_deactivated",
            "user is deactivated",
            "group chat was deactivated",
            "bot was kicked",
            "bot was blocked",
            "bot is not a member",
            "channel_private",
            "user_banned_in_channel",
            "inaccessible",
        ),
    ),
    (
        Refusal.RIGHTS,
        (
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


def refusal_of(error: TelegramError) -> Refusal | None:
    """What a refusal is about; None for what is no refusal: a limit, the network, the token."""
    if not isinstance(error, BadRequest | Forbidden):
        return None
    text = str(error).lower()
    found = next((kind for kind, words in WORDS if any(word in text for word in words)), Refusal.OTHER)
    # Telegram keeps 403 for places; what it says there of rights may be passing all the same.
    return Refusal.ACCESS if isinstance(error, Forbidden) and found is Refusal.OTHER else found
