"""Cards that were posted with gaps: rendered anew from the archive and edited in place."""

from __future__ import annotations

import logging
from collections.abc import Collection

from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot.arxiv_source.categories import names_in
from bot.handlers.ask import keyboard_of
from bot.i18n import words_for
from bot.log import event, redact
from bot.render.card import Place, render_card
from bot.sender import Sender
from storage import open_cards, papers, translations
from storage.database import Database
from storage.records import BilingualPaper, OpenCard, Translation

_log = logging.getLogger(__name__)


class PostedCards:
    """Edits them. Doing it again changes nothing."""

    def __init__(self, *, db: Database, sender: Sender) -> None:
        self._db = db
        self._sender = sender

    async def edit(self, source_hashes: Collection[str], language: str) -> tuple[int, set[str]]:
        """Show in the cards of these texts what the archive has now.

        Returns how many were edited, and the texts of those that could not be for the time being.
        """
        async with self._db.read() as session:
            cards = await open_cards.of_texts(session, source_hashes, language)
            made = await translations.current(session, source_hashes, language) if cards else {}
        edited = 0
        later: set[str] = set()
        for card in cards:
            texts = made.get(card.source_hash)
            if texts is None:
                continue
            try:
                edited += await self._edit(card, texts)
            except TelegramError as error:
                later.add(card.source_hash)
                event(_log, "card_later", level=logging.WARNING, chat=card.chat_id, reason=redact(str(error)))
        return edited, later

    async def _edit(self, card: OpenCard, texts: Translation) -> bool:
        """Whether it was edited. Raises TelegramError where that may go well another time."""
        async with self._db.read() as session:
            paper = (await papers.many(session, [(card.arxiv_id, card.version)])).get((card.arxiv_id, card.version))
            newest = (await papers.newest(session, [card.arxiv_id])).get(card.arxiv_id)
            # Whoever pressed a button of it meanwhile wants to see something else there.
            stands = await open_cards.at(session, card.chat_id, card.message_id) == card
        if not stands:
            return False
        if paper is None or newest is None or paper.source_hash != card.source_hash:
            await self._leave(card)
            return False
        words = words_for(card.interface)
        place = Place(
            card.arxiv_id,
            card.asked_version,
            card.language,
            card.other,
            max(newest.version, card.version),
            card.bot_name,
        )
        names = names_in(words.language, paper.categories)
        shown = render_card(BilingualPaper(paper, texts), words, category_names=names, place=place)
        keyboard = keyboard_of(shown.buttons)
        try:
            await self._sender.call(
                "editMessageText",
                card.chat_id,
                message_id=card.message_id,
                text=shown.text,
                parse_mode="HTML",
                link_preview_options={"is_disabled": True},
                reply_markup=keyboard.to_dict() if keyboard is not None else None,
            )
        except (BadRequest, Forbidden, ChatMigrated) as error:
            # Deleted, the same already, or in a chat that is closed to the bot: nobody misses the edit.
            event(_log, "card_left", chat=card.chat_id, reason=redact(str(error)))
            await self._leave(card)
            return False
        if texts.complete:
            await self._leave(card)
        return True

    async def _leave(self, card: OpenCard) -> None:
        async with self._db.begin() as session:
            await open_cards.drop(session, card.chat_id, card.message_id)
