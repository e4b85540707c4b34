"""What an owner is told to do, by what Telegram says."""

from __future__ import annotations

import pytest

from bot.handlers.notify.owners import what_to_do

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("reason", "key"),
    [
        ("Topic_closed", "reopen-topic"),
        ("Message thread not found", "lost-topic"),
        ("TOPIC_ID_INVALID", "lost-topic"),
        ("Forbidden: bot was kicked from the supergroup chat", "add-again"),
        ("Forbidden: bot is not a member of the channel chat", "add-again"),
        ("CHANNEL_PRIVATE", "add-again"),
        ("USER_BANNED_IN_CHANNEL", "add-again"),
        ("the group is inaccessible", "add-again"),
        ("Chat not found", "chat-is-gone"),
        ("the group chat was deactivated", "chat-is-gone"),
        ("Not enough rights to send text messages to the chat", "allow-posting"),
        ("CHAT_ADMIN_REQUIRED", "allow-posting"),
        ("have no write access to the chat", "allow-posting"),
        ("something new", "allow-posting"),
    ],
)
def test_an_owner_is_told_what_helps(reason: str, key: str) -> None:
    assert what_to_do(reason) == key
