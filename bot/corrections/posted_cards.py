"""Cards that were posted with gaps, or while their translation was made: rendered anew and edited in place."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace

from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot.arxiv_source.categories import names_in
from bot.delivery.sender import Sender
from bot.i18n import words_for
from bot.log import event, redact
from bot.render.card import Card, Place, render_card
from bot.render.inline_card import inline_card
from bot.telegram_api.refusals import says_unchanged
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
                edited += await self.show(card, texts)
            except TelegramError as error:
                later.add(card.source_hash)
                event(_log, "card_later", level=logging.WARNING, chat=card.chat_id, reason=redact(str(error)))
        return edited, later

    async def finish(self, cards: Sequence[OpenCard], texts: Mapping[tuple[str, int], Translation]) -> int:
        """Show in each of these cards the texts of its paper (by id and version); how many were edited."""
        edited = 0
        for card in cards:
            known = texts.get((card.arxiv_id, card.version))
            if known is None:
                await self._leave(card)
                continue
            try:
                edited += await self.show(card, known)
            except TelegramError as error:
                event(_log, "card_later", level=logging.WARNING, chat=card.chat_id, reason=redact(str(error)))
        return edited

    async def show(self, card: OpenCard, texts: Translation) -> bool:
        """Show these texts in a card; no more is made for it then. Whether it was edited.

        Raises TelegramError where that may go well another time.
        """
        async with self._db.read() as session:
            paper = (await papers.many(session, [(card.arxiv_id, card.version)])).get((card.arxiv_id, card.version))
            newest = (await papers.newest(session, [card.arxiv_id])).get(card.arxiv_id)
            # Whoever pressed a button of it meanwhile wants to see something else there.
            stands = await open_cards.at(session, card) == card
        if not stands:
            return False
        if paper is None or newest is None or paper.source_hash != card.source_hash:
            await self._leave(card)
            return False
        shown = _rendered(card, BilingualPaper(paper, texts), max(newest.version, card.version))
        keyboard = [
            [{key: value for key, value in asdict(button).items() if value is not None} for button in row]
            for row in shown.buttons
        ]
        where = (
            {"inline_message_id": card.inline_message_id} if card.inline_message_id else {"message_id": card.message_id}
        )
        try:
            await self._sender.call(
                "editMessageText",
                card.chat_id,
                **where,
                text=shown.text,
                parse_mode="HTML",
                link_preview_options={"is_disabled": True},
                reply_markup={"inline_keyboard": keyboard},
            )
        except (BadRequest, Forbidden, ChatMigrated) as error:
            edited = False
            if not says_unchanged(error):
                # Deleted, or in a chat that is closed to the bot: nobody misses the edit.
                event(_log, "card_left", chat=card.chat_id, reason=redact(str(error)))
                await self._leave(card)
                return False
        else:
            edited = True
        if texts.complete:
            await self._leave(card)
        elif card.waiting:
            await self._keep(replace(card, waiting=False))
        return edited

    async def _keep(self, card: OpenCard) -> None:
        async with self._db.begin() as session:
            await open_cards.keep(session, card)

    async def _leave(self, card: OpenCard) -> None:
        async with self._db.begin() as session:
            await open_cards.drop(session, card)


def _rendered(card: OpenCard, entry: BilingualPaper, newest: int) -> Card:
    words = words_for(card.interface)
    names = names_in(words.language, entry.paper.categories)
    if card.inline_message_id:
        return inline_card(entry, words, card.bot_name, category_names=names)
    place = Place(card.arxiv_id, card.asked_version, card.language, card.other, newest, card.bot_name)
    return render_card(entry, words, category_names=names, place=place)
