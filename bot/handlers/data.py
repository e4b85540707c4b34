"""A person's own data: /privacy says what is kept, /export sends it, /forget deletes it."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

from telegram.constants import ChatAction

from bot.handlers.ask import Ask, Refusal, named
from bot.handlers.optional import show_action
from bot.handlers.papers.reading_list import private_person
from bot.handlers.rights import led
from bot.log import event
from bot.render.button import Button, callback
from storage import forgotten_people, personal, subscriptions

_log = logging.getLogger(__name__)

_CONFIRMED = "yes"
_OF_FORMER_LEADERS = ("id", "chat_id", "thread_id", "owner_id")


async def privacy(ask: Ask) -> None:
    """`/privacy`: what is kept, what for and for how long."""
    await ask.say("privacy")


async def export(ask: Ask) -> None:
    """`/export`: everything that is kept about the person, as a file."""
    user_id = private_person(ask)
    await show_action(ask, ChatAction.UPLOAD_DOCUMENT)
    async with ask.services.db.read() as session:
        known = await personal.everything(session, user_id)
        owned = await subscriptions.owned(session, user_id)
    if not known:
        raise Refusal("nothing-kept")
    shown = {user_id, *(place.chat_id for place in await led(ask, owned))}
    if "destinations" in known:
        known["destinations"] = [_theirs(row, whole=row["chat_id"] in shown) for row in known["destinations"]]
    content = json.dumps({"user_id": user_id, **known}, ensure_ascii=False, indent=1, default=_plain)
    await ask.send_file("my-data.json", content + "\n", ask.words.html("your-data"))


async def forget(ask: Ask) -> None:
    """`/forget`: say what would be deleted, and what stays; nothing is deleted before the button is pressed."""
    user_id = private_person(ask)
    async with ask.services.db.read() as session:
        known = await personal.everything(session, user_id)
        owned = [place for place in await subscriptions.owned(session, user_id) if place.chat_id != user_id]
    if not known:
        raise Refusal("nothing-kept")
    lines = [ask.words.html("forget-what")]
    if owned := await led(ask, owned):
        lines.append(ask.words.html("forget-channels", places=", ".join(dict.fromkeys(map(named, owned)))))
    button = Button(ask.words("button-forget"), callback_data=callback("forget", _CONFIRMED))
    await ask.reply("\n\n".join(lines), [[button]])


async def press_forget(ask: Ask) -> None:
    """`forget:yes`: delete everything that is kept about whoever presses, in their own private chat."""
    user_id = private_person(ask)
    if list(ask.args) != [_CONFIRMED]:
        raise Refusal("button-outdated")
    rows = await _forgotten(ask, user_id)
    event(_log, "forgotten", rows=rows)
    await ask.show(ask.words.html("forgotten"))


async def _forgotten(ask: Ask, user_id: int) -> int:
    """How many rows there were. Written down first, so that an older database forgets the person as well."""
    await ask.services.limits.before_forgetting(user_id)
    token = ""
    try:
        token = await asyncio.to_thread(
            forgotten_people.note, ask.services.settings.data_dir / forgotten_people.NAME, user_id
        )
    except OSError as error:
        event(_log, "forgotten_not_noted", level=logging.ERROR, reason=error.strerror)
    async with ask.services.db.begin() as session:
        if token:
            return await forgotten_people.forget(session, user_id, token, ask.services.now)
        return await personal.forget(session, user_id)


def _theirs(row: dict[str, Any], *, whole: bool) -> dict[str, Any]:
    """A destination as the export has it: of a chat that the person no longer leads only that they set it up."""
    return row if whole else {name: row[name] for name in _OF_FORMER_LEADERS}


def _plain(value: Any) -> Any:
    """What JSON has no form for: dates and times in ISO 8601, sets as lists in order."""
    return sorted(value) if isinstance(value, frozenset) else value.isoformat()
