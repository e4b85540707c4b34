"""Steps that the answer does not depend on, such as "typing…": when Telegram refuses one the answer still comes."""

from __future__ import annotations

import logging
from collections.abc import Awaitable

from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.handlers.ask import Ask
from bot.log import event, redact

_SHOWN_WITHIN = 1.0
"""Seconds that the answer waits for Telegram to say that it shows what the bot does."""

_log = logging.getLogger(__name__)


async def optional(step: Awaitable[object]) -> bool:
    """Carry out a step that nothing depends on. False where Telegram refused it or did not answer."""
    try:
        await step
    except TelegramError as error:
        event(_log, "step_left_out", reason=redact(str(error)))
        return False
    return True


async def show_action(ask: Ask, action: ChatAction = ChatAction.TYPING) -> None:
    """Show that the bot is typing, or sending a file, if Telegram lets it."""
    thread_id = ask.here.thread_id or None
    await optional(
        ask.bot.send_chat_action(ask.chat.id, action, message_thread_id=thread_id, read_timeout=_SHOWN_WITHIN)
    )
