"""Requests over real connections, whatever the server does with them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from fakes.processes import HANG

from bot.telegram_api.lean_http import BrokenAnswerError, LeanHttp, NotConnectedError

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
Serve = Callable[[int, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(serve: Serve) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Its address, and the requests that it read. `serve` is told which connection it is, from 1."""
    seen: list[bytes] = []
    connections = 0

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        number = connections
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
                seen.append(head + await reader.readexactly(length))
                await serve(number, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}", seen


async def answer(_number: int, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(OK)


async def test_requests_follow_one_another_on_one_connection_each_with_its_own_answer() -> None:
    async def echo(number: int, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        body = b"%d:%d" % (number, len(seen))
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body):
            writer.write(bytes([byte]))
            await writer.drain()

    async with server(echo) as (url, seen):
        http = LeanHttp(pool=4, connect=5, read=5)
        answers = [await http.post(f"{url}/bot1:x/sendMessage", b'{"text":"\xc3\xa9"}') for _ in range(3)]
        http.close()
    assert answers == [(200, b"1:1"), (200, b"1:2"), (200, b"1:3")]
    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /bot1:x/sendMessage HTTP/1.1\r\nHost: 127.0.0.1:")
    assert body == b'{"text":"\xc3\xa9"}'


async def test_no_more_connections_than_the_pool_has() -> None:
    async with server(answer) as (url, seen):
        http = LeanHttp(pool=2, connect=5, read=5)
        await asyncio.gather(*(http.post(url, b"{}") for _ in range(20)))
        assert len(seen) == 20
        assert sum(map(len, http._idle.values())) <= 2
        http.close()


async def test_a_connection_that_was_closed_while_idle_is_not_used() -> None:
    async def once(_number: int, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        writer.close()

    async with server(once) as (url, seen):
        http = LeanHttp(pool=1, connect=5, read=5)
        assert (await http.post(url, b"{}"))[0] == 200
        while any(connection.open for idle in http._idle.values() for connection in idle):  # noqa: ASYNC110 - until the end has arrived
            await asyncio.sleep(0)
        assert (await http.post(url, b"{}"))[0] == 200
        assert len(seen) == 2
        http.close()


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", b"nonsense\r\n\r\n"])
async def test_an_answer_that_breaks_off_is_told_and_the_next_request_gets_its_own(said: bytes) -> None:
    async def broken(number: int, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said if number == 1 else OK)
        if number == 1:
            writer.close()

    async with server(broken) as (url, _):
        http = LeanHttp(pool=1, connect=5, read=5)
        with pytest.raises(BrokenAnswerError):
            await http.post(url, b"{}")
        assert await http.post(url, b"{}") == (200, b"{}")
        http.close()


async def test_an_answer_that_comes_too_late_is_nobody_elses() -> None:
    late: list[asyncio.StreamWriter] = []

    async def second_only(number: int, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if number == 1:
            late.append(writer)
        else:
            late[0].write(b"HTTP/1.1 500 Late\r\nContent-Length: 0\r\n\r\n")
            writer.write(OK)

    async with server(second_only) as (url, _):
        http = LeanHttp(pool=1, connect=5, read=0.02)
        with pytest.raises(TimeoutError):
            await http.post(url, b"{}")
        assert await http.post(url, b"{}") == (200, b"{}")
        http.close()


async def test_where_nobody_listens_or_no_connection_becomes_free_nothing_was_sent() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(NotConnectedError):
            await LeanHttp(pool=1, connect=5, read=5).post(f"http://127.0.0.1:{taken.getsockname()[1]}", b"{}")

    async def never(_number: int, reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with server(never) as (url, seen):
        http = LeanHttp(pool=1, connect=HANG, read=HANG)
        first = asyncio.create_task(http.post(url, b"{}"))
        while not seen:  # noqa: ASYNC110 - the server calls nobody
            await asyncio.sleep(0)
        # Only now, so that on a busy machine the first one has its connection.
        http._connect = 0.01
        with pytest.raises(NotConnectedError):
            await http.post(url, b"{}")
        first.cancel()
        await asyncio.wait({first})
        assert len(seen) == 1
        http.close()


async def test_a_connection_whose_other_end_says_goodbye_behind_its_answer_is_not_used() -> None:
    async def half_closed(number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        if number == 1:
            writer.write_eof()
            await reader.read()

    async with server(half_closed) as (url, seen):
        http = LeanHttp(pool=1, connect=5, read=5)
        for _ in range(3):
            assert await http.post(url, b"{}") == (200, b"{}")
            await asyncio.sleep(0)
        assert len(seen) == 3
        http.close()


async def test_what_comes_behind_an_answer_is_never_taken_for_a_later_one() -> None:
    async def twice(_number: int, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        await writer.drain()
        writer.write(b"HTTP/1.1 500 Nobody asked\r\n")

    async with server(twice) as (url, _):
        http = LeanHttp(pool=1, connect=5, read=5)
        for _ in range(20):
            assert await http.post(url, b"{}") == (200, b"{}")
        http.close()


async def test_an_answer_that_comes_byte_by_byte_has_the_time_of_one() -> None:
    async def loris(_number: int, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while not writer.is_closing():
            writer.write(b"X: y\r\n")
            await writer.drain()
            await asyncio.sleep(0.001)

    async with server(loris) as (url, _):
        http = LeanHttp(pool=1, connect=5, read=0.05)
        with pytest.raises(TimeoutError):
            await http.post(url, b"{}")


async def test_a_connection_that_ends_before_the_request_has_sent_nothing() -> None:
    async with server(answer) as (url, seen):
        http = LeanHttp(pool=1, connect=5, read=5)
        connection = await http._new(("127.0.0.1", int(url.rpartition(":")[2]), False))
        connection.close()
        with pytest.raises(NotConnectedError):
            await connection.ask(b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 5)
    assert seen == []


async def test_a_name_that_no_host_can_have_is_no_connection() -> None:
    with pytest.raises(NotConnectedError):
        await LeanHttp(pool=1, connect=5, read=5).post(f"http://{'x' * 64}.example/", b"{}")
