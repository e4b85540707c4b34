"""JOURNEY page looked at → its papers translated: on the account of the chat that looks, and shown where it stands.

A page is shown at once as the archive has it; what it lacks is translated beside that, and edited in while the message
still shows the page. A kill in between loses nothing: who turns back to the page sees what was made by then.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from telegram.error import TelegramError

from bot.corrections.posted import PostedMessage, PostedMessages
from bot.digests.digest_pages import DigestPages
from bot.log import event, redact
from bot.translate.budget import Payer
from bot.translate.chain import Chain
from bot.translate.stored import stored_translations
from storage.database import Database
from storage.errors import TROUBLE, reason_of
from storage.records import Destination, Layout

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page of a stored digest, from 1, in a layout."""

    digest_id: int
    page: int
    layout: Layout


class PageTranslation:
    """What each message shows, while a page of it is translated. `create_task` runs something beside the caller."""

    def __init__(
        self,
        *,
        db: Database,
        chain: Chain,
        pages: DigestPages,
        posted: PostedMessages,
        create_task: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._db = db
        self._chain = chain
        self._pages = pages
        self._posted = posted
        self._create_task = create_task
        self._shown: dict[tuple[int, int], ShownPage] = {}

    async def exhausted(self, chat_id: int) -> bool:
        """Whether the chat has used up what it may have translated today beside its digests."""
        return await self._chain.exhausted(Payer(chat_id))

    def begin(self, place: Destination, message_id: int, shown: ShownPage) -> None:
        """The message shows this page from now on."""
        key = place.chat_id, message_id
        under_way = key in self._shown
        self._shown[key] = shown
        if not under_way:
            self._create_task(self._translate(place, message_id))

    async def _translate(self, place: Destination, message_id: int) -> None:
        """Translate the page that the message shows, and the one it shows after that, until there is no other."""
        key, done = (place.chat_id, message_id), None
        try:
            while (shown := self._shown[key]) != done:
                await self._complete(place, message_id, shown)
                done = shown
        except (TelegramError, LookupError, *TROUBLE) as error:
            event(_log, "page_not_completed", level=logging.WARNING, chat=key[0], reason=redact(reason_of(error)))
        finally:
            del self._shown[key]

    async def _complete(self, place: Destination, message_id: int, shown: ShownPage) -> None:
        papers, language = await self._pages.untranslated(shown.digest_id, shown.page, shown.layout)
        if not papers:
            return
        made = await stored_translations(
            self._db, self._chain, papers, language, urgent=True, payer=Payer(place.chat_id)
        )
        part = await self._pages.page(shown.digest_id, shown.page, shown.layout)
        fuller = any(made[paper.source_hash].complete for paper in papers)
        if fuller:
            message = PostedMessage(place, message_id)
            await self._posted.edit(message, part, lambda: self._stands(message, shown), urgent=True)

    async def _stands(self, message: PostedMessage, shown: ShownPage) -> bool:
        return self._shown[message.place.chat_id, message.message_id] == shown
