"""Whether the bot may write in a chat, as Telegram describes its place there. Pure."""

from __future__ import annotations

from telegram import ChatMember, ChatMemberAdministrator, ChatMemberRestricted
from telegram.constants import ChatMemberStatus, ChatType

_ABSENT = frozenset({ChatMemberStatus.LEFT, ChatMemberStatus.BANNED})


def may_post(kind: str, me: ChatMember, *, members_write: bool = True) -> bool:
    """Whether the bot, as this member of a chat of that kind, may write there.

    `members_write`: whether those who are no administrators may, see `by_the_group`.
    """
    if kind == ChatType.CHANNEL:
        return me.status == ChatMemberStatus.OWNER or (
            isinstance(me, ChatMemberAdministrator) and bool(me.can_post_messages)
        )
    if isinstance(me, ChatMemberRestricted):
        return me.is_member and me.can_send_messages
    if by_the_group(kind, me) and not members_write:
        return False
    return me.status not in _ABSENT


def by_the_group(kind: str, me: ChatMember) -> bool:
    """Whether it is the group's own permissions that decide: the bot is a member like others."""
    return kind in {ChatType.GROUP, ChatType.SUPERGROUP} and me.status == ChatMemberStatus.MEMBER
