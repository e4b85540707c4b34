"""The chat page: every chat in the browser, for the demo. It has no password, so only this machine may open it."""

from __future__ import annotations

import asyncio
import secrets
from importlib import resources
from typing import Any
from urllib.parse import quote, urlsplit

from aiohttp import web

from bot.simulator import page_view as view
from bot.simulator.api_errors import ApiError
from bot.simulator.chat_state import Chat, User
from bot.simulator.user_actions import UserActions

POLL_SECONDS = 20.0
# A pressed button spins so long at most.
_ANSWER_SECONDS = 15.0
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_NONCE = "NONCE"


def _number(body: dict[str, Any], name: str) -> int:
    value = body.get(name)
    return value if isinstance(value, int) else 0


class ChatPage:
    """Serves the page and its small API under /page."""

    def __init__(self, telegram: UserActions, host: str) -> None:
        self._telegram = telegram
        self._world = telegram.world
        self._hosts = _HERE | {host}

    def routes(self) -> list[web.RouteDef]:
        """The page, what it shows and what it does."""
        return [
            web.get("/", self.show),
            web.get("/page/view", self.view),
            web.post("/page/say", self.say),
            web.post("/page/press", self.press),
            web.post("/page/start", self.start),
            web.post("/page/share", self.share),
            web.get("/page/file/{file_id}", self.file),
        ]

    def _guard(self, request: web.Request) -> None:
        """No other site may read the chats or speak in them, be it by a name that points here or from its own pages."""
        origin = request.headers.get("Origin")
        foreign = origin is not None and urlsplit(origin).netloc != request.host
        if urlsplit(f"//{request.host}").hostname not in self._hosts or foreign:
            raise web.HTTPForbidden(text="The chat page answers its own browser window only.\n")
        if request.method == "POST" and request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType(text="JSON only.\n")

    def _chat(self, number: object) -> Chat:
        try:
            return self._world.find(str(number))
        except ApiError:
            raise web.HTTPNotFound(text=f"There is no chat {number}.\n") from None

    async def show(self, request: web.Request) -> web.Response:
        """The page itself, in one file."""
        self._guard(request)
        nonce = secrets.token_urlsafe(16)
        markup = (resources.files("bot.simulator") / "page.html").read_text("utf-8").replace(_NONCE, nonce)
        policy = (
            f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; "
            "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        headers = {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
        return web.Response(text=markup, content_type="text/html", headers=headers)

    async def view(self, request: web.Request) -> web.Response:
        """The list of chats and one chat; waits for a change if the page has seen version `after`."""
        self._guard(request)
        changed = self._world.changed
        if request.query.get("after") == str(changed.version):
            await changed.wait(POLL_SECONDS)
        body: dict[str, Any] = {
            "version": changed.version,
            "bot": self._world.bot.username,
            "chats": view.chats_view(self._world),
        }
        if request.query.get("chat"):
            chat = self._chat(request.query["chat"])
            thread = request.query.get("thread", "0")
            body |= {
                "chat": str(chat.id),
                "messages": view.messages_view(self._world, chat, int(thread) if thread.isdecimal() else 0),
                "doing": view.doing_view(self._world, chat, int(thread) if thread.isdecimal() else 0),
                "speakers": view.speakers_view(self._world, chat),
                "commands": view.commands_view(self._world, chat),
                "keyboard": view.keyboard_view(self._world, chat),
            }
        return web.json_response(body)

    async def say(self, request: web.Request) -> web.Response:
        """Speak for a person in a chat, or for a channel."""
        body = await self._body(request)
        chat, text = self._chat(body.get("chat")), str(body.get("text", "")).strip()
        if not text:
            raise web.HTTPBadRequest(text="Say something.\n")
        if chat.type == "channel":
            self._telegram.post(chat, text)
            return web.json_response({})
        user = next((user for user in view.speakers(self._world, chat) if user.id == body.get("speaker")), None)
        thread_id = _number(body, "thread") if chat.forum else 0
        reply_to = chat.messages.get(_number(body, "reply_to"))
        if user is None or (thread_id and thread_id not in chat.topics):
            raise web.HTTPBadRequest(text="That person or topic is not in this chat.\n")
        self._telegram.say(chat, user, text, thread_id=thread_id, reply_to=reply_to)
        return web.json_response({})

    async def press(self, request: web.Request) -> web.Response:
        """Press a button and wait for what the bot answers."""
        body = await self._body(request)
        chat = self._chat(body.get("chat"))
        message = chat.messages.get(_number(body, "message_id"))
        user = self._reader(chat, body)
        if message is None or user is None:
            raise web.HTTPNotFound(text="That message is gone.\n")
        try:
            query_id = self._telegram.press(message, user, str(body.get("data")))
        except ValueError:
            raise web.HTTPNotFound(text="That button is gone.\n") from None
        press = self._world.presses[query_id]
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                while press.answer is None:
                    await self._world.changed.wait()
        except TimeoutError:
            return web.json_response({"answer": "", "alert": False})
        return web.json_response({"answer": press.answer, "alert": press.alert, "url": press.url})

    async def start(self, request: web.Request) -> web.Response:
        """Follow a deep link: the private chat of the person with the bot, where they start it; answers with its id."""
        body = await self._body(request)
        user = self._reader(self._chat(body.get("chat")), body)
        if user is None:
            raise web.HTTPNotFound(text="Nobody is there to follow that link.\n")
        private = self._world.private(user)
        self._telegram.say(private, user, f"/start {body.get('payload', '')}".strip())
        return web.json_response({"chat": str(private.id)})

    async def share(self, request: web.Request) -> web.Response:
        """Pick a chat for a button of the keyboard that asks for one."""
        body = await self._body(request)
        chat, button = self._chat(body.get("chat")), str(body.get("button"))
        wanted = dict(self._world.keyboards.get(chat.id, ())).get(button, {}).get("request_chat")
        user = self._reader(chat, body)
        if wanted is None or user is None:
            raise web.HTTPNotFound(text="That button is gone.\n")
        shared = self._chat(body.get("shared"))
        if shared not in view.pickable(self._world, user, wanted):
            raise web.HTTPBadRequest(text="That chat cannot be picked.\n")
        self._telegram.share_chat(chat, user, button, shared)
        return web.json_response({})

    def _reader(self, chat: Chat, body: dict[str, Any]) -> User | None:
        """The person who is spoken for, in a channel the first of its readers."""
        readers = view.speakers(self._world, chat)
        return next((user for user in readers if user.id == body.get("speaker")), readers[0] if readers else None)

    async def _body(self, request: web.Request) -> dict[str, Any]:
        self._guard(request)
        try:
            body = await request.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise web.HTTPBadRequest(text="A JSON object, please.\n")
        return body

    async def file(self, request: web.Request) -> web.Response:
        """Download a document."""
        self._guard(request)
        document = self._world.files.get(request.match_info["file_id"])
        if document is None:
            raise web.HTTPNotFound(text="There is no such file.\n")
        disposition = f"attachment; filename*=UTF-8''{quote(document.name)}"
        headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
        return web.Response(body=document.content, content_type="application/octet-stream", headers=headers)
