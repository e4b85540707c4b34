"""Lookups of papers by id: equal ones are one, and those that wait at the same time share requests."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from bot.arxiv_source.errors import ArxivUnavailable
from bot.arxiv_source.ids import ArxivId
from bot.arxiv_source.lookup_api import MOST_IDS, LookupApi
from bot.arxiv_source.pauses import Pauses
from bot.arxiv_source.request_queue import RequestQueue
from storage.records import Paper


class LookupBatches:
    """Asks the API for papers, in as few requests as may hold their ids."""

    def __init__(self, *, requests: RequestQueue, api: LookupApi, pauses: Pauses) -> None:
        self._requests = requests
        self._api = api
        self._pauses = pauses
        self._lookups: dict[ArxivId, asyncio.Future[Paper | None]] = {}
        self._unasked: list[ArxivId] = []
        self._asking: asyncio.Task[None] | None = None

    @property
    def under_way(self) -> asyncio.Task[None] | None:
        """The task that asks at present."""
        return self._asking

    async def papers(self, ids: Sequence[ArxivId]) -> dict[ArxivId, Paper]:
        """The papers with these ids; an id that arXiv does not have is absent. Raises ArxivUnavailable."""
        if not ids:
            return {}
        self._pauses.refuse_while_held()
        shared = {paper_id: self._lookup(paper_id) for paper_id in ids}
        await asyncio.wait(shared.values())
        return {paper_id: paper for paper_id, future in shared.items() if (paper := future.result()) is not None}

    def _lookup(self, arxiv_id: ArxivId) -> asyncio.Future[Paper | None]:
        future = self._lookups.get(arxiv_id)
        if future is None:
            future = self._lookups[arxiv_id] = asyncio.get_running_loop().create_future()
            future.add_done_callback(lambda done: retrieve(self._lookups.pop(arxiv_id, done)))
            self._unasked.append(arxiv_id)
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_waiting())
        return future

    async def _ask_waiting(self) -> None:
        """Send requests until no lookup is left."""
        try:
            while self._unasked:
                await self._requests.take(self._ask_some, urgent=True)
        except ArxivUnavailable as stopping:
            self._unasked.clear()
            for future in self._lookups.values():
                if not future.done():
                    future.set_exception(stopping)
        finally:
            self._asking = None

    async def _ask_some(self) -> None:
        """One request for as many waiting lookups as may share it."""
        batch = self._batch()
        found: dict[ArxivId, Paper] = {}
        failed: Exception | None = None
        try:
            self._pauses.refuse_while_held()
            found = await self._api.papers(batch)
            self._pauses.answered()
        except ArxivUnavailable as error:
            failed = self._pauses.noticed(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait for these ids must hear of it
            failed = error
        for paper_id in batch:
            future = self._lookups[paper_id]
            if failed is not None:
                future.set_exception(failed)
            else:
                future.set_result(found.get(paper_id))

    def _batch(self) -> list[ArxivId]:
        """Ids for one request: no paper twice, because an answer cannot tell for which of two versions it is."""
        chosen: dict[str, ArxivId] = {}
        for paper_id in self._unasked:
            if len(chosen) < MOST_IDS:
                chosen.setdefault(paper_id.arxiv_id, paper_id)
        batch = list(chosen.values())
        taken = set(batch)
        self._unasked = [wanted_paper for wanted_paper in self._unasked if wanted_paper not in taken]
        return batch


def retrieve(done: asyncio.Future[Any]) -> None:
    """Look at the outcome, or asyncio complains about it when all who waited were cancelled."""
    if not done.cancelled():
        done.exception()
