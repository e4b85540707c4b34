"""What each of Telegram's errors means for a delivery."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.telegram_api.lean_http import NotConnectedError
from bot.telegram_api.outcomes import outcome_of, refuses_markup, refuses_rich
from bot.telegram_api.refusals import Refusal, refusal_of
from storage.records import Gone, Moved, Outcome, Refused, RetryAt, Unsure

NOW = datetime(2026, 8, 21, 16, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TOKEN = "123456789:" + "A" * 35


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (RetryAfter(3), RetryAt(NOW + 3.5 * SECOND, "Flood control exceeded. Retry in 3 seconds")),
        (ChatMigrated(-1007), Moved(-1007)),
        (Forbidden("bot was blocked by the user"), Gone("bot was blocked by the user")),
        (InvalidToken("no"), RetryAt(NOW + 300 * SECOND, "no", whole_bot=True)),
        (EndPointNotFound("Not Found"), RetryAt(NOW + 300 * SECOND, "Not Found", whole_bot=True)),
        (BadRequest("Chat not found"), Gone("Chat not found")),
        (BadRequest("TOPIC_CLOSED"), Gone("TOPIC_CLOSED")),
        (BadRequest("Message is too long"), Refused("Message is too long")),
        (NetworkError("Too Many Requests"), RetryAt(NOW + 30 * SECOND, "Too Many Requests")),
        (NetworkError("Bad Gateway"), Unsure("Bad Gateway")),
        (TimedOut("it took too long"), Unsure("it took too long")),
        (TelegramError("something new"), Refused("something new")),
    ],
)
def test_an_error_says_what_becomes_of_the_row(error: TelegramError, outcome: Outcome) -> None:
    assert outcome_of(error, NOW, repeatable=False) == outcome


def test_what_changes_nothing_when_it_is_done_twice_is_done_again() -> None:
    lost = NetworkError("Bad Gateway")
    assert outcome_of(lost, NOW, repeatable=True) == RetryAt(NOW + 5 * SECOND, "Bad Gateway")


def test_what_was_never_sent_is_sent_later() -> None:
    error = NetworkError("no connection")
    error.__cause__ = NotConnectedError()
    assert outcome_of(error, NOW, repeatable=False) == RetryAt(NOW + 5 * SECOND, "no connection")


@pytest.mark.parametrize("text", ["CHAT_ADMIN_REQUIRED", "not enough rights to edit message", "TOPIC_CLOSED"])
def test_an_edit_that_is_refused_does_not_cost_its_place(text: str) -> None:
    assert outcome_of(BadRequest(text), NOW, repeatable=True) == Refused(text)
    assert outcome_of(BadRequest(text), NOW, repeatable=False) == Gone(text)


def test_no_outcome_tells_the_token() -> None:
    found = outcome_of(NetworkError(f"http://127.0.0.1/bot{TOKEN}/sendMessage"), NOW, repeatable=False)
    assert isinstance(found, Unsure)
    assert TOKEN not in found.reason


@pytest.mark.parametrize(
    ("error", "rich", "markup"),
    [
        (EndPointNotFound("Not Found"), True, False),
        (BadRequest("RICH_MESSAGE_INVALID"), True, False),
        (BadRequest("Message text is empty"), True, False),
        (BadRequest("Can't parse entities: unclosed tag"), False, True),
        (BadRequest("Message is too long"), False, False),
        (Forbidden("can't parse entities of a rich message"), False, False),
    ],
)
def test_a_layout_that_is_refused_is_told_from_other_refusals(
    error: TelegramError, *, rich: bool, markup: bool
) -> None:
    assert (refuses_rich(error), refuses_markup(error)) == (rich, markup)


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        (Forbidden("bot was blocked by the user"), Refusal.REMOVED),
        (Forbidden("bot was kicked from the supergroup chat"), Refusal.REMOVED),
        (Forbidden("bot can't initiate conversation with a user"), Refusal.REMOVED),
        (Forbidden("the group is inaccessible"), Refusal.REMOVED),
        (Forbidden("CHAT_WRITE_FORBIDDEN"), Refusal.RIGHTS),
        (BadRequest("Chat not found"), Refusal.NO_CHAT),
        (BadRequest("CHANNEL_PRIVATE"), Refusal.REMOVED),
        (BadRequest("USER_BANNED_IN_CHANNEL"), Refusal.REMOVED),
        (BadRequest("CHAT_ADMIN_REQUIRED"), Refusal.RIGHTS),
        (BadRequest("Have no write access to the chat"), Refusal.RIGHTS),
        (BadRequest("CHAT_SEND_PLAIN_FORBIDDEN"), Refusal.RIGHTS),
        (BadRequest("CHAT_RESTRICTED"), Refusal.RIGHTS),
        (BadRequest("Not enough rights to send text messages to the chat"), Refusal.RIGHTS),
        (BadRequest("Not enough rights to send documents to the chat"), Refusal.MEDIA),
        (BadRequest("CHAT_SEND_DOCS_FORBIDDEN"), Refusal.MEDIA),
        (BadRequest("Message thread not found"), Refusal.NO_TOPIC),
        (BadRequest("TOPIC_ID_INVALID"), Refusal.NO_TOPIC),
        (BadRequest("TOPIC_CLOSED"), Refusal.TOPIC_CLOSED),
        (BadRequest("member list is inaccessible"), Refusal.RIGHTS),
        (BadRequest("Message is too long"), Refusal.CONTENT),
        (BadRequest("Can't parse entities: unclosed tag"), Refusal.CONTENT),
        (BadRequest("BUTTON_DATA_INVALID"), Refusal.CONTENT),
        (BadRequest("BUTTON_URL_INVALID"), Refusal.CONTENT),
        (BadRequest("SOMETHING_NEW"), Refusal.OTHER),
        (RetryAfter(3), None),
        (NetworkError("Bad Gateway"), None),
        (ChatMigrated(-1007), None),
    ],
)
def test_a_refusal_is_read_for_what_it_is_about(error: TelegramError, refusal: Refusal | None) -> None:
    assert refusal_of(error) is refusal
