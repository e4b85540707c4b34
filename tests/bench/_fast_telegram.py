"""A Telegram that answers at once and remembers nothing, in a process of its own: what the benchmark sends to.

Prints its port, then, at each line read from standard input, how many calls of each method it has had (JSON).
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter

from aiohttp import web

_calls: Counter[str] = Counter()
_first: dict[str, float] = {}
_ME = {"id": 110201543, "is_bot": True, "first_name": "bench", "username": "bench_bot"}


async def answer(request: web.Request) -> web.Response:
    """Any method: true, the bot itself, no updates (after a while), or the message that was sent."""
    method = request.match_info["method"].lower()
    form = await request.post()
    _calls[method] += 1
    _first.setdefault(method, time.time())
    if method == "getme":
        return web.json_response({"ok": True, "result": _ME})
    if method == "getupdates":
        await asyncio.sleep(min(float(str(form.get("timeout", 0))), 5.0))
        return web.json_response({"ok": True, "result": []})
    if method.startswith("send"):
        chat = {"id": int(str(form["chat_id"])), "type": "private", "first_name": "x"}
        entities = [{"type": "text_link", "offset": n, "length": 1, "url": "https://arxiv.org/"} for n in range(40)]
        message = {
            "message_id": _calls[method],
            "date": 1_700_000_000,
            "chat": chat,
            "from": _ME,
            "text": str(form.get("text", ""))[:3000],
            "entities": entities,
        }
        return web.json_response({"ok": True, "result": message})
    return web.json_response({"ok": True, "result": True})


async def main() -> None:
    """Serve until standard input ends."""
    app = web.Application(client_max_size=50 * 2**20)
    app.router.add_route("*", "/bot{token}/{method}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps({"calls": _calls, "first": _first}), flush=True)


asyncio.run(main())
