"""Answers of arXiv's feeds and pages that are kept, so that arXiv can say in few bytes that nothing has changed."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from sqlalchemy.exc import SQLAlchemyError

from bot.log import event
from storage import cached_answers
from storage.database import Database
from storage.records import KeptAnswer

_log = logging.getLogger(__name__)


class Kept:
    """Keeps answers in the database; where it does not answer, arXiv is asked without conditions."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, url: str) -> KeptAnswer | None:
        """What that address answered last, if that was kept."""
        found: KeptAnswer | None = None
        async with self._or_without(), self._db.read() as session:
            found = await cached_answers.get(session, url)
        return found  # noqa: RET504 - still None where the database did not answer

    async def keep(self, answer: KeptAnswer) -> None:
        """Keep a whole answer. What cannot be asked about (see `conditions`) is not worth keeping."""
        if conditions(answer):
            async with self._or_without(), self._db.begin() as session:
                await cached_answers.keep(session, answer)

    async def forget(self, url: str) -> None:
        """Have that address answer in full next time."""
        async with self._or_without(), self._db.begin() as session:
            await cached_answers.forget(session, url)

    @asynccontextmanager
    async def _or_without(self) -> AsyncIterator[None]:
        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            # The class says enough: the sentences of databases hold statements and addresses.
            event(_log, "kept_answers_unavailable", level=logging.WARNING, reason=type(error).__name__)


def conditions(known: KeptAnswer | None) -> Mapping[str, str]:
    """The headers that ask for an answer only if it is another one (RFC 9110, 13.1)."""
    if known is None:
        return {}
    told = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in told.items() if value}
