"""Any service with OpenAI's chat completions: one request per paper, all texts at once, repairs only where needed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.translate.backends.prompt import (
    KEYS,
    Question,
    Reading,
    Shape,
    complaint,
    question,
    read_answer,
    sentences_question,
    system_prompt,
)
from bot.translate.backends.protocol import (
    BackendError,
    BadAnswer,
    Draft,
    Limited,
    Order,
    RefusedByBackend,
    Tally,
    Unavailable,
)
from bot.translate.backends.retry_after import until_of
from bot.translate.text.marks import leave
from bot.translate.text.summary import split_sentences
from storage.records import SUMMARIES, Now, TextField

if TYPE_CHECKING:
    import aiohttp
    import openai

_SEALED = frozenset({KEYS[TextField.TITLE], KEYS[TextField.ABSTRACT]})
_ABSTRACT = KEYS[TextField.ABSTRACT]


class OpenAIBackend:
    """Asks a model for title, abstract and summaries. `seconds` bounds one request; the client never tries again.

    A text whose marks are damaged is asked for once more with the marks named, the abstract then sentence by sentence;
    a sentence that cannot be had with its marks stays in English. The HTTP session is the caller's.
    """

    name = "openai"

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        model: str,
        seconds: float,
        http: aiohttp.ClientSession,
        now: Now,
        shape: Shape = Shape.JSON,
    ) -> None:
        # The package takes more than half a second to import: only who configured it pays for it.
        import httpx
        from openai import AsyncOpenAI

        from bot.translate.backends.openai_request import SessionTransport

        # From its version 3 the package has a newer httpx of its own in its types, and takes this one as well.
        client: Any = httpx.AsyncClient(
            transport=SessionTransport(http, base_url, seconds=seconds), timeout=seconds, follow_redirects=False
        )
        self._client = AsyncOpenAI(base_url=base_url, api_key=api_key, max_retries=0, http_client=client)
        self._model = model
        self._now = now
        self._shape = shape
        self._format_known = True

    async def translate(self, order: Order) -> Draft:
        """The texts of one paper; raises BackendError when the first answer is none."""
        # Summaries have no seal: alone they could be another paper's, so that the title comes along as a witness.
        alone = order.wanted <= SUMMARIES
        wanted = order.wanted | {TextField.TITLE} if alone else order.wanted
        asked = question(replace(order, wanted=wanted), secrets.token_hex(4))
        answer = await self._answer([_user(asked.text)], asked, order.tally)
        reading = read_answer(answer, asked, self._shape)
        texts = dict(reading.texts)
        if reading.damaged:
            # Summaries have no seal of their own: they are of this paper if a sealed text beside them is.
            if not texts.keys() & _SEALED:
                texts = {}
            texts |= await self._repaired(order, asked, answer, reading)
        if not texts or (alone and KEYS[TextField.TITLE] not in texts):
            raise BadAnswer("no text with all its marks in the answer")
        return Draft(
            title=texts.get(KEYS[TextField.TITLE]),
            abstract=texts.get(_ABSTRACT),
            summary=texts.get(KEYS[TextField.SUMMARY]),
            summary_en=texts.get(KEYS[TextField.SUMMARY_EN]),
            model=self._model,
            together=True,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _repaired(self, order: Order, asked: Question, answer: str, reading: Reading) -> dict[str, str]:
        """What can be had of the damaged texts; what was good before a failure is not lost by it."""
        talk = [_user(asked.text), {"role": "assistant", "content": answer}, _user(complaint(reading))]
        texts: dict[str, str] = {}
        try:
            again = read_answer(await self._answer(talk, asked, order.tally), asked, self._shape)
            texts = {key: text for key, text in again.texts.items() if key in reading.damaged}
        except BadAnswer:
            pass
        except BackendError:
            return texts
        if _ABSTRACT in reading.damaged and _ABSTRACT not in texts:
            try:
                by_sentence = await self._by_sentence(order)
            except BackendError:
                return texts
            if by_sentence is not None:
                texts[_ABSTRACT] = by_sentence
        return texts

    async def _by_sentence(self, order: Order) -> str | None:
        sentences = split_sentences(order.source.abstract)
        if len(sentences) == 1:
            return None
        asked = sentences_question(order, sentences, secrets.token_hex(4))
        made = read_answer(await self._answer([_user(asked.text)], asked, order.tally), asked, self._shape).texts
        if not made:
            return None
        return " ".join(made.get(f"s{number}") or leave(text) for number, text in enumerate(sentences, start=1))

    async def _answer(self, talk: list[dict[str, str]], asked: Question, tally: Tally) -> str:
        from openai import BadRequestError, OpenAIError

        try:
            try:
                completion = await self._complete(talk, asked, tally)
            except BadRequestError as error:
                # Some services know no JSON mode, or not for a model that thinks first; the prompt asks for it as well.
                words = str(error).lower()
                if not self._format_known or not ("json" in words or "response_format" in words):
                    raise
                self._format_known = False
                completion = await self._complete(talk, asked, tally)
        except OpenAIError as error:
            raise self._failure(error) from None
        return _content(completion)

    async def _complete(self, talk: list[dict[str, str]], asked: Question, tally: Tally) -> Mapping[str, Any]:
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [{"role": "system", "content": system_prompt(self._shape)}, *talk],
        }
        if self._format_known and (wanted := asked.response_format(self._shape)) is not None:
            body["response_format"] = wanted
        tally.asked(sum(len(message["content"]) for message in talk))
        # The client's own method looks through each message for what it might rewrite, a third of a request's time;
        # and compatible services leave out what its types promise, so that they are no help in reading.
        try:
            completion = _mapping(await self._client.post("/chat/completions", cast_to=object, body=body))
        except (ValueError, RecursionError):
            raise BadAnswer("an answer that is no JSON") from None
        usage = _mapping(completion.get("usage"))
        tally.tokens_in += _count(usage.get("prompt_tokens"))
        tally.tokens_out += _count(usage.get("completion_tokens"))
        return completion

    def _failure(self, error: openai.OpenAIError) -> BackendError:
        """The failure in our words; the service's own may quote the key."""
        import openai

        if isinstance(error, openai.RateLimitError):
            if error.code == "insufficient_quota":
                return Limited("the account's quota is used up")
            return Limited("too many requests", until_of(error.response.headers.get("retry-after"), self._now()))
        known: tuple[tuple[type[openai.OpenAIError], BackendError], ...] = (
            (openai.AuthenticationError, RefusedByBackend("the key is refused; look at OPENAI_API_KEY")),
            (openai.PermissionDeniedError, RefusedByBackend("the key may not use this model; look at OPENAI_MODEL")),
            (openai.NotFoundError, RefusedByBackend("no such model or address; see OPENAI_MODEL and OPENAI_BASE_URL")),
            (openai.InternalServerError, Unavailable(f"HTTP {getattr(error, 'status_code', 500)}")),
            (openai.APIStatusError, RefusedByBackend(f"HTTP {getattr(error, 'status_code', 400)}")),
            (openai.APITimeoutError, Unavailable("no answer in time")),
            (openai.APIConnectionError, Unavailable("cannot be reached")),
        )
        unread = BadAnswer(f"an answer that cannot be read ({type(error).__name__})")
        return next((failure for kind, failure in known if isinstance(error, kind)), unread)


def _user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def _content(completion: Mapping[str, Any]) -> str:
    """The text of the one choice; a refusal, a filter and a cut are failures of their own."""
    choices = completion.get("choices")
    choice = _mapping(choices[0]) if isinstance(choices, list) and choices else {}
    if not choice:
        raise BadAnswer("an answer without a choice")
    message = _mapping(choice.get("message"))
    if not message:
        raise BadAnswer("an answer without a message")
    if choice.get("finish_reason") == "content_filter" or message.get("refusal"):
        raise RefusedByBackend("the model refuses this text")
    if choice.get("finish_reason") == "length":
        raise BadAnswer("the answer is cut short")
    content = message.get("content")
    if not isinstance(content, str) or not content.strip():
        raise BadAnswer("an empty answer")
    return content


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
