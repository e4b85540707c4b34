"""The table of commands: what `/help` shows, what the app's menu offers and what is dispatched are all made from it."""

from __future__ import annotations

from dataclasses import dataclass

from telegram.constants import ChatType

from bot.handlers import access_control as access
from bot.handlers import data
from bot.handlers.admin import admin_commands as admin
from bot.handlers.admin import glossary_command as glossary
from bot.handlers.ask import Ask, Handler, Refusal
from bot.handlers.digests.digest_command import digest_now
from bot.handlers.papers import paper_card as card
from bot.handlers.papers import paper_search as search
from bot.handlers.papers import reading_list
from bot.handlers.settings import channels, preferences, setup, subscribe
from bot.handlers.settings import setting_commands as settings


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name without the slash, its form for `/help`, and who does it.

    The catalogue's message `command-<name>` says what it does.
    """

    name: str
    form: str
    handler: Handler
    administrators_only: bool = False


async def show_help(ask: Ask) -> None:
    """Every command with its form; the administrators' ones for administrators. A channel's readers are spared it."""
    if ask.chat.type == ChatType.CHANNEL:
        raise Refusal("only-in-private", bot=ask.bot.username)
    shown = [command for command in COMMANDS if ask.is_bot_administrator or not command.administrators_only]
    lines = [
        f"{ask.words.html('form', form=command.form)}\n{ask.words(f'command-{command.name}')}" for command in shown
    ]
    await ask.reply(f"{ask.words('help-head')}\n\n" + "\n".join(lines) + f"\n\n{ask.words('help-foot')}")


COMMANDS: tuple[Command, ...] = (
    Command("start", "/start", setup.start),
    Command("help", "/help", show_help),
    Command("subscribe", "/subscribe [@channel] cs.CV cs.LG", subscribe.subscribe),
    Command("unsubscribe", "/unsubscribe [@channel] cs.CV | all", subscribe.unsubscribe),
    Command("subscriptions", "/subscriptions [@channel]", subscribe.list_subscriptions),
    Command("channels", "/channels", channels.channels),
    Command("categories", "/categories [@channel]", settings.categories),
    Command("settings", "/settings [@channel] [quiet on]", settings.settings),
    Command("digest", "/digest [cs.CV] [2026-08-21]", digest_now),
    Command("time", "/time [@channel] 09:00 [Asia/Shanghai] | asap", preferences.set_time),
    Command("language", "/language [@channel] zh-CN", preferences.set_language),
    Command("types", "/types [@channel] new | new+cross | all", preferences.set_types),
    Command("search", "/search diffusion cat:cs.CV since:2026-08-01", search.search_papers),
    Command("save", "/save 2402.15351 …", reading_list.save),
    Command("saved", "/saved [bib | ris | csv | md]", reading_list.saved),
    Command("note", "/note 2402.15351 read section 3 again", reading_list.note),
    Command("unsave", "/unsave 2402.15351 …", reading_list.unsave),
    Command("bibtex", "/bibtex 2402.15351 …", card.bibtex),
    Command("privacy", "/privacy", data.privacy),
    Command("export", "/export", data.export),
    Command("forget", "/forget", data.forget),
    Command("links", "/links [@group] on | off", preferences.answer_links),
    Command(
        "regenerate",
        "/regenerate cs.CV [2026-08-21] [preview | undo | translate | back | refetch]",
        admin.regenerate,
        administrators_only=True,
    ),
    Command("announce", "/announce cs.CV", admin.announce, administrators_only=True),
    Command("resend", "/resend [17 | all]", admin.resend, administrators_only=True),
    Command("arrived", "/arrived 17 | all", admin.arrived, administrators_only=True),
    Command("glossary", "/glossary [add zh-CN: prompt = 提示]", glossary.show_glossary, administrators_only=True),
    Command("ban", "/ban [123456789]", access.ban, administrators_only=True),
    Command("unban", "/unban 123456789", access.unban, administrators_only=True),
    Command("stats", "/stats", admin.stats, administrators_only=True),
)
