"""State → the Bot API's JSON objects."""

from __future__ import annotations

from typing import Any

from bot.simulator.chat_state import Chat, Document, Entity, Member, Message, User
from bot.simulator.markup import keyboard_json

Json = dict[str, Any]
# What the Bot API always states about an administrator.
ADMINISTRATOR_RIGHTS = (
    "can_manage_chat",
    "can_change_info",
    "can_delete_messages",
    "can_invite_users",
    "can_restrict_members",
    "can_promote_members",
    "can_manage_video_chats",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
MEMBER_RIGHTS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
    "can_edit_tag",
    "can_react_to_messages",
)


def user_json(user: User) -> Json:
    """A User; the bot carries no language."""
    body: Json = {"id": user.id, "is_bot": user.is_bot, "first_name": user.first_name}
    if user.username:
        body["username"] = user.username
    if not user.is_bot:
        body["language_code"] = user.language_code
    return body


def chat_json(chat: Chat) -> Json:
    """A Chat as it stands inside messages."""
    name = "first_name" if chat.type == "private" else "title"
    body: Json = {"id": chat.id, "type": chat.type, name: chat.title}
    if chat.username:
        body["username"] = chat.username
    if chat.forum:
        body["is_forum"] = True
    return body


def full_chat_json(chat: Chat) -> Json:
    """A ChatFullInfo, as getChat answers."""
    body = chat_json(chat) | {
        "accent_color_id": chat.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    if chat.type in {"group", "supergroup"}:
        body["permissions"] = dict.fromkeys(MEMBER_RIGHTS, True) | {"can_send_messages": chat.members_write}
    if chat.discussion:
        body["linked_chat_id"] = chat.discussion.id
    if chat.pinned and chat.pinned[-1] in chat.messages:
        body["pinned_message"] = message_json(chat.messages[chat.pinned[-1]])
    return body


def member_json(member: Member, chat: Chat) -> Json:
    """A ChatMember of the right kind."""
    body: Json = {"user": user_json(member.user), "status": member.status}
    if member.status == "creator":
        body["is_anonymous"] = member.rights.get("is_anonymous", False)
    elif member.status == "administrator":
        body |= {"can_be_edited": False, "is_anonymous": False}
        body |= dict.fromkeys(ADMINISTRATOR_RIGHTS, False) | member.rights | {"can_manage_chat": True}
        if chat.type == "channel":
            body |= {name: member.rights.get(name, False) for name in ("can_post_messages", "can_edit_messages")}
        else:
            body |= {name: member.rights.get(name, False) for name in ("can_pin_messages", "can_manage_topics")}
    elif member.status == "restricted":
        body |= dict.fromkeys(MEMBER_RIGHTS, True) | member.rights | {"is_member": True, "until_date": 0}
    elif member.status == "kicked":
        body["until_date"] = 0
    return body


def entity_json(entity: Entity) -> Json:
    """A MessageEntity."""
    body: Json = {"type": entity.type, "offset": entity.offset, "length": entity.length}
    if entity.url:
        body["url"] = entity.url
    if entity.language:
        body["language"] = entity.language
    if entity.user_id:
        body["user"] = {"id": entity.user_id, "is_bot": False, "first_name": str(entity.user_id)}
    if entity.custom_emoji_id:
        body["custom_emoji_id"] = entity.custom_emoji_id
    return body


def document_json(document: Document) -> Json:
    """A Document, or the sizes of a photo."""
    body: Json = {
        "file_id": document.file_id,
        "file_unique_id": f"u{document.file_id[-12:]}",
        "file_size": len(document.content),
    }
    if document.photo:
        return body | {"width": 640, "height": 480}
    return body | {"file_name": document.name, "mime_type": document.mime_type}


def message_json(message: Message, *, with_reply: bool = True) -> Json:
    """A Message as it stands now; the one it replies to is included once."""
    body: Json = {"message_id": message.message_id, "date": message.date, "chat": chat_json(message.chat)}
    if message.from_user:
        body["from"] = user_json(message.from_user)
    if message.sender_chat:
        body["sender_chat"] = chat_json(message.sender_chat)
    if message.reply_to and with_reply:
        body["reply_to_message"] = message_json(message.reply_to, with_reply=False)
    elif with_reply and (opening := message.chat.messages.get(message.thread_id)) not in {None, message}:
        # In a topic whatever replies to nothing replies to the message that opened it.
        body["reply_to_message"] = message_json(opening, with_reply=False)
    if message.edit_date is not None:
        body["edit_date"] = message.edit_date
    if message.automatic:
        body["is_automatic_forward"] = True
    if message.buttons:
        body["reply_markup"] = keyboard_json(message.buttons)
    if message.link_preview:
        body["link_preview_options"] = message.link_preview
    return body | _source(message) | _thread(message) | _content(message) | message.service


def _source(message: Message) -> Json:
    origin: Json = {"forward_origin": _origin(message.origin)} if message.origin else {}
    return origin | ({"via_bot": user_json(message.via_bot)} if message.via_bot else {})


def _thread(message: Message) -> Json:
    if message.thread_id:
        return {"message_thread_id": message.thread_id, "is_topic_message": True}
    if message.reply_to and message.chat.type == "supergroup" and not message.chat.forum:
        # Replies in plain supergroups carry the root of their thread, though it is no topic and cannot be sent to.
        return {"message_thread_id": _root(message).message_id}
    return {}


def _content(message: Message) -> Json:
    entities = [entity_json(entity) for entity in message.entities]
    if message.document:
        shape = document_json(message.document)
        body: Json = {"photo": [shape]} if message.document.photo else {"document": shape}
        if message.document.caption:
            body["caption"] = message.document.caption
            if entities:
                body["caption_entities"] = entities
        return body
    if message.rich:
        return {"rich_message": {"blocks": list(message.rich)}}
    if not message.text:
        return {}
    return {"text": message.text} | ({"entities": entities} if entities else {})


def _root(message: Message) -> Message:
    while message.reply_to:
        message = message.reply_to
    return message


def _origin(message: Message) -> Json:
    if message.chat.type == "channel":
        chat = chat_json(message.chat)
        return {"type": "channel", "date": message.date, "chat": chat, "message_id": message.message_id}
    if message.sender_chat:
        return {"type": "chat", "date": message.date, "sender_chat": chat_json(message.sender_chat)}
    sender = message.from_user or User(0, "Deleted Account")
    return {"type": "user", "date": message.date, "sender_user": user_json(sender)}
