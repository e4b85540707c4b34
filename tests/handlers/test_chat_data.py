"""/privacy, /export and /forget: complete, also for tables that there will be."""

from __future__ import annotations

import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fakes.house import FRIDAY, House, announcement, open_house, paper
from fakes.stored import NOW, SERVER, cells, open_database

from bot.runtime.lifecycle import CannotStart
from bot.simulator.chat_state import User
from storage import costs, papers, personal
from storage.costs import Maker
from storage.database import back_up
from storage.models import metadata
from storage.records import Cost, Usage

LIN = 7_000_000_123
_NOBODYS = {"message_id", "thread_id", "money"}
"""Big numbers that are nobody's: they mean something only beside a chat's, or are sums."""
_OF_PROCESSES = {"workers", "turns"}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house, house.running():
        yield house


async def lived(house: House, person: User) -> None:
    """Subscriptions with a delivered digest, a channel, a reading list with a note, searches."""
    house.arxiv.announce("cs.CV", announcement(), FRIDAY)
    async with house.bot.services.db.begin() as session:
        await papers.save(session, [paper(1)])
    house.telegram.add_channel("Daily", "daily_cv", creator=person)
    chat = house.telegram.private_chat(person)
    for said in (
        "/subscribe cs.CV",
        "/subscribe @daily_cv cs.CV",
        "/time asap",
        "/save 2608.00001",
        "/note 2608.00001 mine alone",
        "/search sheep",
    ):
        await house.say(said, chat=chat, user=person)
    await house.tick()


async def test_everything_is_sent_and_then_forgotten_and_others_lose_nothing(house: House) -> None:
    other = house.telegram.add_user("Bob")
    await house.say("/save 2608.00001", chat=house.telegram.private_chat(other), user=other)
    await lived(house, house.person)
    await house.say("/save 2608.00001", chat=house.telegram.private_chat(other), user=other)
    assert await cells(house.bot.services.db, house.person.id)
    before = await cells(house.bot.services.db, other.id)

    await house.say("/export")
    document = house.last().document
    assert document is not None
    sent = json.loads(document.content)
    assert sent["saved_papers"][0]["note"] == "mine alone"
    assert [one["category"] for one in sent["subscriptions"]] == ["cs.CV"]
    assert {one["username"] for one in sent["destinations"]} == {"lin", "daily_cv"}
    assert sent["deliveries"][0]["state"] == "sent"

    assert "@daily_cv go on" in await house.say("/forget")
    assert await cells(house.bot.services.db, house.person.id)
    await house.press_to_edit(house.last(), "Delete everything")
    assert "nothing about you any more" in house.last().text
    assert await cells(house.bot.services.db, house.person.id) == []
    assert await cells(house.bot.services.db, other.id) == before
    assert "I keep nothing" in await house.say("/export")
    assert "I keep nothing" in await house.say("/forget")
    assert "cs.CV" in await house.say("/subscriptions @daily_cv")


@pytest.mark.skipif(bool(SERVER), reason="a database file put in another's place")
async def test_who_was_forgotten_is_forgotten_again_when_a_backup_from_before_is_restored(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        file = tmp_path / "bot.sqlite3"
        other = house.telegram.add_user("Bob")
        async with house.running():
            await lived(house, house.person)
            await house.say("/save 2608.00001", chat=house.telegram.private_chat(other), user=other)
            backup = await back_up(house.settings.database_address, tmp_path / "backup.sqlite3")
            await house.say("/forget")
            await house.press_to_edit(house.last(), "Delete everything")
        listed = (tmp_path / "forgotten").read_text(encoding="ascii")
        assert str(house.person.id) not in listed
        assert stat.S_IMODE((tmp_path / "forgotten").stat().st_mode) == 0o600
        file.write_bytes(backup.read_bytes())
        async with house.running() as bot:
            assert await cells(bot.services.db, house.person.id) == []
            assert await cells(bot.services.db, other.id)
            # Who comes back is not forgotten with every start.
            await house.say("/save 2608.00001")
        async with house.running() as bot:
            assert await cells(bot.services.db, house.person.id)


@pytest.mark.skipif(bool(SERVER), reason="the bytes of a database file")
async def test_what_is_forgotten_does_not_stay_in_the_bytes_of_the_file(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        async with house.running():
            await lived(house, house.person)
        assert b"mine alone" in (tmp_path / "bot.sqlite3").read_bytes()
        async with house.running():
            await house.say("/forget")
            await house.press_to_edit(house.last(), "Delete everything")
        assert b"mine alone" not in (tmp_path / "bot.sqlite3").read_bytes()
        assert not (tmp_path / "bot.sqlite3-wal").exists()


async def test_a_list_of_the_forgotten_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        (tmp_path / "forgotten").mkdir()
        with pytest.raises(CannotStart, match="who was forgotten, cannot be read"):
            async with house.running():
                pass


async def test_what_a_forgotten_chats_translations_took_still_counts_in_all(tmp_path: Path) -> None:
    async with open_database(tmp_path) as db:
        async with db.begin() as session:
            for chat_id, times in ((0, 1), (LIN, 2), (8, 4)):
                for _ in range(times):
                    await costs.add(session, FRIDAY, Maker(chat_id, "", "openai", "small"), Cost(Usage(requests=1)))
            await personal.forget(session, LIN)
        async with db.read() as session:
            total, by_chat = await costs.of_day(session, FRIDAY)
    assert total.requests == 7
    assert {chat_id: used.requests for chat_id, used in by_chat.items()} == {(8, True): 4}


async def test_it_is_said_in_both_languages_what_is_kept(house: House) -> None:
    assert "Your reading list" in await house.say("/privacy")
    await house.say("/settings interface zh")
    assert "阅读清单" in await house.say("/privacy")
    assert "无法撤销" in await house.say("/forget")


async def test_a_persons_data_is_not_for_groups_and_not_for_others(house: House) -> None:
    member = house.telegram.add_user("Bob")
    group = house.telegram.add_group("Readers", creator=house.person, members=[member])
    await lived(house, house.person)
    for said in ("/export", "/forget"):
        assert "private chat" in await house.say(said, chat=group)
    assert "@daily_cv" in await house.say("/forget")
    assert "no longer works" in await house.press_with(house.last(), "forget:no")
    assert "private chat" in await house.press_with(house.last(group), "forget:yes", user=member)
    assert await cells(house.bot.services.db, house.person.id)


@pytest.mark.skipif(bool(SERVER), reason="rows of one table alone, which a server's foreign keys forbid")
async def test_no_table_keeps_a_number_of_somebody_who_is_forgotten(tmp_path: Path) -> None:
    async with open_database(tmp_path) as db:
        engine = sa.create_engine(f"sqlite:///{tmp_path}/bot.sqlite3")
        with engine.begin() as connection:
            for table in metadata.sorted_tables:
                connection.execute(sa.insert(table).values({column.name: made_up(column) for column in table.c}))
        engine.dispose()
        filled = await cells(db, LIN)
        assert {"destinations.owner_id", "saved_papers.user_id"} <= set(filled)
        async with db.read() as session:
            sent = await personal.everything(session, LIN)
        assert {name.split(".")[0] for name in filled} <= set(sent)
        async with db.begin() as session:
            assert await personal.forget(session, LIN) >= 2
        assert await cells(db, LIN) == ["bans.chat_id"]


def made_up(column: sa.Column[Any]) -> Any:
    """A value for a column: wherever a number of Telegram's may stand, it is the person's."""
    if isinstance(column.type, sa.BigInteger) and column.name not in _NOBODYS:
        return LIN
    for kind, value in (
        (sa.Integer, 1),
        (sa.Boolean, False),
        (sa.JSON, []),
        (sa.Date, FRIDAY),
        (sa.Time, NOW.time()),
        (sa.LargeBinary, b"x"),
        (sa.Float, 1.0),
    ):
        if isinstance(column.type, kind):
            return value
    if column.name == "name" and isinstance(column.type, sa.String) and column.table.name not in _OF_PROCESSES:
        return f"picking-{LIN}"
    special = {"UtcDateTime": NOW, "Compressed": b"x", "Weekdays": frozenset({1})}
    return special.get(type(column.type).__name__, "x")
