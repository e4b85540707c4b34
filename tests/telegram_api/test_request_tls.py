"""The way to Telegram through TLS and proxies: what was never sent is known as such, and nothing else is."""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from fakes.certificates import Authority
from fakes.processes import Processes, environment
from telegram.error import NetworkError

from bot.proxy import proxy_of
from bot.telegram_api.request import AiohttpRequest, never_sent

SENT = b'{"ok":true,"result":{"message_id":7,"text":"x"}}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(SENT), SENT)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates") / "ours")


@pytest.fixture(autouse=True)
def _only_ours_is_trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_dir"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(serve: Serve, shown: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server's port. At the end of it, it is done with every connection."""
    serving: set[asyncio.Task[None]] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await serve(reader, writer)
        writer.transport.abort()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.create_task(one(reader, writer)))

    async with await asyncio.start_server(connected, "127.0.0.1", 0, ssl=shown) as server:
        yield server.sockets[0].getsockname()[1]
    await asyncio.gather(*serving)


@asynccontextmanager
async def telegram(shown: ssl.SSLContext | None, answer: bytes = ANSWER) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Its port, and the requests that it got. Without an answer it cuts the connection."""
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while answer or not seen:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            seen.append(head + await reader.readexactly(length))
            writer.write(answer)

    async with listening(serve, shown) as port:
        yield port, seen


@asynccontextmanager
async def proxy(target: int, *, says: bytes = b"HTTP/1.1 200 OK\r\n\r\n") -> AsyncIterator[tuple[str, list[bytes]]]:
    """Its address, and what it was asked. It leads to the port whatever host is named, unless it `says` no."""
    asked: list[bytes] = []

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(says)
        if b" 200 " in says:
            out, back = await asyncio.open_connection("127.0.0.1", target)
            ways = [asyncio.create_task(carry(reader, back)), asyncio.create_task(carry(out, writer))]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            back.transport.abort()
            writer.transport.abort()
            await asyncio.gather(*ways, return_exceptions=True)

    async with listening(serve) as port:
        yield f"http://127.0.0.1:{port}", asked


async def send(url: str) -> object:
    request = AiohttpRequest(pool=2, read_timeout=5, connect_timeout=5)
    await request.initialize()
    try:
        return await request.call(f"{url}/bot1:x/sendMessage", b'{"text":"x"}')
    finally:
        await request.shutdown()


async def refused(url: str) -> NetworkError:
    with pytest.raises(NetworkError) as raised:
        await send(url)
    return raised.value


async def test_a_server_that_shows_who_it_is_is_spoken_to(authority: Authority) -> None:
    async with telegram(authority.server("localhost")) as (port, seen):
        assert await send(f"https://localhost:{port}") == {"message_id": 7}
    assert seen[0].startswith(b"POST /bot1:x/sendMessage HTTP/1.1\r\nHost: localhost:")


@pytest.mark.parametrize("trouble", ["another host's", "expired", "of another authority", "none at all"])
async def test_to_one_that_cannot_show_it_nothing_is_sent(authority: Authority, tmp_path: Path, trouble: str) -> None:
    shown = {
        "another host's": authority.server("example.org"),
        "expired": authority.server("localhost", expired=True),
        "of another authority": Authority(tmp_path / "another").server("localhost"),
        "none at all": None,
    }[trouble]
    async with telegram(shown) as (port, seen):
        assert never_sent(await refused(f"https://localhost:{port}"))
    assert seen == []


async def test_a_connection_that_is_cut_in_the_handshake_has_sent_nothing() -> None:
    async def cut(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read(1)

    async with listening(cut) as port:
        assert never_sent(await refused(f"https://localhost:{port}"))


async def test_whether_it_was_sent_is_not_known_when_the_connection_is_cut_behind_the_request(
    authority: Authority,
) -> None:
    async with telegram(authority.server("localhost"), b"") as (port, seen):
        assert not never_sent(await refused(f"https://localhost:{port}"))
    assert len(seen) == 1


async def test_a_proxy_of_the_environment_leads_to_telegram(authority: Authority, processes: Processes) -> None:
    async with telegram(authority.server("telegram.test")) as (port, seen), proxy(port) as (address, asked):
        # A process of its own: what goes through a proxy goes through aiohttp, which reads SSL_CERT_FILE at its import.
        path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
        process = await processes.start(
            sys.executable,
            "-c",
            "import asyncio, test_request_tls; print(asyncio.run(test_request_tls.send('https://telegram.test')))",
            env={**os.environ, **environment(HTTPS_PROXY=address.replace("//", "//me:hush@"), PYTHONPATH=path)},
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await process.communicate()
    assert said.decode().strip() == "{'message_id': 7}"
    assert asked[0].startswith(b"CONNECT telegram.test:443 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic bWU6aHVzaA==" in asked[0]
    assert b"bWU6aHVzaA" not in seen[0]


async def test_no_proxy_names_what_needs_none(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    async with telegram(authority.server("localhost")) as (port, seen), proxy(port) as (address, asked):
        monkeypatch.setenv("HTTPS_PROXY", address)
        monkeypatch.setenv("NO_PROXY", "telegram.test,localhost")
        await send(f"https://localhost:{port}")
    assert (len(seen), asked) == (1, [])


@pytest.mark.parametrize("says", [b"HTTP/1.1 407 Who are you\r\n\r\n", b"HTTP/1.1 502 Bad Gateway\r\n\r\n"])
async def test_through_a_proxy_that_says_no_nothing_is_sent(says: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxy(0, says=says) as (address, _):
        monkeypatch.setenv("HTTPS_PROXY", address.replace("//", "//me:hush@"))
        error = await refused("https://telegram.test")
    assert never_sent(error)
    assert "hush" not in str(error)


@pytest.mark.parametrize("address", ["127.0.0.1:9", "http://127.0.0.1:9", "socks5://127.0.0.1:9", "http://"])
async def test_through_a_proxy_that_is_away_nothing_is_sent(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    assert never_sent(await refused("https://telegram.test"))


async def test_through_a_proxy_only_the_right_server_is_spoken_to(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telegram(authority.server("example.org")) as (port, seen), proxy(port) as (address, _):
        monkeypatch.setenv("HTTPS_PROXY", address)
        assert never_sent(await refused("https://telegram.test"))
    assert seen == []


@pytest.mark.parametrize("url", ["https://localhost:8081", "http://127.0.0.1:8081", "http://[::1]:8081"])
def test_what_is_on_this_machine_needs_no_proxy(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert proxy_of(url) == ""
