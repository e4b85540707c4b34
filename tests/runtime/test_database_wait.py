"""A database server that does not answer is waited for; one that refuses is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.simulated_time import Seconds
from fakes.stored import SERVER, address, no_database
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.app import running
from bot.config import Settings
from bot.runtime.database_wait import TELL_AFTER, migrate_once_there, tell_without_database
from bot.simulator.telegram import SimulatedTelegram
from storage.errors import StorageError, is_away

pytest.importorskip("psycopg", reason="about PostgreSQL's driver; `make test-postgresql` installs it")

NOWHERE = "postgresql+psycopg://bot:secret-word@127.0.0.1:1/bot"
AT = 'connection failed: connection to server at "127.0.0.1", port 5432 failed: '


def said(words: str) -> DBAPIError:
    return OperationalError("", None, Exception(words))


@pytest.mark.parametrize(
    "words",
    [
        f"{AT}Connection refused",
        f"{AT}timeout expired",
        "failed to resolve host 'db': [Errno -3] Temporary failure in name resolution",
        f"{AT}server closed the connection unexpectedly",
        f"{AT}FATAL:  the database system is starting up",
        f"{AT}FATAL:  the database system is not yet accepting connections",
        f"{AT}FATAL:  sorry, too many clients already",
    ],
)
def test_a_server_that_does_not_answer_yet_is_away(words: str) -> None:
    assert is_away(said(words))


@pytest.mark.parametrize(
    "words",
    [
        f'{AT}FATAL:  password authentication failed for user "bot"',
        f'{AT}FATAL:  database "bot" does not exist',
        f'{AT}FATAL:  no pg_hba.conf entry for host "10.0.0.7", user "bot", database "bot", no encryption',
    ],
)
def test_a_server_that_refuses_is_not_away(words: str) -> None:
    assert not is_away(said(words))


async def test_people_are_told_once_when_a_server_stays_away_and_its_password_is_in_nothing_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told: list[str] = []
    waited = Seconds()

    async def tell(reason: str) -> None:
        told.append(reason)

    async def sleep(seconds: float) -> None:
        await waited.sleep(seconds)
        if waited() > 3600:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await migrate_once_there(NOWHERE, tell, sleep=sleep)
    (reason,) = told
    assert "Connection refused" in reason
    assert "secret-word" not in reason + caplog.text
    assert sum("database_out_of_reach" in record.getMessage() for record in caplog.records) == 1
    assert TELL_AFTER > 1


async def test_an_administrator_hears_in_telegram_of_a_database_that_stays_away(tmp_path: Path) -> None:
    async with SimulatedTelegram() as telegram:
        person = telegram.add_user("Lin")
        settings = Settings(
            _env_file=None,
            telegram_token=telegram.token,
            telegram_api_url=telegram.url,
            database_url=NOWHERE,
            data_dir=tmp_path,
            admin_ids=(person.id,),
            language="en",
        )
        telegram.say(telegram.private_chat(person), person, "/start")
        await tell_without_database(settings, "nobody there")
        (message,) = telegram.from_bot(telegram.private_chat(person))
    assert "the database has not answered for over a minute: nobody there" in message.text


@pytest.mark.skipif(not SERVER, reason="about a server: python tests/on_postgresql.py")
async def test_a_database_that_answers_is_brought_up_to_date(tmp_path: Path) -> None:
    async def tell(_reason: str) -> None:
        raise AssertionError("nothing is to be told")

    with no_database(tmp_path):
        assert (await migrate_once_there(address(tmp_path), tell)).before is None


async def test_an_address_of_no_database_ends_the_start(tmp_path: Path) -> None:
    settings = Settings(
        _env_file=None, telegram_token="1:A", database_url="postgresql://bot@127.0.0.1/bot", data_dir=tmp_path
    )
    with pytest.raises(StorageError, match="is no database that this program knows"):
        async with running(settings):
            pass
