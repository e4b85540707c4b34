"""The methods that change messages: edits, deletions, pins and reactions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.simulator import bot_rights as rights
from bot.simulator.api_errors import bad_request
from bot.simulator.chat_state import Chat, Message
from bot.simulator.markup import read_buttons
from bot.simulator.methods_send import body_text, caption_text, link_preview, read_document, rich_content
from bot.simulator.params import Params
from bot.simulator.shapes import Json, message_json
from bot.simulator.world import World

_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_MAX_DELETED = 100


def _target(world: World, params: Params) -> Message:
    if inline := params.text("inline_message_id"):
        if inline not in world.sent_inline or world.sent_inline[inline].deleted:
            raise bad_request("MESSAGE_ID_INVALID")
        return world.sent_inline[inline]
    if not params.integer("message_id"):
        raise bad_request("message identifier is not specified")
    chat = world.find(params.text("chat_id"))
    rights.speak(world, chat)
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    rights.own(world, chat, message)
    return message


def _apply(world: World, method: str, message: Message, **changes: Any) -> Json:
    """Change the message and note it in the record. An edit that changes nothing is refused."""
    compared = {name: value for name, value in changes.items() if name not in {"html", "link_preview"}}
    if all(getattr(message, name) == value for name, value in compared.items()):
        raise bad_request(_SAME)
    for name, value in changes.items():
        setattr(message, name, value)
    message.edited += 1
    message.edit_date = int(world.now())
    world.accept(method, message)
    return message_json(message)


def edit_message_text(world: World, params: Params) -> Json | bool:
    """`editMessageText`, also into or out of a rich message; True for what was sent by way of inline mode."""
    message = _target(world, params)
    if "rich_message" in params and world.speaks_rich:
        content = rich_content(params)
    else:
        text, entities = body_text(params)
        content = {"text": text, "entities": entities, "rich": (), "html": params.text("text")}
    if message.document:
        raise bad_request("there is no text in the message to edit")
    edited = _apply(
        world,
        "editMessageText",
        message,
        **content,
        buttons=read_buttons(params),
        link_preview=link_preview(params),
    )
    return True if params.text("inline_message_id") else edited


def edit_message_caption(world: World, params: Params) -> Json:
    """`editMessageCaption`."""
    message = _target(world, params)
    caption, entities = caption_text(params)
    if message.document is None:
        raise bad_request("there is no caption in the message to edit")
    return _apply(
        world,
        "editMessageCaption",
        message,
        document=replace(message.document, caption=caption),
        entities=entities,
        html=params.text("caption"),
        buttons=read_buttons(params),
    )


def edit_message_media(world: World, params: Params) -> Json:
    """`editMessageMedia`, documents only."""
    message = _target(world, params)
    media = params.mapping("media")
    if media.get("type") != "document":
        raise bad_request("unsupported media type in the request")
    inner = Params(media, params.files)
    caption, entities = caption_text(inner)
    reference = inner.text("media")
    upload = params.upload("media", reference) if reference else params.upload("media")
    document = read_document(world, upload, reference, caption)
    world.files[document.file_id] = document
    return _apply(
        world,
        "editMessageMedia",
        message,
        document=document,
        text="",
        entities=entities,
        html=inner.text("caption"),
        buttons=read_buttons(params),
    )


def edit_message_reply_markup(world: World, params: Params) -> Json:
    """`editMessageReplyMarkup`."""
    return _apply(world, "editMessageReplyMarkup", _target(world, params), buttons=read_buttons(params))


def _remove(world: World, method: str, chat: Chat, message: Message) -> None:
    rights.delete(world, chat, message)
    message.deleted = True
    del chat.messages[message.message_id]
    world.accept(method, message)


def delete_message(world: World, params: Params) -> bool:
    """`deleteMessage`."""
    chat = world.find(params.text("chat_id"))
    rights.inside(world, chat)
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    _remove(world, "deleteMessage", chat, message)
    return True


def delete_messages(world: World, params: Params) -> bool:
    """`deleteMessages`; ids that are not there are skipped."""
    chat = world.find(params.text("chat_id"))
    rights.inside(world, chat)
    numbers = params.items("message_ids")
    if not 1 <= len(numbers) <= _MAX_DELETED:
        raise bad_request(
            "message identifiers are not specified" if not numbers else "too many message identifiers specified"
        )
    for number in numbers:
        message = chat.messages.get(number) if isinstance(number, int) else None
        if message is not None:
            _remove(world, "deleteMessages", chat, message)
    return True


def pin_chat_message(world: World, params: Params) -> bool:
    """`pinChatMessage`; the chat sees a service message."""
    chat = world.find(params.text("chat_id"))
    rights.pin(world, chat)
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad_request("message to pin not found")
    chat.pinned = [number for number in chat.pinned if number != message.message_id] + [message.message_id]
    service = {"pinned_message": message_json(message, with_reply=False)}
    world.write(world.draft(chat, from_user=world.bot, thread_id=message.thread_id, service=service))
    return True


def unpin_chat_message(world: World, params: Params) -> bool:
    """`unpinChatMessage`: the one named, or the newest."""
    chat = world.find(params.text("chat_id"))
    rights.pin(world, chat)
    number = params.integer("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if number not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(number)
    world.changed.notify()
    return True


def set_message_reaction(world: World, params: Params) -> bool:
    """`setMessageReaction`: one emoji for a bot, an empty list takes it back."""
    chat = world.find(params.text("chat_id"))
    rights.inside(world, chat)
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad_request("message to react not found")
    reactions = params.items("reaction")
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if any(not isinstance(reaction, dict) or not reaction.get("emoji") for reaction in reactions):
        raise bad_request("REACTION_INVALID")
    message.reactions = tuple(str(reaction["emoji"]) for reaction in reactions)
    world.changed.notify()
    return True
