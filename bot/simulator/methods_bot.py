"""The methods about the bot itself: its profile, commands, files, answers to buttons and to inline queries."""

from __future__ import annotations

import json
import re

from bot.simulator.api_errors import bad_request
from bot.simulator.markup import read_buttons
from bot.simulator.methods_send import body_text
from bot.simulator.params import Params
from bot.simulator.shapes import Json, user_json
from bot.simulator.world import World

MAX_COMMANDS = 100
MAX_ANSWER = 200
MAX_RESULTS = 50
MAX_OFFSET_BYTES = 64
# Buttons spin for a while, then their query is too old to answer.
CALLBACK_SECONDS = 120
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_MAX_DESCRIPTION = 256
_LIMITS = {"name": 64, "description": 512, "short_description": 120}


def get_me(world: World, _params: Params) -> Json:
    """`getMe`."""
    return user_json(world.bot) | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": world.inline_mode,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _scope(params: Params) -> tuple[str, str]:
    scope = params.mapping("scope") or {"type": "default"}
    return json.dumps(scope, sort_keys=True), params.text("language_code")


def set_my_commands(world: World, params: Params) -> bool:
    """`setMyCommands` for a scope and language."""
    commands = params.items("commands")
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not isinstance(command, dict) or not _COMMAND.fullmatch(str(command.get("command", "")).removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= _MAX_DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.profile.commands[_scope(params)] = [
        {"command": str(item["command"]).removeprefix("/"), "description": str(item["description"])}
        for item in commands
    ]
    world.changed.notify()
    return True


def get_my_commands(world: World, params: Params) -> list[dict[str, str]]:
    """`getMyCommands` for a scope and language."""
    return world.profile.commands.get(_scope(params), [])


def delete_my_commands(world: World, params: Params) -> bool:
    """`deleteMyCommands` for a scope and language."""
    world.profile.commands.pop(_scope(params), None)
    world.changed.notify()
    return True


def _set_text(world: World, params: Params, name: str) -> bool:
    text = params.text(name)
    if len(text) > _LIMITS[name]:
        raise bad_request(f"{name} is too long")
    world.profile.texts[name, params.text("language_code")] = text
    world.changed.notify()
    return True


def _get_text(world: World, params: Params, name: str) -> dict[str, str]:
    texts = world.profile.texts
    default = world.bot.first_name if name == "name" else ""
    text = texts.get((name, params.text("language_code"))) or texts.get((name, "")) or default
    return {name: text}


def set_my_name(world: World, params: Params) -> bool:
    """`setMyName`."""
    return _set_text(world, params, "name")


def set_my_description(world: World, params: Params) -> bool:
    """`setMyDescription`."""
    return _set_text(world, params, "description")


def set_my_short_description(world: World, params: Params) -> bool:
    """`setMyShortDescription`."""
    return _set_text(world, params, "short_description")


def get_my_name(world: World, params: Params) -> dict[str, str]:
    """`getMyName`."""
    return _get_text(world, params, "name")


def get_my_description(world: World, params: Params) -> dict[str, str]:
    """`getMyDescription`."""
    return _get_text(world, params, "description")


def get_my_short_description(world: World, params: Params) -> dict[str, str]:
    """`getMyShortDescription`."""
    return _get_text(world, params, "short_description")


def set_chat_menu_button(world: World, params: Params) -> bool:
    """`setChatMenuButton`, the same for every chat here."""
    world.profile.menu_button = params.mapping("menu_button") or {"type": "default"}
    return True


def get_chat_menu_button(world: World, _params: Params) -> Json:
    """`getChatMenuButton`."""
    return world.profile.menu_button


def get_file(world: World, params: Params) -> Json:
    """`getFile`; the path leads under /file/bot<token>/."""
    document = world.files.get(params.text("file_id"))
    if document is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    return {
        "file_id": document.file_id,
        "file_unique_id": f"u{document.file_id[-12:]}",
        "file_size": len(document.content),
        "file_path": f"documents/{document.file_id}",
    }


def answer_callback_query(world: World, params: Params) -> bool:
    """`answerCallbackQuery`, while the button still spins; a `url` may lead to the bot alone."""
    press = world.presses.get(params.text("callback_query_id"))
    if press is None or world.now() - press.at > CALLBACK_SECONDS:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(params.text("text")) > MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    url = params.text("url")
    if url and not url.startswith(f"https://t.me/{world.bot.username}?start="):
        raise bad_request("URL_INVALID")
    press.answer, press.alert, press.url = params.text("text"), params.flag("show_alert"), url
    world.changed.notify()
    return True


def answer_inline_query(world: World, params: Params) -> bool:
    """`answerInlineQuery`: up to 50 results with distinct ids."""
    ask = world.inline.get(params.text("inline_query_id"))
    if ask is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    results = params.items("results")
    if len(results) > MAX_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    numbers = [str(result.get("id", "")) if isinstance(result, dict) else "" for result in results]
    if not all(1 <= len(number.encode()) <= 64 for number in numbers):  # noqa: PLR2004 - Telegram's limit in bytes
        raise bad_request("RESULT_ID_INVALID")
    if len(set(numbers)) != len(numbers):
        raise bad_request("RESULT_ID_DUPLICATE")
    for result in results:
        read_buttons(Params(result))
        content = Params(result).mapping("input_message_content")
        if "message_text" in content:
            body_text(Params(content | {"text": content["message_text"]}))
    if len(params.text("next_offset").encode()) > MAX_OFFSET_BYTES:
        raise bad_request("NEXT_OFFSET_INVALID")
    ask.results, ask.next_offset = results, params.text("next_offset")
    ask.button, ask.personal = str(params.mapping("button").get("text", "")), params.flag("is_personal")
    world.changed.notify()
    return True


def nothing(_world: World, _params: Params) -> bool:
    """`logOut` and close: accepted, without effect here."""
    return True
