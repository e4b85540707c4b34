"""Requests with a key or a token in them go where the host's settings say, and follow nobody elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from fakes.backends import ALL, KEY, SOURCE, backend_at
from telegram.error import NetworkError

from bot.telegram_api.request import AiohttpRequest
from bot.translate.backends.protocol import BackendError, Order

WITH_KEYS = ("openai", "deepl", "libretranslate", "baidu")
REDIRECTS = (301, 302, 303, 307, 308)


@asynccontextmanager
async def redirecting(status: int) -> AsyncIterator[tuple[str, list[str]]]:
    """A server that sends everybody elsewhere, and what arrives there."""
    arrived: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        arrived.append(f"{request.path_qs} {dict(request.headers)} {await request.text()}")
        return web.json_response({})

    async def redirect(request: web.Request) -> web.Response:
        location = str(other.make_url(request.path_qs))
        return web.Response(status=status, headers={"Location": location})

    there, here = web.Application(), web.Application()
    there.router.add_route("*", "/{path:.*}", elsewhere)
    here.router.add_route("*", "/{path:.*}", redirect)
    async with TestServer(there) as other, TestServer(here) as server:
        yield str(server.make_url("/")), arrived


@pytest.mark.parametrize("status", REDIRECTS)
@pytest.mark.parametrize("service", WITH_KEYS)
async def test_a_key_follows_no_redirect(service: str, status: int) -> None:
    async with redirecting(status) as (address, arrived), aiohttp.ClientSession() as http:
        asked = backend_at(address, service, http, seconds=60)
        with pytest.raises(BackendError) as caught:
            await asked.translate(Order(SOURCE, "zh-CN", ALL))
        await asked.close()
        assert arrived == []
        assert KEY not in str(caught.value)


@pytest.mark.parametrize("status", REDIRECTS)
@pytest.mark.parametrize("way", ["lean", "library"])
async def test_the_bots_token_follows_no_redirect(way: str, status: int) -> None:
    async with redirecting(status) as (address, arrived), AiohttpRequest() as request:
        url = f"{address}bot110201543:{'A' * 35}/sendMessage"
        if way == "lean":
            with pytest.raises(NetworkError):
                await request.call(url, b'{"chat_id":1,"text":"hello"}')
        else:
            code, _ = await request.do_request(url, "POST")
            assert code == status
        assert arrived == []
