"""The table of buttons that call back. Each checks again who may do what it does: the data can be made up."""

from __future__ import annotations

from dataclasses import dataclass

from bot.handlers import data
from bot.handlers.admin import admin_commands as admin
from bot.handlers.ask import Handler
from bot.handlers.digests import digest_page
from bot.handlers.digests.digest_command import press_digest
from bot.handlers.notify.owners import TOPIC
from bot.handlers.papers import paper_card as card
from bot.handlers.papers import paper_search as search
from bot.handlers.papers import reading_list
from bot.handlers.papers.shared_message import or_in_private
from bot.handlers.settings import channels, paging, setup
from bot.handlers.settings import setting_commands as settings
from bot.handlers.settings.lost_topic import press_topic
from bot.render.digest_buttons import LAYOUT, PAGE


@dataclass(frozen=True, slots=True)
class PressHandler:
    """What happens when a button of this name is pressed; its arguments come as the ask's."""

    name: str
    handler: Handler
    administrators_only: bool = False


BUTTONS: tuple[PressHandler, ...] = (
    PressHandler("digest", press_digest),
    PressHandler(paging.SETTINGS, settings.press_settings),
    PressHandler(paging.SETUP, setup.press_setup),
    PressHandler(paging.CHANNELS, channels.press_channels),
    PressHandler(TOPIC, press_topic),
    PressHandler("card", or_in_private("card", card.show_card)),
    PressHandler("bib", or_in_private("bib", card.show_bibtex)),
    PressHandler("open", card.open_card),
    PressHandler(PAGE, digest_page.turn_page),
    PressHandler(LAYOUT, digest_page.change_layout),
    PressHandler("like", or_in_private("like", search.show_similar)),
    PressHandler("find", search.turn_page),
    PressHandler("save", reading_list.press_save),
    PressHandler("saved", reading_list.turn_page),
    PressHandler("unsave", reading_list.press_unsave),
    PressHandler("file", reading_list.press_file),
    PressHandler("forget", data.press_forget),
    PressHandler("resend", admin.resend, administrators_only=True),
    PressHandler("arrived", admin.arrived, administrators_only=True),
)
