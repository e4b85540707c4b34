"""A Telegram that answers at once and remembers nothing, in a process of its own: what the benchmarks send to.

As little work as an answer takes, so that it is not what is measured: it reads no parameters and echoes one message of
3,000 characters with 40 entities. Prints its port, then, at each line read from standard input, how many calls of each
method it has had and when the first came (JSON).
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter

_calls: Counter[str] = Counter()
_first: dict[str, float] = {}
_ME = {"id": 110201543, "is_bot": True, "first_name": "bench", "username": "bench_bot"}
_ENTITIES = [{"type": "text_link", "offset": n, "length": 1, "url": "https://arxiv.org/"} for n in range(40)]
_ECHO = {
    "date": 1_700_000_000,
    "chat": {"id": 1, "type": "private", "first_name": "x"},
    "from": _ME,
    "text": "We propose a method. " * 143,
    "entities": _ENTITIES,
}
_TAIL = json.dumps(_ECHO)[1:].encode() + b"}"


def body(method: str, number: int) -> bytes:
    if method.startswith("send"):
        return b'{"ok":true,"result":{"message_id":%d,' % number + _TAIL
    result = {"getme": _ME, "getupdates": []}.get(method, True)
    return json.dumps({"ok": True, "result": result}).encode()


class Http(asyncio.Protocol):
    """Just enough of HTTP/1.1: requests one after the other, with a content length or in chunks."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.received = b""

    def data_received(self, data: bytes) -> None:
        self.received += data
        while (request := self._next()) is not None:
            method = request.split(b" ", 2)[1].rpartition(b"/")[2].decode().lower()
            _calls[method] += 1
            _first.setdefault(method, time.time())
            answer = body(method, _calls[method])
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer)
            if method == "getupdates":
                asyncio.get_running_loop().call_later(2.0, self.transport.write, head + answer)
            else:
                self.transport.write(head + answer)

    def _next(self) -> bytes | None:
        """The head of a request that is here in full."""
        head, found, rest = self.received.partition(b"\r\n\r\n")
        if not found:
            return None
        lowered = head.lower()
        if b"transfer-encoding: chunked" in lowered:
            end = rest.find(b"0\r\n\r\n")
            if end < 0:
                return None
            self.received = rest[end + 5 :]
            return head
        _, named, value = lowered.partition(b"content-length:")
        length = int(value.split(b"\r\n", 1)[0]) if named else 0
        if len(rest) < length:
            return None
        self.received = rest[length:]
        return head


async def main() -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Http, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps({"calls": _calls, "first": _first}), flush=True)


asyncio.run(main())
