"""What a chat is told when its cap on translations asked for today is used up."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from bot.handlers.ask import Ask
from bot.i18n import dates


async def tell_if_used_up(ask: Ask) -> None:
    """Say so, and when it goes on, below an answer; not again within ten minutes."""
    now = ask.services.now()
    if not await ask.services.page_translation.exhausted(ask.chat.id):
        return
    if ask.services.recent.seen("translations-used-up", ask.chat.id):
        return
    tomorrow = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), tzinfo=UTC)
    await ask.say("translations-used-up", at=dates.moment(tomorrow, ask.here.timezone, ask.words.language))
