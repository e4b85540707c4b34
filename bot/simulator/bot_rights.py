"""Whether the bot may do what it asks, in Telegram's words when it may not."""

from __future__ import annotations

from bot.simulator.api_errors import bad_request, forbidden
from bot.simulator.chat_state import Chat, Message
from bot.simulator.world import World

_KIND = {"group": "group chat", "supergroup": "supergroup chat", "channel": "channel chat"}
# Telegram lets a bot delete its messages for two days.
DELETABLE_SECONDS = 48 * 3600


def inside(world: World, chat: Chat) -> None:
    """The bot must be in the chat, or be allowed to write to the person."""
    if chat.type == "private":
        user = world.users[chat.id]
        if user.deactivated:
            raise forbidden("user is deactivated")
        if user.blocked:
            raise forbidden("bot was blocked by the user")
        if not user.started:
            raise forbidden("bot can't initiate conversation with a user")
        return
    member = chat.member(world.bot)
    if member.status == "kicked":
        raise forbidden(f"bot was kicked from the {_KIND[chat.type]}")
    if not member.present:
        raise forbidden(f"bot is not a member of the {_KIND[chat.type]}")


def speak(world: World, chat: Chat, thread_id: int = 0) -> None:
    """The bot must be allowed to post in the chat and, in a forum, in the topic."""
    inside(world, chat)
    member = chat.member(world.bot)
    if chat.type == "channel" and not member.may("can_post_messages"):
        raise bad_request("need administrator rights in the channel chat")
    silent = member.status == "restricted" and not member.rights.get("can_send_messages", True)
    if silent or (member.status == "member" and not chat.members_write):
        raise bad_request("not enough rights to send text messages to the chat")
    if thread_id:
        # General has no thread id of its own to send to: 1 is refused like any unknown one.
        topic = chat.topics.get(thread_id)
        if topic is None:
            raise bad_request("message thread not found")
        if topic.closed and not member.may("can_manage_topics"):
            raise bad_request("TOPIC_CLOSED")


def own(world: World, chat: Chat, message: Message) -> None:
    """Only the bot's own messages can be edited by it; in a channel, posts of others with the right to."""
    posted = message.from_user is world.bot
    if not posted and not (chat.type == "channel" and chat.member(world.bot).may("can_edit_messages")):
        raise bad_request("message can't be edited")


def delete(world: World, chat: Chat, message: Message) -> None:
    """The bot may delete its own messages for two days, others' in private chats and as administrator."""
    member = chat.member(world.bot)
    fresh = world.now() - message.date <= DELETABLE_SECONDS
    if member.may("can_delete_messages") or (fresh and (message.from_user is world.bot or chat.type == "private")):
        return
    raise bad_request("message can't be deleted")


def pin(world: World, chat: Chat) -> None:
    """Pinning needs a right everywhere but in private chats and small groups."""
    inside(world, chat)
    right = "can_edit_messages" if chat.type == "channel" else "can_pin_messages"
    if chat.type in {"supergroup", "channel"} and not chat.member(world.bot).may(right):
        raise bad_request("not enough rights to manage pinned messages in the chat")


def topics(world: World, chat: Chat) -> None:
    """Topics exist in forums and are opened by those who may manage them."""
    inside(world, chat)
    if not chat.forum:
        raise bad_request("the chat is not a forum")
    if not chat.member(world.bot).may("can_manage_topics"):
        raise bad_request("not enough rights to create a topic")
