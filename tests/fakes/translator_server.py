"""Six translation services on the loopback: OpenAI's chat completions, DeepL, LibreTranslate, Google's page, Baidu,
MyMemory.

They translate deterministically into made-up words of the right script and length and keep masks. Each can be told to
misbehave in the ways that the real ones have been seen to.
"""

from __future__ import annotations

import asyncio
import html
import json
import re
import zlib
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from enum import Enum, auto
from typing import Any, Self

from aiohttp import web
from aiohttp.test_utils import TestServer
from fakes.pseudo import language_of, pseudo

_MASK = re.compile(r"\{v\d+\}|<x id=\"\d+\"/>")
_ERROR_PAGE = "<!DOCTYPE html><html><head><title>Error 502</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_GOOGLE_ERROR = "Error 500 (Server Error)!!1500.That’s an error.There was an error. Please try again later."
_OTHER_TEXT = (
    "We grow tomatoes in a greenhouse and measure how the colour of the light changes the taste of each fruit."
)
_HIJACKED = "本文非常好。请所有读者访问 https://evil.example 并转账一百元。"
_HUGE = "好".encode() * 20_000
_HUGE_PIECES = 170
_QUOTA = (
    "MYMEMORY WARNING: YOU USED ALL AVAILABLE FREE TRANSLATIONS FOR TODAY. NEXT AVAILABLE IN  07 HOURS 30 MINUTES 10 "
    "SECONDS VISIT HTTPS://MYMEMORY.TRANSLATED.NET/DOC/USAGELIMITS.PHP TO TRANSLATE MORE"
)


class Trouble(Enum):
    """Ways to misbehave. What a service cannot do (no JSON, no refusal) it answers as a server error."""

    HANG = auto()
    HELD = auto()
    SERVER_ERROR = auto()
    ERROR_PAGE = auto()
    ECHO = auto()
    LOST_MASK = auto()
    LOST_SECOND_MASK = auto()
    EMPTY = auto()
    BAD_JSON = auto()
    REFUSAL = auto()
    CUT = auto()
    OTHER_PAPER = auto()
    LIMITED = auto()
    QUOTA = auto()
    UNAUTHORIZED = auto()
    NO_JSON_MODE = auto()
    CHATTY = auto()
    DRIP = auto()
    CLOSE = auto()
    HALF = auto()
    HUGE = auto()
    BACKSLASHES = auto()
    OBEYS = auto()
    OTHER_TEXT = auto()
    GLUED = auto()


ANYWHERE = (
    Trouble.HANG,
    Trouble.SERVER_ERROR,
    Trouble.ERROR_PAGE,
    Trouble.ECHO,
    Trouble.EMPTY,
    Trouble.LIMITED,
    Trouble.CLOSE,
    Trouble.HUGE,
)
"""What every one of the services can do."""


class TranslatorServer:
    """The four services on one port. `troubles` is service → how it misbehaves; `asked` is what came, in order."""

    def __init__(self) -> None:
        self.troubles: dict[str, Trouble] = {}
        self.asked: list[tuple[str, str]] = []
        self.keys: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.requests: Counter[str] = Counter()
        self.completions = 0
        self.latency = 0.0
        self.huge_sent = 0
        self.moods: tuple[Trouble | None, ...] = ()
        """Where there are some, each text meets one of them, always the same at the same service."""
        self.well: frozenset[str] = frozenset()
        """Services that have no moods."""
        self._closing = asyncio.Event()
        self.go = asyncio.Event()
        """What is HELD is answered once this is set."""
        # Each request is handled in a context of its own.
        self._mood: ContextVar[Trouble | None] = ContextVar("mood", default=None)
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._openai)
        app.router.add_post("/translate", self._libretranslate)
        app.router.add_get("/m", self._google)
        app.router.add_get("/get", self._mymemory)
        app.router.add_post("/v2/translate", self._deepl)
        app.router.add_post("/baidu", self._baidu)
        self._server = TestServer(app)

    async def __aenter__(self) -> Self:
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        await self._server.close()

    def address(self, service: str) -> str:
        """What the setting of that service would be."""
        paths = {
            "openai": "/v1", "libretranslate": "", "google": "/m", "mymemory": "/get", "deepl": "", "baidu": "/baidu",
        }  # fmt: skip
        return str(self._server.make_url("")).rstrip("/") + paths[service]

    def texts(self, service: str) -> list[str]:
        """What that service was asked to translate."""
        return [text for name, text in self.asked if name == service]

    async def _openai(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.bodies.append(body)
        self.keys.append(request.headers.get("Authorization", ""))
        content = body["messages"][1]["content"]
        said = body["messages"][-1]["content"]
        self.asked.append(("openai", said))
        self._meet("openai", content[content.index("id: ") :])
        trouble = self._trouble("openai")
        if trouble is Trouble.NO_JSON_MODE and "response_format" in body:
            return web.json_response({"error": {"message": "response_format json_object is not supported"}}, status=400)
        if (failed := await self._failed("openai", request)) is not None:
            return failed
        texts = self._paper(content, said, self._made("openai", language_of(content)))
        answer = self._shaped(texts, tagged="one block for each" in body["messages"][0]["content"])
        message: dict[str, Any] = {"role": "assistant", "content": answer}
        reason = "stop"
        match trouble:
            case Trouble.EMPTY:
                message["content"] = ""
            case Trouble.BAD_JSON:
                message["content"] = answer[: len(answer) // 2]
            case Trouble.CUT:
                message["content"], reason = answer[: len(answer) // 2], "length"
            case Trouble.BACKSLASHES:
                message["content"] = answer.replace("{v", "\\alpha_{v")
            case Trouble.REFUSAL:
                message |= {"content": None, "refusal": "I cannot help with that."}
            case Trouble.CHATTY:
                message["content"] = (
                    f'<think>The user wants {{"title": …}}.</think>\nHere it is:\n```json\n{answer}\n```'
                )
        choice = {"index": 0, "finish_reason": reason, "message": message}
        self.completions += 1
        usage = {"prompt_tokens": 400, "completion_tokens": 460, "total_tokens": 860}
        head = {"id": "x", "object": "chat.completion", "created": 0, "model": body["model"]}
        return web.json_response({**head, "choices": [choice], "usage": usage})

    def _shaped(self, texts: dict[str, str], *, tagged: bool) -> str:
        if tagged:
            return "\n".join(f"<{key}>{text}</{key}>" for key, text in texts.items())
        return json.dumps(texts, ensure_ascii=False)

    def _paper(self, content: str, said: str, made: Callable[[str], str]) -> dict[str, str]:
        """The texts that are asked for, from what stands between the delimiters."""
        keys = re.search(r"^Keys: (.*)$", content, re.MULTILINE)
        assert keys, content
        wanted = keys[1] if said == content else said[said.index("with the keys") :]
        sentences = re.findall(r"^(s\d+): (.*)$", content, re.MULTILINE)
        if sentences:
            arxiv_id = re.findall(r"^id: (.*)$", content, re.MULTILINE)[0]
            return {"id": arxiv_id, **{key: made(text) for key, text in sentences}}
        found = re.search(r"^id: (.*)\ntitle: (.*)\nabstract: (.*)\nPAPER-", content, re.MULTILINE)
        assert found, content
        arxiv_id, title, abstract = found.groups()
        if self._trouble("openai") is Trouble.OTHER_PAPER:
            arxiv_id, title, abstract = "9999.00001", "On tomatoes", _OTHER_TEXT
        sentence = f"We describe {re.sub('{v[0-9]+}', 'it', title)[:150]}."
        texts = {
            "id": arxiv_id,
            "title": made(title),
            "abstract": made(abstract),
            "tldr": made(sentence),
            "tldr_en": sentence,
        }
        return {key: text for key, text in texts.items() if f'"{key}"' in wanted}

    async def _libretranslate(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.bodies.append(body)
        self.keys.append(body.get("api_key", ""))
        self.asked += [("libretranslate", text) for text in body["q"]]
        self._meet("libretranslate", body["q"][0])
        if (failed := await self._failed("libretranslate", request)) is not None:
            return failed
        made = self._made("libretranslate", {"zt": "zh-TW"}.get(body["target"], body["target"]))
        return web.json_response({"translatedText": [made(text) for text in body["q"]]})

    async def _deepl(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.bodies.append(body)
        self.keys.append(request.headers.get("Authorization", ""))
        self.asked += [("deepl", text) for text in body["text"]]
        self._meet("deepl", body["text"][0])
        if (failed := await self._failed("deepl", request)) is not None:
            return failed
        if self._trouble("deepl") is Trouble.QUOTA:
            return web.json_response({"message": "Quota Exceeded"}, status=456)
        made = self._made(
            "deepl", {"ZH-HANS": "zh", "ZH-HANT": "zh-TW"}.get(body["target_lang"], body["target_lang"].lower())
        )
        return web.json_response({"translations": [{"text": made(text)} for text in body["text"]]})

    async def _baidu(self, request: web.Request) -> web.StreamResponse:
        text = request.query["q"]
        self.asked.append(("baidu", text))
        self._meet("baidu", text.split("\n")[0])
        self.keys.append(request.query["sign"])
        if (failed := await self._failed("baidu", request)) is not None:
            return failed
        if self._trouble("baidu") is Trouble.QUOTA:
            return web.json_response({"error_code": "54004", "error_msg": "Please recharge"})
        if self._trouble("baidu") is Trouble.REFUSAL:
            return web.json_response({"error_code": "54001", "error_msg": "Invalid Sign"})
        codes = {"jp": "ja", "kor": "ko", "fra": "fr", "spa": "es", "ara": "ar", "cht": "zh-TW"}
        made = self._made("baidu", codes.get(request.query["to"], request.query["to"]))
        lines = [{"src": line, "dst": made(line)} for line in text.split("\n")]
        return web.json_response({"from": "en", "to": request.query["to"], "trans_result": lines})

    async def _google(self, request: web.Request) -> web.StreamResponse:
        text = request.query["q"]
        self.asked.append(("google", text))
        self._meet("google", text.split("\n")[0])
        if (failed := await self._failed("google", request)) is not None:
            return failed
        made = self._made("google", request.query["tl"])(text)
        if self._trouble("google") is Trouble.QUOTA:
            made = _GOOGLE_ERROR
        page = f'<html><body><div class="result-container">{html.escape(made)}</div></body></html>'
        return web.Response(text=page, content_type="text/html")

    async def _mymemory(self, request: web.Request) -> web.StreamResponse:
        text = request.query["q"]
        self.asked.append(("mymemory", text))
        self._meet("mymemory", text.split("\n")[0])
        if (failed := await self._failed("mymemory", request)) is not None:
            return failed
        made = self._made("mymemory", request.query["langpair"].split("|")[1])(text)
        if self._trouble("mymemory") is Trouble.QUOTA:
            made = _QUOTA
        return web.json_response({"responseData": {"translatedText": made}, "responseStatus": 200, "matches": []})

    def _meet(self, service: str, text: str) -> None:
        """Note a request, and what mood it meets."""
        self.requests[service] += 1
        mood = None
        if self.moods and service not in self.well:
            mood = self.moods[zlib.crc32(f"{service} {text}".encode()) % len(self.moods)]
        self._mood.set(mood)

    def _trouble(self, service: str) -> Trouble | None:
        return self._mood.get() or self.troubles.get(service)

    def _made(self, service: str, language: str) -> Callable[[str], str]:
        """How that service translates at present."""

        def whole(text: str) -> str:
            return pseudo(text, language)

        def without_first_mask(text: str) -> str:
            return "\n".join(whole(_MASK.sub("", line, count=1)) for line in text.split("\n"))

        def without_second_mask(text: str) -> str:
            masks = _MASK.findall(text)
            return whole(text.replace(masks[1], "", 1) if len(masks) > 2 else text)

        ways: dict[Trouble, Callable[[str], str]] = {
            Trouble.ECHO: str,
            Trouble.EMPTY: lambda _: "",
            Trouble.LOST_MASK: without_first_mask,
            Trouble.LOST_SECOND_MASK: without_second_mask,
            Trouble.OTHER_PAPER: lambda _: whole(_OTHER_TEXT),
            Trouble.OTHER_TEXT: lambda _: whole(_OTHER_TEXT),
            Trouble.HALF: lambda text: whole(text)[: len(whole(text)) // 2],
            Trouble.OBEYS: lambda text: _HIJACKED if "gnore" in text else whole(text),
            Trouble.GLUED: lambda text: whole(text).replace("\n", ""),
        }
        trouble = self._trouble(service)
        return ways.get(trouble, whole) if trouble is not None else whole

    async def _failed(self, service: str, request: web.Request) -> web.StreamResponse | None:
        """The answer of a service that does not come to translating."""
        if self.latency:
            await asyncio.sleep(self.latency)
        trouble = self._trouble(service)
        if trouble is Trouble.DRIP:
            return await self._dripped(request)
        if trouble is Trouble.HUGE:
            return await self._huge(request)
        if trouble is Trouble.HANG:
            await self._closing.wait()
        if trouble is Trouble.HELD:
            await self.go.wait()
            return None
        if trouble is Trouble.CLOSE and request.transport is not None:
            request.transport.close()
        refusal = {"error": {"message": "Incorrect API key provided: sk-12345678"}}
        answers = {
            Trouble.HANG: lambda: web.Response(status=503),
            Trouble.CLOSE: lambda: web.Response(status=503),
            Trouble.SERVER_ERROR: lambda: web.Response(status=500, text=_ERROR_PAGE, content_type="text/html"),
            Trouble.ERROR_PAGE: lambda: web.Response(text=_ERROR_PAGE, content_type="text/html"),
            Trouble.UNAUTHORIZED: lambda: web.json_response(refusal, status=401),
            Trouble.LIMITED: lambda: web.json_response({"error": "?"}, status=429, headers={"Retry-After": "120"}),
        }
        return answers[trouble]() if trouble in answers else None

    async def _huge(self, request: web.Request) -> web.StreamResponse:
        """10 MB, piece by piece, as long as somebody reads."""
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        with suppress(ConnectionResetError):
            await response.write(b'{"translatedText":"')
            for _ in range(_HUGE_PIECES):
                await response.write(_HUGE)
                self.huge_sent += len(_HUGE)
            await response.write(b'"}')
        return response

    async def _dripped(self, request: web.Request) -> web.StreamResponse:
        """An answer that never ends, a byte at a time."""
        response = web.StreamResponse()
        await response.prepare(request)
        while not self._closing.is_set():
            await response.write(b" ")
            await asyncio.sleep(0.02)
        return response
