"""/start and /help."""

from __future__ import annotations

from bot.arxiv_source import categories
from bot.arxiv_source.ids import find_ids
from bot.handlers.ask import Ask
from bot.handlers.link import MOST_LINKS, answer_ids
from bot.handlers.settings import SETTINGS, settings
from bot.handlers.subscribe import subscribe


async def start(ask: Ask) -> None:
    """Say what the bot does; a deep link (`start=sub_cs.CV`, `start=p_2402.15351`, `start=set_-1001`) does it at once.

    Telegram allows only letters, digits, `_` and `-` in a deep link, so a dot may also be written as `-`, and a slash
    as `_`.
    """
    payload = ask.args[0] if ask.args else ""
    kind, _, value = payload.partition("_")
    for spelling in (value, value.replace("-", ".", 1), value.replace("_", "/", 1)):
        if kind == "sub" and categories.canonical(spelling):
            await subscribe(ask.with_args(spelling))
            return
        if kind == "p" and (ids := find_ids(spelling)):
            await answer_ids(ask, ids[:MOST_LINKS])
            return
    if kind == SETTINGS and value:
        await settings(ask.with_args(value))
        return
    await ask.say("start", example="https://arxiv.org/abs/2402.15351")
