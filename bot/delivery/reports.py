"""What people and the log hear of outcomes. Nothing that is sent waits for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from bot.log import event
from storage.delivery_outcomes import Done, Lost
from storage.records import RetryAt, Sent

_log = logging.getLogger(__name__)


async def _nobody_is_told(*_values: object) -> None:
    """For a desk without people."""


@dataclass(frozen=True, slots=True)
class Told:
    """Who hears of what: a destination that is lost, a database that cannot be written, refusals that may pass."""

    lost: Callable[[Lost], Awaitable[object]] = _nobody_is_told
    stuck: Callable[[str], Awaitable[object]] = _nobody_is_told
    refused: Callable[[str], Awaitable[object]] = _nobody_is_told


class Reports:
    """Tells of outcomes in tasks of their own; `finish` waits for those."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._tasks: set[asyncio.Task[object]] = set()

    def recorded(self, done: Collection[Done], lost: Collection[Lost]) -> None:
        """These outcomes are written down, and these destinations are lost by them."""
        for outcome in done:
            if isinstance(outcome.outcome, Sent):
                event(
                    _log,
                    "delivered" if outcome.delivery.message_id is None else "edited",
                    digest=outcome.delivery.digest_id,
                    chat=outcome.delivery.destination.chat_id,
                    part=outcome.delivery.number,
                    message=outcome.outcome.message_id,
                )
        answers = (outcome.outcome for outcome in done)
        refused = [answer.reason for answer in answers if isinstance(answer, RetryAt) and answer.refused]
        if refused:
            self.beside(self._told.refused(refused[0]))
        for lost_place in lost:
            self.beside(self._told.lost(lost_place))

    def stuck(self, reason: str) -> None:
        """The database cannot be written."""
        self.beside(self._told.stuck(reason))

    def beside(self, work: Awaitable[object]) -> None:
        """Do something that the rows do not wait for."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Wait for all of it."""
        if self._tasks:
            await asyncio.wait(self._tasks)
