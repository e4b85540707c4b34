"""A language model against a server that speaks its protocol: what only models do, and how each is dealt with."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
from fakes.backends import ALL, KEY, SOURCE, backend, now
from fakes.translator_server import TranslatorServer, Trouble

from bot.translate.backends.openai import OpenAIBackend
from bot.translate.backends.prompt import Shape, read_answer, sentences_question
from bot.translate.backends.protocol import BackendError, BadAnswer, Order, RefusedByBackend
from bot.translate.text.marks import left
from storage.records import TextField


@pytest.fixture
async def server() -> AsyncIterator[TranslatorServer]:
    async with TranslatorServer() as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_the_model_is_asked_once_for_all_texts(server: TranslatorServer, http: aiohttp.ClientSession) -> None:
    asked = backend("openai", server, http, seconds=60)
    draft = await asked.translate(Order(SOURCE, "zh-CN", ALL))
    assert server.keys == [f"Bearer {KEY}"]
    again = await asked.translate(Order(SOURCE, "zh-CN", frozenset({TextField.SUMMARY})))
    await asked.close()
    assert draft.model == "small"
    assert draft.summary_en
    # A summary comes with the title, which proves that it is of this paper.
    assert (again.title, again.abstract) == (draft.title, None)
    assert again.summary == draft.summary
    assert len(server.bodies) == 2
    systems = {body["messages"][0]["content"] for body in server.bodies}
    assert len(systems) == 1
    delimiters = {body["messages"][1]["content"].split("PAPER-")[1].split("\n")[0] for body in server.bodies}
    assert len(delimiters) == 2


@pytest.mark.parametrize(
    ("trouble", "failure"),
    [
        (Trouble.REFUSAL, RefusedByBackend),
        (Trouble.UNAUTHORIZED, RefusedByBackend),
        (Trouble.CUT, BadAnswer),
        (Trouble.BAD_JSON, BadAnswer),
        (Trouble.OTHER_PAPER, BadAnswer),
    ],
)
async def test_what_only_models_do_is_typed_too(
    trouble: Trouble, failure: type[BackendError], server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    server.troubles["openai"] = trouble
    asked = backend("openai", server, http, seconds=60)
    with pytest.raises(failure) as caught:
        await asked.translate(Order(SOURCE, "zh-CN", ALL))
    await asked.close()
    assert "sk-" not in str(caught.value)


@pytest.mark.parametrize("trouble", [Trouble.CHATTY, Trouble.NO_JSON_MODE])
async def test_thoughts_fences_and_missing_json_mode_do_no_harm(
    trouble: Trouble, server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    server.troubles["openai"] = trouble
    asked = backend("openai", server, http, seconds=60)
    assert (await asked.translate(Order(SOURCE, "zh-CN", ALL))).title
    assert (await asked.translate(Order(SOURCE, "zh-CN", ALL))).abstract
    await asked.close()
    # What is found out about JSON mode is found out once.
    assert len(server.bodies) == (3 if trouble is Trouble.NO_JSON_MODE else 2)


async def test_a_model_that_loses_a_mask_is_asked_again_by_its_name_and_then_by_sentence(
    server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    server.troubles["openai"] = Trouble.LOST_SECOND_MASK
    asked = backend("openai", server, http, seconds=60)
    draft = await asked.translate(Order(SOURCE, "zh-CN", ALL))
    await asked.close()
    assert draft.title
    assert draft.summary
    assert draft.abstract
    assert left(draft.abstract) == ["We propose a method with $O(n \\log n)$ steps, where $k < n$."]
    first, again, sentences = server.texts("openai")
    assert re.search(r'"abstract" — missing: \{v\d+\}', again)
    assert '"title"' in first
    assert '"title"' not in again
    assert re.search(r"^s1: .*\ns2: ", sentences, re.MULTILINE)


def test_a_sentence_that_a_model_leaves_in_english_among_others_is_not_taken() -> None:
    asked = sentences_question(Order(SOURCE, "zh-CN", ALL), ["We propose a fast method for $k$.", "We test it."], "0")
    first, second = (asked.masks[key].text for key in ("s1", "s2"))
    answer = json.dumps({"id": SOURCE.arxiv_id, "s1": first, "s2": second.replace("We test it", "我们测试它")})
    assert read_answer(answer, asked, Shape.JSON).texts == {"s2": "我们测试它."}


async def test_a_model_that_seals_nothing_is_trusted_with_nothing(
    server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    server.troubles["openai"] = Trouble.LOST_MASK
    asked = backend("openai", server, http, seconds=60)
    with pytest.raises(BadAnswer):
        await asked.translate(Order(SOURCE, "zh-CN", ALL))
    await asked.close()


@pytest.mark.parametrize("shape", Shape)
async def test_the_answer_is_asked_for_in_the_form_that_the_settings_say(
    shape: Shape, server: TranslatorServer, http: aiohttp.ClientSession
) -> None:
    asked = OpenAIBackend(
        base_url=server.address("openai"), api_key=KEY, model="small", seconds=60, http=http, now=now, shape=shape
    )
    draft = await asked.translate(Order(SOURCE, "zh-CN", ALL))
    await asked.close()
    assert draft.title
    assert draft.summary_en
    kinds = {Shape.JSON: "json_object", Shape.SCHEMA: "json_schema", Shape.TAGGED: None}
    assert server.bodies[0].get("response_format", {}).get("type") == kinds[shape]
