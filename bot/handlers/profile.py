"""What the app shows of the bot: its name and descriptions, and the commands that its menu offers, in each language."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Any

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import TelegramError

from bot.handlers.commands import COMMANDS, Command
from bot.i18n import FALLBACK, Words, catalogue_names, words_for
from bot.log import event, redact

_log = logging.getLogger(__name__)

FOR_MEMBERS = ("help", "digest", "search", "bibtex", "subscriptions")
"""What everybody in a group can use; the other commands change something, which is for its administrators."""

FOR_ONESELF = ("channels", "save", "saved", "note", "unsave", "privacy", "export", "forget")
"""What is a person's own, and of use in the private chat only."""


async def set_profile(bot: Bot, host: Collection[int]) -> None:
    """Tell Telegram what differs from what it shows already: it takes such changes only a few times a day.

    `host`: the bot's administrators, whose menu has their commands too. Trouble is logged, and tried again at the next
    start.
    """
    for language in catalogue_names():
        words, code = words_for(language), None if language == FALLBACK else language
        await _texts(bot, words, code)
        for scope, commands in _menus(host):
            await _menu(bot, words, code, scope, commands)


def _menus(host: Collection[int]) -> Iterable[tuple[BotCommandScope, list[Command]]]:
    everyone = [command for command in COMMANDS if not command.administrators_only]
    yield BotCommandScopeDefault(), everyone
    yield BotCommandScopeAllPrivateChats(), everyone
    yield BotCommandScopeAllGroupChats(), [command for command in everyone if command.name in FOR_MEMBERS]
    yield BotCommandScopeAllChatAdministrators(), [command for command in everyone if command.name not in FOR_ONESELF]
    for user_id in sorted(host):
        yield BotCommandScopeChat(user_id), list(COMMANDS)


async def _texts(bot: Bot, words: Words, code: str | None) -> None:
    name, short, whole = (words(key) for key in ("profile-name", "profile-short-description", "profile-description"))
    await _change(
        "name", name, lambda: bot.get_my_name(code), lambda known: known.name, lambda: bot.set_my_name(name, code)
    )
    await _change(
        "short_description",
        short,
        lambda: bot.get_my_short_description(code),
        lambda known: known.short_description,
        lambda: bot.set_my_short_description(short, code),
    )
    await _change(
        "description",
        whole,
        lambda: bot.get_my_description(code),
        lambda known: known.description,
        lambda: bot.set_my_description(whole, code),
    )


async def _menu(bot: Bot, words: Words, code: str | None, scope: BotCommandScope, commands: Iterable[Command]) -> None:
    menu = tuple(BotCommand(command.name, words(f"command-{command.name}")) for command in commands)
    await _change(
        f"commands:{scope.type}",
        menu,
        lambda: bot.get_my_commands(scope, code),
        lambda shown: shown,
        lambda: bot.set_my_commands(menu, scope, code),
    )


async def _change(
    what: str,
    wanted: object,
    ask: Callable[[], Awaitable[Any]],
    read: Callable[[Any], object],
    tell: Callable[[], Awaitable[object]],
) -> None:
    try:
        if read(await ask()) != wanted:
            await tell()
    except TelegramError as error:
        event(_log, "profile_not_set", level=logging.WARNING, what=what, reason=redact(str(error)))
