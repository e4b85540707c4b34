"""Cards that were posted with gaps, or while their translation was made: rendered anew and edited in place."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace

from telegram.error import TelegramError

from bot.arxiv_source.categories import names_in
from bot.corrections.posted import Edited, PostedMessage, PostedMessages
from bot.i18n import words_for
from bot.log import event, redact
from bot.render.card import Card, Place, render_card
from bot.render.digest_pieces import make_part
from bot.render.inline_card import inline_card
from storage import open_cards, papers, translations
from storage.database import Database
from storage.records import BilingualPaper, ChatKind, Destination, OpenCard, Part, PartKind, Translation

_log = logging.getLogger(__name__)


class PostedCards:
    """Edits them. Doing it again changes nothing."""

    def __init__(self, *, db: Database, posted: PostedMessages) -> None:
        self._db = db
        self._posted = posted

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

    async def show(self, card: OpenCard, texts: Translation, *, urgent: bool = False) -> bool:
        """Show these texts in a card; no more is made for it then. Whether it was edited.

        Raises TelegramError where that may go well another time.
        """
        async with self._db.read() as session:
            paper = (await papers.many(session, [(card.arxiv_id, card.version)])).get((card.arxiv_id, card.version))
            newest = (await papers.newest(session, [card.arxiv_id])).get(card.arxiv_id)
        if paper is None or newest is None or paper.source_hash != card.source_hash:
            await self._leave(card)
            return False
        shown = _rendered(card, BilingualPaper(paper, texts), max(newest.version, card.version))
        edited = await self._posted.edit(_message(card), _part(shown), lambda: self._stands(card), urgent=urgent)
        if edited is Edited.SUPERSEDED:
            return False
        if edited is Edited.GONE:
            await self._leave(card)
            return False
        if texts.complete:
            await self._leave(card)
        elif card.waiting:
            await self._keep(replace(card, waiting=False))
        return edited is Edited.DONE

    async def _stands(self, card: OpenCard) -> bool:
        async with self._db.read() as session:
            return await open_cards.at(session, card) == card

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


def _message(card: OpenCard) -> PostedMessage:
    kind = ChatKind.PRIVATE if card.chat_id > 0 else ChatKind.SUPERGROUP
    place = Destination(
        chat_id=card.chat_id, kind=kind, language=card.language, interface=card.interface, timezone="UTC"
    )
    return PostedMessage(place, card.message_id, card.inline_message_id)


def _part(shown: Card) -> Part:
    buttons = [
        [{name: value for name, value in asdict(button).items() if value is not None} for button in row]
        for row in shown.buttons
    ]
    return make_part(0, PartKind.MESSAGE, {"text": shown.text, "buttons": buttons})
