"""How long arXiv wants to be left alone, for feeds, pages and lookups together."""

from __future__ import annotations

from datetime import timedelta

from bot.arxiv_source.errors import ArxivUnavailable
from bot.arxiv_source.request_queue import RequestQueue
from storage.records import Now

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(minutes=32)


class Pauses:
    """Remembers what arXiv said. Whoever is refused again and again waits longer each time, whatever arXiv says."""

    def __init__(self, *, requests: RequestQueue, now: Now) -> None:
        self._requests = requests
        self._now = now
        self._held: ArxivUnavailable | None = None
        self._refusals = 0
        """How often in a row arXiv has asked for a pause."""

    def answered(self) -> None:
        """ArXiv has answered as it should."""
        self._refusals = 0

    def noticed(self, error: ArxivUnavailable) -> ArxivUnavailable:
        """An answer that may ask for a pause: as an error that says until when."""
        if error.retry_at is None:
            return error
        at_least = self._now() + min(_FIRST_PAUSE * 2**self._refusals, _LONGEST_PAUSE)
        self._refusals += 1
        self._held = ArxivUnavailable(error.reason, max(error.retry_at, at_least))
        self._requests.hold(max(error.retry_at, at_least))
        return self._held

    def refuse_while_held(self) -> None:
        """Raises ArxivUnavailable during a pause that arXiv has asked for."""
        if self._held is None or self._held.retry_at is None:
            return
        if self._now() < self._held.retry_at:
            raise ArxivUnavailable(self._held.reason, self._held.retry_at)
        self._held = None
