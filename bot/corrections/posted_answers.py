"""Digests that were shown on request with gaps: rendered anew from the archive and edited in place."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence

from telegram.error import TelegramError

from bot.corrections.posted import Edited, PostedMessage, PostedMessages
from bot.log import event, redact
from storage import digests, gaps, open_answers
from storage.database import Database
from storage.records import ChatKind, Destination, Digest, OpenAnswer, Part, PartKind

_log = logging.getLogger(__name__)


class PostedAnswers:
    """Edits them. Doing it again changes nothing. `render` makes the parts of a stored digest."""

    def __init__(
        self, *, db: Database, posted: PostedMessages, render: Callable[[Digest], Awaitable[Sequence[Part]]]
    ) -> None:
        self._db = db
        self._posted = posted
        self._render = render

    async def edit(self, arxiv_ids: Collection[str], language: str) -> tuple[int, set[str]]:
        """Show in the answers with these papers what the archive has now.

        Returns how many were edited, and the papers of those that could not be for the time being.
        """
        async with self._db.read() as session:
            answers = await open_answers.with_papers(session, language, arxiv_ids)
        edited = 0
        later: set[str] = set()
        for answer in answers:
            async with self._db.read() as session:
                digest = await digests.get(session, answer.digest_id)
            try:
                edited += await self._edit(answer, digest)
            except TelegramError as error:
                later |= {entry.arxiv_id for entry in digest.entries}
                event(_log, "answer_later", level=logging.WARNING, chat=answer.chat_id, reason=redact(str(error)))
        return edited, later

    async def _edit(self, answer: OpenAnswer, digest: Digest) -> bool:
        """Whether it was edited. Raises TelegramError where that may go well another time."""
        parts = await self._render(digest)
        part = next((part for part in parts if (part.kind is PartKind.DOCUMENT) == answer.is_file), None)
        if part is None:
            await self._leave(answer)
            return False
        kind = ChatKind.PRIVATE if answer.chat_id > 0 else ChatKind.SUPERGROUP
        place = Destination(
            chat_id=answer.chat_id, kind=kind, language=digest.language, interface=digest.interface, timezone="UTC"
        )
        edited = await self._posted.edit(PostedMessage(place, answer.message_id), part, lambda: self._stands(answer))
        if edited is Edited.SUPERSEDED:
            return False
        if edited is Edited.GONE:
            await self._leave(answer)
            return False
        async with self._db.read() as session:
            more = await gaps.open_among(session, [entry.arxiv_id for entry in digest.entries], digest.language)
        if not more:
            await self._leave(answer)
        return True

    async def _stands(self, answer: OpenAnswer) -> bool:
        async with self._db.read() as session:
            return await open_answers.at(session, answer.chat_id, answer.message_id) == answer

    async def _leave(self, answer: OpenAnswer) -> None:
        async with self._db.begin() as session:
            await open_answers.drop(session, answer.chat_id, answer.message_id)
