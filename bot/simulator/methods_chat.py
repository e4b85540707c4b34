"""The methods about chats, their members and topics."""

from __future__ import annotations

from bot.simulator import bot_rights as rights
from bot.simulator.api_errors import ApiError, bad_request
from bot.simulator.chat_state import Chat, Topic, User
from bot.simulator.params import Params
from bot.simulator.shapes import Json, full_chat_json, member_json
from bot.simulator.world import World

_MAX_TOPIC_NAME = 128


def get_chat(world: World, params: Params) -> Json:
    """`getChat`: chats the bot is in, people who wrote to it, public chats by name."""
    chat = world.find(params.text("chat_id"))
    if chat.type == "private":
        if not world.users[chat.id].started:
            raise bad_request("chat not found")
    elif not chat.username:
        rights.inside(world, chat)
    return full_chat_json(chat)


def _listed(world: World, params: Params) -> Chat:
    chat = world.find(params.text("chat_id"))
    if chat.type == "channel" and not chat.member(world.bot).administers:
        try:
            rights.inside(world, chat)
        except ApiError as error:
            if "kicked" in error.description:
                raise
        raise bad_request("member list is inaccessible")
    if chat.many:
        rights.inside(world, chat)
    return chat


def get_chat_member(world: World, params: Params) -> Json:
    """`getChatMember`; `left` for people who are not there."""
    chat = _listed(world, params)
    user = world.users.get(params.integer("user_id"))
    if user is None:
        raise bad_request("invalid user_id specified")
    return member_json(chat.member(user), chat)


def get_chat_administrators(world: World, params: Params) -> list[Json]:
    """`getChatAdministrators`: creator and administrators; of the bots only this one is listed."""
    chat = _listed(world, params)
    if not chat.many:
        raise bad_request("there are no administrators in the private chat")
    return [member_json(member, chat) for member in chat.members.values() if member.administers]


def get_chat_member_count(world: World, params: Params) -> int:
    """`getChatMemberCount`."""
    return sum(member.present for member in _listed(world, params).members.values())


def leave_chat(world: World, params: Params) -> bool:
    """`leaveChat`."""
    chat = world.find(params.text("chat_id"))
    rights.inside(world, chat)
    if not chat.many:
        raise bad_request("chat not found")
    world.set_member(chat, world.bot, "left", {}, world.bot)
    return True


def create_forum_topic(world: World, params: Params) -> Json:
    """`createForumTopic`; the thread id is the id of the service message that opens it."""
    chat = world.find(params.text("chat_id"))
    rights.topics(world, chat)
    name = params.text("name").strip()
    if not 1 <= len(name) <= _MAX_TOPIC_NAME:
        raise bad_request("TOPIC_TITLE_EMPTY" if not name else "TOPIC_TITLE_TOO_LONG")
    topic = open_topic(world, chat, name, world.bot)
    return {"message_thread_id": topic.thread_id, "name": topic.name, "icon_color": 0x6FB9F0}


def open_topic(world: World, chat: Chat, name: str, by: User) -> Topic:
    """A new topic with its service message."""
    service = {"forum_topic_created": {"name": name, "icon_color": 0x6FB9F0}}
    opening = world.write(world.draft(chat, from_user=by, service=service))
    opening.thread_id = opening.message_id
    topic = Topic(opening.message_id, name)
    chat.topics[topic.thread_id] = topic
    return topic


def _set_closed(world: World, params: Params, *, closed: bool) -> bool:
    chat = world.find(params.text("chat_id"))
    rights.topics(world, chat)
    topic = chat.topics.get(params.integer("message_thread_id"))
    if topic is None:
        raise bad_request("TOPIC_ID_INVALID")
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    world.changed.notify()
    return True


def close_forum_topic(world: World, params: Params) -> bool:
    """`closeForumTopic`."""
    return _set_closed(world, params, closed=True)


def reopen_forum_topic(world: World, params: Params) -> bool:
    """`reopenForumTopic`."""
    return _set_closed(world, params, closed=False)
