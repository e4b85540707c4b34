"""A message that a whole group sees: whoever asked for it changes it, and administrators; others get it in private."""

from __future__ import annotations

from telegram.constants import ChatType

from bot.arxiv_source.ids import parse_id
from bot.handlers.ask import Ask, Handler, Refusal
from bot.handlers.rights import leads
from bot.i18n.languages import NAMES
from bot.render.deep_link import deed_link


def or_in_private(name: str, handler: Handler) -> Handler:
    """What a card's button does, `name:ID:language`: to the card that all see, or in the presser's private chat.

    There it is done by the deep link of the same name, which the press opens.
    """

    async def press(ask: Ask) -> None:
        alone = ask.private or ask.chat.type == ChatType.CHANNEL  # where the handler itself refuses
        if alone or ask.press is None or _asked_for(ask) or await leads(ask, ask.here):
            await handler(ask)
            return
        paper_id = parse_id(ask.args[0]) if ask.args else None
        language = ask.args[1] if len(ask.args) > 1 else ask.here.language
        if paper_id is None or language not in NAMES:
            raise Refusal("button-outdated")
        await ask.press.open(deed_link(ask.bot.username, name, language, str(paper_id)))

    return press


def _asked_for(ask: Ask) -> bool:
    """Whether the message answers who pressed."""
    question = ask.message.reply_to_message
    asker = question.from_user if question is not None else None
    return asker is not None and ask.user is not None and asker.id == ask.user.id
