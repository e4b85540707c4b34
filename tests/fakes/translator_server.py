"""Four translation services on the loopback: OpenAI's chat completions, LibreTranslate, Google's page, MyMemory.

They translate deterministically into made-up words of the right script and length and keep masks. Each can be told to
misbehave in the ways that the real ones have been seen to.
"""

from __future__ import annotations

import asyncio
import hashlib
import html
import json
import re
from collections.abc import Callable
from enum import Enum, auto
from typing import Any, Self

from aiohttp import web
from aiohttp.test_utils import TestServer

_SCRIPTS: dict[str, tuple[str, float]] = {
    "zh": ("的研究方法模型数据学习问题提出分析结果性能网络优化系统理论实验训练图像语言任务特征算法", 0.32),
    "ja": ("あいうえおかきくけこさしすせそたちつてとなにぬねの研究方法", 0.5),
    "ko": ("가나다라마바사아자차카타파하연구방법모델", 0.5),
    "ru": ("абвгдежзиклмнопрстуфхцч", 1.0),
    "ar": ("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", 0.9),
    "hi": ("अआइईउऊकखगघचछजझटठडढणतथद", 0.9),
    "": ("abdefilmnoprstuvéèàç", 1.1),
}
_TOKEN = re.compile(
    r"(?P<kept>\{v\d+\}|<x id=\"\d+\"/>|&\w+;|https?://\S+|\d+[.,]\d+)|(?P<word>[A-Za-z][\w'-]*)|(?P<rest>.)", re.DOTALL
)
_WIDE = {".": "。", ",": "，", ";": "；", ":": "：", "?": "？", " ": ""}
_ERROR_PAGE = "<!DOCTYPE html><html><head><title>Error 502</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_GOOGLE_ERROR = "Error 500 (Server Error)!!1500.That’s an error.There was an error. Please try again later."
_OTHER_TEXT = (
    "We grow tomatoes in a greenhouse and measure how the colour of the light changes the taste of each fruit."
)
_QUOTA = (
    "MYMEMORY WARNING: YOU USED ALL AVAILABLE FREE TRANSLATIONS FOR TODAY. NEXT AVAILABLE IN  07 HOURS 30 MINUTES 10 "
    "SECONDS VISIT HTTPS://MYMEMORY.TRANSLATED.NET/DOC/USAGELIMITS.PHP TO TRANSLATE MORE"
)
_LANGUAGE_WORDS = {"Chinese": "zh", "Japanese": "ja", "Korean": "ko", "Russian": "ru", "Arabic": "ar", "Hindi": "hi"}


class Trouble(Enum):
    """Ways to misbehave. What a service cannot do (no JSON, no refusal) it answers as a server error."""

    HANG = auto()
    SERVER_ERROR = auto()
    ERROR_PAGE = auto()
    ECHO = auto()
    LOST_MASK = auto()
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


ANYWHERE = (Trouble.HANG, Trouble.SERVER_ERROR, Trouble.ERROR_PAGE, Trouble.ECHO, Trouble.EMPTY, Trouble.LIMITED)
"""What every one of the services can do."""


def pseudo(text: str, language: str) -> str:
    """A made-up translation: each word becomes letters of the language's script, the same word always the same."""
    base = language.split("-", maxsplit=1)[0]
    letters, ratio = _SCRIPTS.get(base, _SCRIPTS[""])
    dense = base in {"zh", "ja"}

    def one(match: re.Match[str]) -> str:
        if match["kept"]:
            return match["kept"]
        if match["rest"]:
            return _WIDE.get(match["rest"], match["rest"]) if dense else match["rest"]
        digest = hashlib.sha256(match["word"].lower().encode()).digest()
        size = max(1, round((len(match["word"]) + dense) * ratio))
        return "".join(letters[digest[at % len(digest)] % len(letters)] for at in range(size))

    return _TOKEN.sub(one, text)


class TranslatorServer:
    """The four services on one port. `troubles` is service → how it misbehaves; `asked` is what came, in order."""

    def __init__(self) -> None:
        self.troubles: dict[str, Trouble] = {}
        self.asked: list[tuple[str, str]] = []
        self.keys: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self._closing = asyncio.Event()
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._openai)
        app.router.add_post("/translate", self._libretranslate)
        app.router.add_get("/m", self._google)
        app.router.add_get("/get", self._mymemory)
        self._server = TestServer(app)

    async def __aenter__(self) -> Self:
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        await self._server.close()

    def address(self, service: str) -> str:
        """What the setting of that service would be."""
        paths = {"openai": "/v1", "libretranslate": "", "google": "/m", "mymemory": "/get"}
        return str(self._server.make_url("")).rstrip("/") + paths[service]

    def texts(self, service: str) -> list[str]:
        """What that service was asked to translate."""
        return [text for name, text in self.asked if name == service]

    async def _openai(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.bodies.append(body)
        self.keys.append(request.headers.get("Authorization", ""))
        content = body["messages"][-1]["content"]
        self.asked.append(("openai", content))
        trouble = self.troubles.get("openai")
        if trouble is Trouble.NO_JSON_MODE and "response_format" in body:
            return web.json_response({"error": {"message": "response_format json_object is not supported"}}, status=400)
        if (failed := await self._failed("openai", request)) is not None:
            return failed
        answer = json.dumps(self._paper(content, self._made("openai", language_of(content))), ensure_ascii=False)
        message: dict[str, Any] = {"role": "assistant", "content": answer}
        reason = "stop"
        match trouble:
            case Trouble.EMPTY:
                message["content"] = ""
            case Trouble.BAD_JSON:
                message["content"] = answer[: len(answer) // 2]
            case Trouble.CUT:
                message["content"], reason = answer[: len(answer) // 2], "length"
            case Trouble.REFUSAL:
                message |= {"content": None, "refusal": "I cannot help with that."}
            case Trouble.CHATTY:
                message["content"] = (
                    f'<think>The user wants {{"title": …}}.</think>\nHere it is:\n```json\n{answer}\n```'
                )
        choice = {"index": 0, "finish_reason": reason, "message": message}
        return web.json_response(
            {"id": "x", "object": "chat.completion", "created": 0, "model": body["model"], "choices": [choice]}
        )

    def _paper(self, content: str, made: Callable[[str], str]) -> dict[str, str]:
        """The JSON that is asked for, from what stands between the delimiters."""
        found = re.search(r"^id: (.*)\ntitle: (.*)\nabstract: (.*)\nPAPER-", content, re.MULTILINE)
        assert found, content
        keys = re.search(r"^Keys: (.*)$", content, re.MULTILINE)
        assert keys, content
        arxiv_id, title, abstract = found.groups()
        if self.troubles.get("openai") is Trouble.OTHER_PAPER:
            arxiv_id, title, abstract = "9999.00001", "On tomatoes", _OTHER_TEXT
        sentence = f"We describe {re.sub('{v[0-9]+}', 'it', title)[:150]}."
        texts = {
            "id": arxiv_id,
            "title": made(title),
            "abstract": made(abstract),
            "tldr": made(sentence),
            "tldr_en": sentence,
        }
        return {key: text for key, text in texts.items() if f'"{key}"' in keys[1]}

    async def _libretranslate(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.bodies.append(body)
        self.keys.append(body.get("api_key", ""))
        self.asked += [("libretranslate", text) for text in body["q"]]
        if (failed := await self._failed("libretranslate", request)) is not None:
            return failed
        made = self._made("libretranslate", {"zt": "zh"}.get(body["target"], body["target"]))
        return web.json_response({"translatedText": [made(text) for text in body["q"]]})

    async def _google(self, request: web.Request) -> web.StreamResponse:
        text = request.query["q"]
        self.asked.append(("google", text))
        if (failed := await self._failed("google", request)) is not None:
            return failed
        made = self._made("google", request.query["tl"])(text)
        if self.troubles.get("google") is Trouble.QUOTA:
            made = _GOOGLE_ERROR
        page = f'<html><body><div class="result-container">{html.escape(made)}</div></body></html>'
        return web.Response(text=page, content_type="text/html")

    async def _mymemory(self, request: web.Request) -> web.StreamResponse:
        text = request.query["q"]
        self.asked.append(("mymemory", text))
        if (failed := await self._failed("mymemory", request)) is not None:
            return failed
        made = self._made("mymemory", request.query["langpair"].split("|")[1])(text)
        if self.troubles.get("mymemory") is Trouble.QUOTA:
            made = _QUOTA
        return web.json_response({"responseData": {"translatedText": made}, "responseStatus": 200, "matches": []})

    def _made(self, service: str, language: str) -> Callable[[str], str]:
        """How that service translates at present."""
        match self.troubles.get(service):
            case Trouble.ECHO:
                return str
            case Trouble.EMPTY:
                return lambda _: ""
            case Trouble.LOST_MASK:
                return lambda text: pseudo(re.sub(r"\{v\d+\}|<x id=\"\d+\"/>", "", text, count=1), language)
            case Trouble.OTHER_PAPER:
                return lambda _: pseudo(_OTHER_TEXT, language)
            case _:
                return lambda text: pseudo(text, language)

    async def _failed(self, service: str, request: web.Request) -> web.StreamResponse | None:
        """The answer of a service that does not come to translating."""
        trouble = self.troubles.get(service)
        if trouble is Trouble.HANG:
            await self._closing.wait()
        if trouble is Trouble.DRIP:
            return await self._dripped(request)
        refusal = {"error": {"message": "Incorrect API key provided: sk-12345678"}}
        answers = {
            Trouble.HANG: lambda: web.Response(status=503),
            Trouble.SERVER_ERROR: lambda: web.Response(status=500, text=_ERROR_PAGE, content_type="text/html"),
            Trouble.ERROR_PAGE: lambda: web.Response(text=_ERROR_PAGE, content_type="text/html"),
            Trouble.UNAUTHORIZED: lambda: web.json_response(refusal, status=401),
            Trouble.LIMITED: lambda: web.json_response({"error": "?"}, status=429, headers={"Retry-After": "120"}),
        }
        return answers[trouble]() if trouble in answers else None

    async def _dripped(self, request: web.Request) -> web.StreamResponse:
        """An answer that never ends, a byte at a time."""
        response = web.StreamResponse()
        await response.prepare(request)
        while not self._closing.is_set():
            await response.write(b" ")
            await asyncio.sleep(0.02)
        return response


def language_of(content: str) -> str:
    """The language that a prompt names, as a code."""
    line = content.split("\n", maxsplit=1)[0]
    return next((code for word, code in _LANGUAGE_WORDS.items() if word in line), "fr")
