from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fakes.processes import Processes
from fakes.stored import NOW, address, new_database, open_database

from bot.arxiv_source.errors import ArxivUnavailable
from bot.arxiv_source.request_queue import RequestQueue
from bot.arxiv_source.shared_request_queue import DatabaseRequestSlots
from storage.database import Database, migrate

SECOND = timedelta(seconds=1)


async def _nothing() -> None:
    """What happens during most sleeps."""


@dataclass
class Clock:
    """Time that passes only while somebody sleeps, and what happens during a sleep."""

    now: datetime = NOW
    slept: list[float] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[None]] = _nothing

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        happens, self.meanwhile = self.meanwhile, _nothing
        await happens()
        self.now += timedelta(seconds=seconds)


@dataclass
class Process:
    """One of several that ask arXiv: its turns, and when its requests began."""

    turns: RequestQueue
    clock: Clock
    began: list[float] = field(default_factory=list)

    async def ask(self, *, takes: float = 0.0, urgent: bool = False, hold: float | None = None) -> None:
        async def job() -> None:
            self.began.append((self.clock.now - NOW).total_seconds())
            self.clock.now += timedelta(seconds=takes)
            if hold is not None:
                self.turns.hold(NOW + timedelta(seconds=hold))

        await self.turns.take(job, urgent=urgent)


def process(db: Database, *, interval: float = 3.0, deadline: float = 5.0) -> Process:
    clock = Clock()
    shared = DatabaseRequestSlots(db, deadline=deadline)
    return Process(RequestQueue(interval=interval, now=clock, sleep=clock.sleep, shared=shared), clock)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path) as opened:
        yield opened


@pytest.fixture
async def start(db: Database) -> AsyncIterator[Callable[[], Process]]:
    """Starts one more process on the database."""
    started: list[Process] = []

    def another() -> Process:
        started.append(process(db))
        return started[-1]

    yield another
    for one in started:
        await one.turns.close()


async def test_processes_of_one_database_begin_an_interval_apart(start: Callable[[], Process]) -> None:
    one, two, three = (start() for _ in range(3))
    for each in (one, two, three, one):
        await each.ask()
    assert one.began + two.began + three.began == [0, 9, 3, 6]


async def test_after_a_long_request_another_process_waits_for_an_interval_from_its_end(
    start: Callable[[], Process],
) -> None:
    one, two = start(), start()
    await one.ask(takes=20)
    await one.ask()
    await two.ask()
    assert one.began == [0, 23]
    assert two.began == [26]


async def test_an_urgent_one_that_comes_while_waiting_for_a_shared_moment_goes_first(
    start: Callable[[], Process],
) -> None:
    await start().ask()
    order: list[str] = []
    one = start()

    def noted(name: str) -> Callable[[], Awaitable[None]]:
        async def job() -> None:
            order.append(name)

        return job

    late: list[asyncio.Task[None]] = []

    async def urgent_comes() -> None:
        late.append(asyncio.create_task(one.turns.take(noted("urgent"), urgent=True)))
        await asyncio.sleep(0)

    one.clock.meanwhile = urgent_comes
    await one.turns.take(noted("bulk"))
    await asyncio.gather(*late)
    assert order == ["urgent", "bulk"]
    assert one.clock.slept == [3.0, 3.0]


async def test_a_pause_that_arxiv_asks_one_process_for_is_kept_by_all(start: Callable[[], Process]) -> None:
    one, two = start(), start()
    await one.ask(hold=60)
    with pytest.raises(ArxivUnavailable) as refused:
        await two.ask()
    assert refused.value.retry_at == NOW + 60 * SECOND
    assert (two.began, two.clock.slept) == ([], [])
    two.clock.now += 60 * SECOND
    await two.ask()
    assert two.began == [60]


async def test_a_pause_holds_for_those_who_already_waited_for_their_moment(
    db: Database, start: Callable[[], Process]
) -> None:
    one, two = start(), start()
    await one.ask()
    one.clock.now += 3 * SECOND

    async def told_to_pause() -> None:
        await DatabaseRequestSlots(db).ended(NOW, NOW + 60 * SECOND)

    two.clock.meanwhile = told_to_pause
    with pytest.raises(ArxivUnavailable) as refused:
        await two.ask()
    assert refused.value.retry_at == NOW + 60 * SECOND
    assert two.began == []


async def test_who_wakes_late_waits_for_whoever_was_given_the_turn_meanwhile(start: Callable[[], Process]) -> None:
    one, two, three = (start() for _ in range(3))
    await one.ask()

    async def busy() -> None:
        two.clock.now += 2 * SECOND
        three.clock.now += 5 * SECOND
        await three.ask()

    two.clock.meanwhile = busy
    await two.ask()
    assert three.began == [5]
    assert two.began == [8]


async def test_no_moment_is_taken_for_one_who_gave_up(start: Callable[[], Process]) -> None:
    one, two = start(), start()
    await one.ask()
    asked: list[asyncio.Task[None]] = []

    async def second_gives_up() -> None:
        asked.append(asyncio.create_task(one.ask()))
        await asyncio.sleep(0)
        asked[0].cancel()

    one.clock.meanwhile = second_gives_up
    await one.ask()
    with pytest.raises(asyncio.CancelledError):
        await asked[0]
    await two.ask()
    assert one.began + two.began == [0, 3, 6]


async def test_closing_while_waiting_for_a_shared_moment_ends_in_unavailable(start: Callable[[], Process]) -> None:
    await start().ask()
    one = start()
    waits = asyncio.Event()

    async def for_ever() -> None:
        waits.set()
        await asyncio.Event().wait()

    one.clock.meanwhile = for_ever
    asked = asyncio.create_task(one.ask())
    await waits.wait()
    await one.turns.close()
    with pytest.raises(ArxivUnavailable, match="stopping"):
        await asked


async def test_closing_still_tells_the_others_of_a_pause(start: Callable[[], Process]) -> None:
    one, two = start(), start()
    await one.ask(hold=60)
    await one.turns.close()
    with pytest.raises(ArxivUnavailable):
        await two.ask()


async def test_without_an_interval_nothing_is_shared_not_even_a_pause(
    db: Database, start: Callable[[], Process]
) -> None:
    await start().ask(hold=60)
    one = process(db, interval=0)
    await one.ask()
    await one.ask()
    await one.turns.close()
    assert one.began == [0, 0]
    assert one.clock.slept == []


async def test_without_the_database_a_process_keeps_its_own_pace_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot.arxiv_source.shared_request_queue")
    db = Database(address(tmp_path))
    one = process(db)
    try:
        for _ in range(3):
            await one.ask(takes=1)
        assert one.began == [0, 4, 8]
        assert caplog.messages == ["arxiv_turns_alone reason=OperationalError"]
        await migrate(address(tmp_path))
        one.clock.now += 30 * SECOND
        await one.ask()
        assert caplog.messages[1:] == ["arxiv_turns_shared"]
    finally:
        await one.turns.close()
        await db.close()


async def test_a_database_that_does_not_answer_in_time_stops_nobody(db: Database) -> None:
    one = process(db, deadline=0.05)
    async with db.begin():
        await one.ask()
        await one.ask()
    await one.turns.close()
    assert one.began == [0, 3]


async def test_while_a_request_is_under_way_no_other_process_begins_one(start: Callable[[], Process]) -> None:
    one, two = start(), start()
    answered = asyncio.Event()

    began = asyncio.Event()

    async def slow() -> None:
        began.set()
        one.began.append((one.clock.now - NOW).total_seconds())
        await answered.wait()
        one.clock.now += 20 * SECOND

    asking = asyncio.create_task(one.turns.take(slow))
    await began.wait()

    async def it_answers() -> None:
        assert two.began == []
        two.clock.now += 20 * SECOND
        answered.set()
        await asking

    two.clock.meanwhile = it_answers
    await two.ask()
    assert (one.began, two.began) == ([0], [23])


async def test_a_process_that_is_gone_in_the_middle_of_a_request_stops_the_others_for_its_lease_only(
    db: Database, start: Callable[[], Process]
) -> None:
    gone = DatabaseRequestSlots(db)
    assert await gone.take(NOW, 3 * SECOND, lease=70 * SECOND, urgent=False) is None
    two = start()
    await two.ask()
    assert two.began == [70]
    # What it says after all changes nothing.
    await gone.ended(NOW, None)
    await two.ask()
    assert two.began == [70, 73]


async def test_closing_in_the_middle_of_a_request_gives_the_turn_back(start: Callable[[], Process]) -> None:
    one, two = start(), start()
    began = asyncio.Event()

    async def for_ever() -> None:
        began.set()
        await asyncio.Event().wait()

    asking = asyncio.create_task(one.turns.take(for_ever))
    await began.wait()
    await one.turns.close()
    with pytest.raises(ArxivUnavailable, match="stopping"):
        await asking
    await two.ask()
    assert two.began == [3]


async def test_somebody_who_waits_for_an_answer_goes_before_the_feeds_of_other_processes(
    start: Callable[[], Process],
) -> None:
    one, bulk, person = (start() for _ in range(3))
    await one.ask()
    waits = asyncio.Event()

    async def until_bulk_has_asked() -> None:
        waits.set()
        await bulk_has_asked.wait()

    bulk_has_asked = asyncio.Event()
    person.clock.meanwhile = until_bulk_has_asked
    first = asyncio.create_task(person.ask(urgent=True))
    await waits.wait()
    bulk.clock.now += 3 * SECOND

    async def let_the_person_go() -> None:
        assert bulk.began == []
        bulk_has_asked.set()
        await first

    bulk.clock.meanwhile = let_the_person_go
    await bulk.ask()
    assert person.began == [3]
    assert bulk.began == [6]


ASKER = """
import asyncio, sys, time
from datetime import UTC, datetime
from bot.arxiv_source.shared_request_queue import DatabaseRequestSlots
from bot.arxiv_source.request_queue import RequestQueue
from storage.database import Database

async def main(address, interval, takes, count):
    async def job():
        print("begin", time.time(), flush=True)
        await asyncio.sleep(takes)
        print("end", time.time(), flush=True)

    db = Database(address)
    shared = DatabaseRequestSlots(db)
    queue = RequestQueue(interval=interval, now=lambda: datetime.now(UTC), sleep=asyncio.sleep, shared=shared)
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(count):
        await queue.take(job)
    await queue.close()
    await db.close()

asyncio.run(main(sys.argv[1], *map(float, sys.argv[2:4]), int(sys.argv[4])))
"""


async def test_two_processes_on_one_file_ask_one_at_a_time_and_keep_the_interval_together(
    tmp_path: Path, processes: Processes
) -> None:
    interval, takes, count = 0.2, 0.1, 3
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-c", ASKER, address(tmp_path), str(interval), str(takes), str(count))
    with new_database(tmp_path):
        askers = [await processes.start(*command, stdin=pipe, stdout=pipe) for _ in range(2)]
        for asker in askers:
            assert asker.stdout is not None
            assert await asker.stdout.readline() == b"ready\n"
        answers = await asyncio.gather(*(asker.communicate(b"go\n") for asker in askers))
    told = [line.split() for out, _ in answers for line in out.decode().splitlines()]
    assert len(told) == 4 * count
    ordered = sorted((float(moment), what) for what, moment in told)
    # Each request has ended before the next one begins.
    assert [what for _, what in ordered] == ["begin", "end"] * (2 * count)
    gaps = [second[0] - first[0] for first, second in zip(ordered[1::2], ordered[2::2], strict=False)]
    # What is told of an end is told a little later than it was.
    assert min(gaps) >= interval - 0.05


async def test_every_third_turn_goes_to_whoever_waited_longest_however_many_urgent_ones_come() -> None:
    clock = Clock()
    turns = RequestQueue(interval=3.0, now=clock, sleep=clock.sleep)
    order: list[str] = []

    def noted(name: str) -> Callable[[], Awaitable[None]]:
        async def job() -> None:
            order.append(name)

        return job

    feeds = [asyncio.create_task(turns.take(noted(f"feed {number}"))) for number in (1, 2)]
    lookups = [asyncio.create_task(turns.take(noted("lookup"), urgent=True)) for _ in range(12)]
    await asyncio.gather(*feeds, *lookups)
    await turns.close()
    assert order[:6] == ["lookup", "lookup", "feed 1", "lookup", "lookup", "feed 2"]
