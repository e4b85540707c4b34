"""The table of methods, by the name in lower case: Telegram does not mind how a method is capitalised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.simulator import methods_bot, methods_chat, methods_edit, methods_send
from bot.simulator.params import Params
from bot.simulator.world import World

Method = Callable[[World, Params], Any]
_TABLE: dict[str, Method] = {
    "sendMessage": methods_send.send_message,
    "sendRichMessage": methods_send.send_rich_message,
    "sendMessageDraft": methods_send.send_message_draft,
    "sendDocument": methods_send.send_document,
    "sendChatAction": methods_send.send_chat_action,
    "copyMessage": methods_send.copy_message,
    "forwardMessage": methods_send.forward_message,
    "forwardMessages": methods_send.forward_messages,
    "editMessageText": methods_edit.edit_message_text,
    "editMessageCaption": methods_edit.edit_message_caption,
    "editMessageMedia": methods_edit.edit_message_media,
    "editMessageReplyMarkup": methods_edit.edit_message_reply_markup,
    "deleteMessage": methods_edit.delete_message,
    "deleteMessages": methods_edit.delete_messages,
    "pinChatMessage": methods_edit.pin_chat_message,
    "unpinChatMessage": methods_edit.unpin_chat_message,
    "setMessageReaction": methods_edit.set_message_reaction,
    "getChat": methods_chat.get_chat,
    "getChatMember": methods_chat.get_chat_member,
    "getChatAdministrators": methods_chat.get_chat_administrators,
    "getChatMemberCount": methods_chat.get_chat_member_count,
    "leaveChat": methods_chat.leave_chat,
    "createForumTopic": methods_chat.create_forum_topic,
    "closeForumTopic": methods_chat.close_forum_topic,
    "reopenForumTopic": methods_chat.reopen_forum_topic,
    "getMe": methods_bot.get_me,
    "setMyCommands": methods_bot.set_my_commands,
    "getMyCommands": methods_bot.get_my_commands,
    "deleteMyCommands": methods_bot.delete_my_commands,
    "setMyName": methods_bot.set_my_name,
    "getMyName": methods_bot.get_my_name,
    "setMyDescription": methods_bot.set_my_description,
    "getMyDescription": methods_bot.get_my_description,
    "setMyShortDescription": methods_bot.set_my_short_description,
    "getMyShortDescription": methods_bot.get_my_short_description,
    "setChatMenuButton": methods_bot.set_chat_menu_button,
    "getChatMenuButton": methods_bot.get_chat_menu_button,
    "getFile": methods_bot.get_file,
    "answerCallbackQuery": methods_bot.answer_callback_query,
    "answerInlineQuery": methods_bot.answer_inline_query,
    "logOut": methods_bot.nothing,
    "close": methods_bot.nothing,
}
METHODS: Mapping[str, Method] = {name.lower(): method for name, method in _TABLE.items()}
# Those that write a message, which is what Telegram's flood limits count.
WRITING = frozenset(
    {"sendmessage", "sendrichmessage", "senddocument", "copymessage", "forwardmessage", "forwardmessages"}
)
