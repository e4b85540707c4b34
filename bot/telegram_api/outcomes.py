"""What Telegram's errors mean for a delivery: one table, in the order in which their classes must be asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.log import redact
from bot.telegram_api.refusals import GONE, OF_THE_TOPIC, Refusal, refusal_of
from bot.telegram_api.request import never_sent
from storage.records import Gone, Moved, Outcome, Refused, RetryAt, Unsure

_NO_CONNECTION = timedelta(seconds=5)
_LIMITED = timedelta(seconds=30)
_WRONG_TOKEN = timedelta(minutes=5)
# The last is what an edit hears from a server that does not know the field in which the message stands.
_RICH = ("rich_message", "rich message", "message text is empty")
_OF_THE_PLACE = GONE | OF_THE_TOPIC | {Refusal.RIGHTS}
_MARKUP = ("can't parse entities", "entities_too_long", "entity_bounds_invalid")


def outcome_of(error: TelegramError, now: datetime, *, repeatable: bool) -> Outcome:  # noqa: PLR0911 - one line per error
    """The outcome of a request that failed so. `repeatable`: doing it again changes nothing twice, as with an edit."""
    text = redact(str(error))
    match error:
        case RetryAfter():
            return RetryAt(now + timedelta(seconds=seconds_of(error)), text)
        case ChatMigrated():
            return Moved(error.new_chat_id)
        case EndPointNotFound() | InvalidToken():
            return RetryAt(now + _WRONG_TOKEN, text, whole_bot=True)
        case BadRequest() | Forbidden():
            # Where an edit or a deletion is refused, as of a message of another bot's, new ones may well be written.
            lost = GONE if repeatable else _OF_THE_PLACE
            return Gone(text) if refusal_of(error) in lost else Refused(text)
        case NetworkError() if "too many requests" in text.lower():
            return RetryAt(now + _LIMITED, text)
        case NetworkError() if never_sent(error) or repeatable:
            return RetryAt(now + _NO_CONNECTION, text)
        case NetworkError():
            return Unsure(text)
    return Refused(text)


def unanswered(error: TelegramError) -> bool:
    """Whether Telegram did not answer, or with a page of a server before it; all else is Telegram's own answer."""
    return isinstance(error, NetworkError) and not isinstance(error, BadRequest)


def seconds_of(error: RetryAfter) -> float:
    """How long a 429 asks to wait, and a little more: it counts whole seconds."""
    return error._retry_after.total_seconds() + 0.5  # noqa: SLF001 - the public one warns about its type


def refuses_rich(error: TelegramError) -> bool:
    """Whether rich messages are what is refused: these, or all of them by a server that does not know them."""
    text = str(error).lower()
    return isinstance(error, EndPointNotFound) or (
        isinstance(error, BadRequest) and any(known in text for known in _RICH)
    )


def refuses_markup(error: TelegramError) -> bool:
    """Whether it is the markup that is refused, and not the words."""
    text = str(error).lower()
    return isinstance(error, BadRequest) and any(known in text for known in _MARKUP)
