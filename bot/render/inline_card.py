"""The card that inline mode sends to any chat: the same texts, and buttons that only open something."""

from __future__ import annotations

from collections.abc import Mapping

from bot.i18n import Words
from bot.render.button import Button
from bot.render.card import Card, link_buttons, render_card
from bot.render.deep_link import paper_link
from storage.records import BilingualPaper


def inline_card(entry: BilingualPaper, words: Words, bot_name: str, *, category_names: Mapping[str, str]) -> Card:
    """Nobody knows where it stands, so that its last button opens it in the private chat with the bot."""
    card = render_card(entry, words, category_names=category_names)
    arxiv_id = entry.paper.arxiv_id
    opened = Button(words("button-open-in-bot"), url=paper_link(bot_name, arxiv_id))
    return Card(card.text, (tuple(link_buttons(entry.paper, words, reference=arxiv_id)), (opened,)))
