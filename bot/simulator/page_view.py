"""State → what the chat page draws."""

from __future__ import annotations

import json
from typing import Any

from bot.simulator.chat_state import Chat, Message, User
from bot.simulator.shapes import entity_json
from bot.simulator.world import World

Json = dict[str, Any]
MAX_SHOWN = 200
_PREVIEW = 80
CHANNEL_SPEAKER = 0
_CHECKED = frozenset({"can_post_messages", "can_edit_messages"})
"""Rights that the people of this Telegram are given; of the others its administrators have all."""
_SERVICE_WORDS = {
    "pinned_message": "pinned a message",
    "new_chat_members": "joined the chat",
    "forum_topic_created": "opened the topic",
    "forum_topic_closed": "closed the topic",
    "forum_topic_reopened": "reopened the topic",
    "chat_shared": "chose a chat",
    "migrate_to_chat_id": "upgraded the group to a supergroup",
    "migrate_from_chat_id": "continues here as a supergroup",
}


def chats_view(world: World) -> list[Json]:
    """Every chat for the list, the busiest last minute first."""
    chats = [chat for chat in world.chats.values() if chat.upgraded_to is None]
    rows = [(_last(chat), _chat(chat)) for chat in chats]
    rows.sort(key=lambda row: (-(row[0].date if row[0] else 0), row[1]["title"]))
    return [row for _, row in rows]


def _last(chat: Chat) -> Message | None:
    return next((message for message in reversed(chat.messages.values()) if not message.service), None)


def _chat(chat: Chat) -> Json:
    last = _last(chat)
    return {
        "id": str(chat.id),
        "type": chat.type,
        "title": chat.title,
        "username": chat.username or "",
        "forum": chat.forum,
        "members": sum(member.present for member in chat.members.values()),
        "topics": [
            {"id": topic.thread_id, "name": topic.name, "closed": topic.closed} for topic in chat.topics.values()
        ],
        "last_id": last.message_id if last else 0,
        "last_thread": last.thread_id if last else 0,
        "date": last.date if last else 0,
        "preview": _preview(last) if last else "",
    }


def _preview(message: Message) -> str:
    text = " ".join(message.shown.split()) or (message.document.name if message.document else "")
    return text if len(text) <= _PREVIEW else text[:_PREVIEW] + "…"


def sender_name(message: Message) -> str:
    """Who a reader thinks wrote it."""
    if message.sender_chat:
        return message.sender_chat.title
    return message.from_user.first_name if message.from_user else ""


def messages_view(world: World, chat: Chat, thread_id: int) -> list[Json]:
    """The newest messages of a chat, in a forum those of one topic."""
    found = [message for message in chat.messages.values() if not chat.forum or message.thread_id == thread_id]
    return [_message(world, message) for message in found[-MAX_SHOWN:]]


def _message(world: World, message: Message) -> Json:
    document = message.document
    reply = message.reply_to
    return {
        "id": message.message_id,
        "sender": sender_name(message),
        "bot": message.from_user is world.bot,
        "mine": message.from_user is not world.bot and message.sender_chat is None and not message.automatic,
        "date": message.date,
        "edited": message.edited > 0,
        "silent": message.silent,
        "forwarded": sender_name(message.origin) if message.origin else "",
        "text": message.shown,
        "rich": list(message.rich),
        "entities": [entity_json(entity) for entity in message.entities],
        "document": document
        and {"id": document.file_id, "name": document.name, "size": len(document.content), "photo": document.photo},
        "reply": reply and {"id": reply.message_id, "sender": sender_name(reply), "preview": _preview(reply)},
        "buttons": [
            [{"text": button.text, "kind": button.action, "value": button.value} for button in row]
            for row in message.buttons
        ],
        "reactions": list(message.reactions),
        "pinned": message.message_id in message.chat.pinned,
        "service": _service(message),
    }


def _service(message: Message) -> str:
    if not message.service:
        return ""
    kind, detail = next(iter(message.service.items()))
    words = f"{sender_name(message)} {_SERVICE_WORDS.get(kind, kind.replace('_', ' '))}".strip()
    return f"{words} {detail['name']}" if kind == "forum_topic_created" else words


def doing_view(world: World, chat: Chat, thread_id: int) -> str:
    """What the bot is said to be doing there, such as `typing`; "" for nothing."""
    action, until = chat.doing.get(thread_id, ("", 0.0))
    return action if world.now() < until else ""


def keyboard_view(world: World, chat: Chat) -> list[Json]:
    """The keyboard below the field for typing; a button that asks for a chat comes with those that can be picked."""
    people = speakers(world, chat)
    return [
        {
            "text": text,
            "asks": "request_chat" in button,
            "chats": [
                {"id": str(chat.id), "type": chat.type, "title": chat.title}
                for chat in pickable(world, people[0], button["request_chat"])
            ]
            if "request_chat" in button and people
            else [],
        }
        for text, button in world.keyboards.get(chat.id, ())
    ]


def pickable(world: World, user: User, request: Json) -> list[Chat]:
    """The chats that an app offers for a button: of the kind asked for, where the person has the rights asked for."""
    rights = [name for name, granted in (request.get("user_administrator_rights") or {}).items() if granted]
    found = [
        chat
        for chat in world.chats.values()
        if chat.many
        and chat.upgraded_to is None
        and (chat.type == "channel") == bool(request["chat_is_channel"])
        and chat.member(user).present
        and (not rights or chat.member(user).administers)
        and all(chat.member(user).may(name) for name in rights if name in _CHECKED)
    ]
    return sorted(found, key=lambda chat: chat.title)


def speakers_view(world: World, chat: Chat) -> list[Json]:
    """Who can be spoken for in a chat; 0 stands for the channel itself."""
    if chat.type == "channel":
        return [{"id": CHANNEL_SPEAKER, "name": chat.title}]
    return [{"id": user.id, "name": user.first_name} for user in speakers(world, chat)]


def speakers(world: World, chat: Chat) -> list[User]:
    """The people in a chat, those who made it first."""
    people = [member for member in chat.members.values() if member.present and member.user is not world.bot]
    people.sort(key=lambda member: member.status != "creator")
    return [member.user for member in people]


def commands_view(world: World, chat: Chat) -> list[dict[str, str]]:
    """The commands that Telegram would suggest in a chat: the narrowest scope, the reader's language first."""
    everyone = speakers(world, chat)
    language = everyone[0].language_code[:2] if everyone else ""
    wide = "all_private_chats" if chat.type == "private" else "all_group_chats"
    for scope in ({"type": "chat", "chat_id": chat.id}, {"type": wide}, {"type": "default"}):
        for code in (language, ""):
            found = world.profile.commands.get((json.dumps(scope, sort_keys=True), code))
            if found:
                return found
    return []
