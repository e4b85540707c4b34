"""Whether the bot may write in a chat, as Telegram describes its place there. Pure."""

from __future__ import annotations

from telegram import ChatMember, ChatMemberAdministrator, ChatMemberRestricted
from telegram.constants import ChatMemberStatus, ChatType

_ABSENT = frozenset({ChatMemberStatus.LEFT, ChatMemberStatus.BANNED})


def may_post(kind: str, me: ChatMember) -> bool:
    """Whether the bot, as this member of a chat of that kind, may write there."""
    if kind == ChatType.CHANNEL:
        return me.status == ChatMemberStatus.OWNER or (
            isinstance(me, ChatMemberAdministrator) and bool(me.can_post_messages)
        )
    if isinstance(me, ChatMemberRestricted):
        return me.is_member and me.can_send_messages
    return me.status not in _ABSENT
