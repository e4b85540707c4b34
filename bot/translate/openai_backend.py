"""Any service with OpenAI's chat completions: one request per paper, all texts at once."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from bot.translate.backend import BackendError, BadAnswer, Draft, Limited, RefusedByBackend, Source, Unavailable
from bot.translate.prompt import SYSTEM, question, read_answer
from bot.translate.waiting import until_of
from storage.records import Now, TextField

if TYPE_CHECKING:
    import openai
    from openai.types.chat import ChatCompletion


class OpenAIBackend:
    """Asks a model for title, abstract and summaries. `seconds` bounds one request; it never tries again by itself."""

    name = "openai"

    def __init__(self, *, base_url: str, api_key: str, model: str, seconds: float, now: Now) -> None:
        # The package takes more than half a second to import: only who configured it pays for it.
        from openai import AsyncOpenAI

        self._client = AsyncOpenAI(base_url=base_url, api_key=api_key, timeout=seconds, max_retries=0)
        self._model = model
        self._now = now
        self._json_mode = True

    async def translate(self, source: Source, language: str, wanted: frozenset[TextField]) -> Draft:
        """The texts of one paper; raises BackendError."""
        asked = question(source, language, wanted, secrets.token_hex(4))
        completion = await self._ask(asked.text)
        return read_answer(_content(completion), asked, self._model)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _ask(self, text: str) -> ChatCompletion:
        from openai import BadRequestError, OpenAIError

        try:
            try:
                return await self._complete(text)
            except BadRequestError as error:
                # Some services know no JSON mode, or not for a model that thinks first; the prompt asks for it as well.
                complaint = str(error).lower()
                if not self._json_mode or not ("json" in complaint or "response_format" in complaint):
                    raise
                self._json_mode = False
                return await self._complete(text)
        except OpenAIError as error:
            raise self._failure(error) from None

    async def _complete(self, text: str) -> ChatCompletion:
        from openai import omit

        return await self._client.chat.completions.create(
            model=self._model,
            messages=[{"role": "system", "content": SYSTEM}, {"role": "user", "content": text}],
            response_format={"type": "json_object"} if self._json_mode else omit,
        )

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


def _content(completion: ChatCompletion) -> str:
    """The text of the one choice; a refusal, a filter and a cut are failures of their own."""
    # Compatible services leave out what the types promise.
    choices = getattr(completion, "choices", None)
    if not choices:
        raise BadAnswer("an answer without a choice")
    choice = choices[0]
    message = getattr(choice, "message", None)
    if message is None:
        raise BadAnswer("an answer without a message")
    if choice.finish_reason == "content_filter" or getattr(message, "refusal", None):
        raise RefusedByBackend("the model refuses this text")
    if choice.finish_reason == "length":
        raise BadAnswer("the answer is cut short")
    if not isinstance(message.content, str) or not message.content.strip():
        raise BadAnswer("an empty answer")
    return message.content
