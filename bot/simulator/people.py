"""Users, chats and who may do what in them: the part of the Python API that sets the scene."""

from __future__ import annotations

from collections.abc import Iterable

from bot.simulator.chat_state import Chat, Member, Message, Topic, User
from bot.simulator.methods_chat import open_topic
from bot.simulator.world import World

_GROUP_RIGHTS = (
    "can_delete_messages",
    "can_invite_users",
    "can_restrict_members",
    "can_pin_messages",
    "can_manage_topics",
)
_CHANNEL_RIGHTS = ("can_post_messages", "can_edit_messages", "can_delete_messages", "can_invite_users")


def _rights(chat: Chat, given: dict[str, bool]) -> dict[str, bool]:
    usual = _CHANNEL_RIGHTS if chat.type == "channel" else _GROUP_RIGHTS
    return dict.fromkeys(usual, True) | given


class People:
    """Sets up users and chats. What people do reaches the bot as updates; what is there from the start does not."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.bot = world.bot

    def add_user(self, first_name: str, *, username: str | None = None, language_code: str = "en") -> User:
        """A person who has never met the bot: it cannot write to them yet."""
        return self.world.new_user(first_name, username, language_code)

    def private_chat(self, user: User) -> Chat:
        """The person's private chat with the bot, opened: the bot may write there. Nothing is said; `say` does that."""
        user.started = True
        return self.world.private(user)

    def add_group(
        self,
        title: str,
        *,
        creator: User,
        members: Iterable[User] = (),
        administrators: Iterable[User] = (),
        forum: bool = False,
        supergroup: bool = True,
        bot: bool = True,
    ) -> Chat:
        """A group; the bot is a plain member of it unless `bot` is false."""
        chat = self.world.new_chat("supergroup" if supergroup or forum else "group", title, forum=forum)
        for user in members:
            chat.members[user.id] = Member(user)
        for user in administrators:
            chat.members[user.id] = Member(user, "administrator", _rights(chat, {}))
        chat.members[creator.id] = Member(creator, "creator")
        if bot:
            chat.members[self.bot.id] = Member(self.bot)
        return chat

    def add_topic(self, chat: Chat, name: str) -> int:
        """A topic of a forum; its thread id."""
        return open_topic(self.world, chat, name, self._creator(chat)).thread_id

    def topic(self, chat: Chat, thread_id: int) -> Topic:
        """The topic of this thread id, to look at it or to close it."""
        return chat.topics[thread_id]

    def close_topic(self, chat: Chat, thread_id: int) -> None:
        """Nobody but those who manage topics writes there any more."""
        self._topic_changes(chat, thread_id, "forum_topic_closed", closed=True)

    def reopen_topic(self, chat: Chat, thread_id: int) -> None:
        """Everybody writes there again."""
        self._topic_changes(chat, thread_id, "forum_topic_reopened", closed=False)

    def delete_topic(self, chat: Chat, thread_id: int) -> None:
        """The topic goes with its messages; bots do not hear of that."""
        del chat.topics[thread_id]
        chat.messages = {number: message for number, message in chat.messages.items() if message.thread_id != thread_id}
        self.world.changed.notify()

    def _topic_changes(self, chat: Chat, thread_id: int, service: str, *, closed: bool) -> None:
        chat.topics[thread_id].closed = closed
        message = self.world.draft(chat, from_user=self._creator(chat), thread_id=thread_id, service={service: {}})
        self.world.write(message)
        self.world.tell(message)

    def add_channel(
        self, title: str, username: str | None = None, *, creator: User, bot_posts: bool | None = True
    ) -> Chat:
        """A channel. The bot administers it and may post; False: without that right; None: it is not there."""
        chat = self.world.new_chat("channel", title, username=username)
        chat.members[creator.id] = Member(creator, "creator")
        if bot_posts is not None:
            rights = _rights(chat, {"can_post_messages": bot_posts})
            chat.members[self.bot.id] = Member(self.bot, "administrator", rights)
        return chat

    def link(self, channel: Chat, group: Chat) -> None:
        """Make the group the channel's discussion: its posts are forwarded there from now on."""
        channel.discussion, group.discussion = group, None

    def join(self, chat: Chat, user: User) -> None:
        """A person comes into a chat."""
        self.world.set_member(chat, user, "member", {}, user)

    def leave(self, chat: Chat, user: User) -> None:
        """A person leaves a chat."""
        self.world.set_member(chat, user, "left", {}, user)

    def promote(self, chat: Chat, user: User, **rights: bool) -> None:
        """Make someone, or the bot, an administrator with the usual rights and these changes."""
        self.world.set_member(chat, user, "administrator", _rights(chat, rights), self._creator(chat))

    def demote(self, chat: Chat, user: User) -> None:
        """Make an administrator a plain member; in a channel a bot is out by that."""
        out = chat.type == "channel" and user.is_bot
        self.world.set_member(chat, user, "left" if out else "member", {}, self._creator(chat))

    def mute(self, chat: Chat, user: User) -> None:
        """Take the right to write from someone, or from the bot."""
        self.world.set_member(chat, user, "restricted", {"can_send_messages": False}, self._creator(chat))

    def add_bot(self, chat: Chat, by: User, *, posts: bool = True) -> Message | None:
        """Someone brings the bot in: a group gets a member and its service message, a channel an administrator."""
        if chat.type == "channel":
            rights = _rights(chat, {"can_post_messages": posts})
            self.world.set_member(chat, self.bot, "administrator", rights, by)
            return None
        self.world.set_member(chat, self.bot, "member", {}, by)
        bot = {"id": self.bot.id, "is_bot": True, "first_name": self.bot.first_name, "username": self.bot.username}
        arrival = self.world.write(self.world.draft(chat, from_user=by, service={"new_chat_members": [bot]}))
        self.world.tell(arrival)
        return arrival

    def kick_bot(self, chat: Chat, by: User | None = None) -> None:
        """The bot is thrown out."""
        self.world.set_member(chat, self.bot, "kicked", {}, by or self._creator(chat))

    def block(self, user: User) -> None:
        """The person blocks the bot."""
        user.blocked = True
        self.world.set_member(self.world.private(user), self.bot, "kicked", {}, user)

    def unblock(self, user: User) -> None:
        """The person lets the bot write again."""
        user.blocked = False
        self.world.set_member(self.world.private(user), self.bot, "member", {}, user)

    def upgrade(self, group: Chat) -> Chat:
        """The group becomes a supergroup with a new id; the old one answers with it."""
        return self.world.upgrade(group)

    def _creator(self, chat: Chat) -> User:
        return next((member.user for member in chat.members.values() if member.status == "creator"), self.bot)
