"""The chain always answers: with texts that passed the gates, and with gaps where nobody made one."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from fakes.pseudo import pseudo
from fakes.stub_backends import BAD, GOOD, PAPER, SENTENCE, START, Hanging, Stub, chain

from bot.translate.backends.protocol import BackendError, Draft, RefusedByBackend, UnknownPaper
from bot.translate.chain import PIPELINE_VERSION
from storage.records import EXTRACTIVE, TextField


async def test_the_first_backend_that_makes_everything_is_enough() -> None:
    first, second = Stub("first", GOOD), Stub("second", GOOD)
    made = await chain(first, second).translate(PAPER, "zh-CN")
    assert made.complete
    assert (made.arxiv_id, made.version, made.language) == ("2401.00001", 2, "zh-CN")
    assert (made.source_hash, made.pipeline_version, made.made_at) == (PAPER.source_hash, PIPELINE_VERSION, START)
    assert made.made_by == dict.fromkeys(("title", "abstract", "summary", "summary_en"), "first:large")
    assert second.asked == []


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
async def test_what_one_backend_does_badly_the_next_does(bad: Draft | Exception) -> None:
    made = await chain(Stub("bad", bad), Stub("good", GOOD)).translate(PAPER, "zh-CN")
    assert made.complete
    assert set(made.made_by.values()) == {"good:large"}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
async def test_what_nobody_makes_well_is_a_gap_and_never_an_error(bad: Draft | Exception) -> None:
    made = await chain(Stub("bad", bad)).translate(PAPER, "zh-CN")
    assert (made.title, made.abstract, made.summary) == (None, None, None)
    assert made.summary_en == SENTENCE
    assert made.made_by == {"summary_en": EXTRACTIVE}


async def test_a_backend_that_hangs_is_left_at_the_deadline() -> None:
    hanging = Hanging("hanging", GOOD)
    made = await chain(hanging, Stub("good", GOOD), deadline=0.02).translate(PAPER, "zh-CN")
    assert len(hanging.asked) == 1
    assert made.complete


async def test_without_backends_everything_is_marked_and_the_english_summary_is_there() -> None:
    made = await chain().translate(PAPER, "zh-CN")
    assert (made.title, made.abstract, made.summary, made.summary_en) == (None, None, None, SENTENCE)


async def test_english_asks_nobody() -> None:
    backend = Stub("backend", GOOD)
    made = await chain(backend).translate(PAPER, "en")
    assert (made.title, made.abstract) == (PAPER.title, PAPER.abstract)
    assert (made.summary, made.summary_en) == (SENTENCE, SENTENCE)
    assert made.complete
    assert backend.asked == []


async def test_each_text_is_kept_or_asked_for_on_its_own() -> None:
    first = Stub("first", replace(GOOD, abstract=PAPER.abstract, summary=None, summary_en=None))
    second = Stub("second", replace(GOOD, title=None, model=""))
    made = await chain(first, second).translate(PAPER, "zh-CN")
    assert made.complete
    assert made.made_by == {"title": "first:large", "abstract": "second", "summary": "second", "summary_en": "second"}
    assert second.asked[0][1] == {TextField.ABSTRACT, TextField.SUMMARY, TextField.SUMMARY_EN}


async def test_the_english_summary_is_a_sentence_of_the_abstract_where_the_backend_gives_none_or_too_much() -> None:
    for summary_en in (None, "Too long. " * 40, "See https://evil.example now."):
        second = Stub("second", GOOD)
        made = await chain(Stub("first", replace(GOOD, summary_en=summary_en)), second).translate(PAPER, "zh-CN")
        assert made.summary_en == SENTENCE
        assert made.made_by["summary_en"] == EXTRACTIVE
        # For an English summary alone nobody is asked.
        assert second.asked == []


async def test_a_summary_too_long_is_made_by_the_next_from_the_english_summary_that_stands() -> None:
    sentence = "GraphEase trains graph networks without tuning."
    wordy = replace(GOOD, summary_en=sentence, summary="".join(chr(0x4E00 + at) for at in range(200)))
    plain = Stub("plain", lambda source, _: Draft(summary=pseudo(source.sentence, "zh")))
    made = await chain(Stub("wordy", wordy), plain).translate(PAPER, "zh-CN")
    assert plain.asked[0][0].sentence == sentence
    assert plain.asked[0][1] == {TextField.SUMMARY}
    assert (made.summary_en, made.made_by["summary"]) == (sentence, "plain")
    assert made.summary


async def test_chinese_is_set_as_chinese_and_labels_are_taken_off() -> None:
    draft = replace(GOOD, title="摘要：用GraphEase训练图神经网络,很容易")
    made = await chain(Stub("backend", draft)).translate(PAPER, "zh-CN")
    assert made.title == "用 GraphEase 训练图神经网络，很容易"


async def test_the_feed_is_cleaned_off_before_backends_see_the_text() -> None:
    backend = Stub("backend", GOOD)
    dirty = replace(PAPER, abstract=f"arXiv:2401.00001v2 Announce Type: new \nAbstract: {PAPER.abstract}")
    await chain(backend).translate(dirty, "zh-CN")
    assert backend.asked[0][0].abstract == PAPER.abstract
    assert backend.asked[0][0].sentence == SENTENCE


async def test_a_paper_without_an_abstract_lacks_nothing() -> None:
    backend = Stub("backend", GOOD)
    made = await chain(backend).translate(replace(PAPER, abstract=""), "zh-CN")
    assert made.complete
    assert (made.abstract, made.summary, made.summary_en) == ("", "", "")
    assert backend.asked[0][1] == {TextField.TITLE}


async def test_the_same_text_is_asked_for_once_at_a_time() -> None:
    backend = Stub("backend", GOOD)
    asked = chain(backend)
    newer = replace(PAPER, version=3)
    first, second = await asyncio.gather(asked.translate(PAPER, "zh-CN"), asked.translate(newer, "zh-CN"))
    assert (first.version, second.version) == (2, 3)
    assert len(backend.asked) == 1
    again, other = await asyncio.gather(asked.translate(PAPER, "zh-CN"), asked.translate(PAPER, "ja"))
    assert (again.language, other.language) == ("zh-CN", "ja")
    assert len(backend.asked) > 2


async def test_whoever_gives_up_waiting_takes_nothing_from_the_others() -> None:
    asked = chain(Stub("backend", GOOD))
    impatient = asyncio.create_task(asked.translate(PAPER, "zh-CN"))
    patient = asyncio.create_task(asked.translate(PAPER, "zh-CN"))
    await asyncio.sleep(0)
    impatient.cancel()
    assert (await patient).complete


TITLE_ZH = pseudo("A simple method for learning from noisy measurements", "zh")


@pytest.mark.parametrize(
    ("gives", "problem"),
    [
        (Draft(title=TITLE_ZH), None),
        (UnknownPaper("not here"), None),
        (RefusedByBackend("the key is refused; look at OPENAI_API_KEY"), "OPENAI_API_KEY"),
        (RefusedByBackend("the key sk-abcdefghijklmnop is refused"), "the key <secret> is refused"),
        (Draft(title=""), "not with a translation"),
        (RuntimeError("bug"), "broke"),
    ],
)
async def test_check_tells_what_is_wrong_with_each_backend(gives: Draft | Exception, problem: str | None) -> None:
    good = Stub("good", Draft(title=TITLE_ZH))
    (name, found), rest = await chain(Stub("looked at", gives), good).check()
    assert name == "looked at"
    assert found is None if problem is None else found is not None and problem in found
    assert rest == ("good", None)


async def test_check_does_not_wait_for_ever() -> None:
    ((_, problem),) = await chain(Hanging("hanging", GOOD), deadline=0.02).check()
    assert problem
    assert "0.02 seconds" in problem


async def test_closing_stops_what_is_under_way_and_closes_every_backend() -> None:
    hanging, other = Hanging("hanging", GOOD), Stub("other", GOOD)
    asked = chain(hanging, other)
    waiting = asyncio.create_task(asked.translate(PAPER, "zh-CN"))
    await hanging.waiting.wait()
    await asked.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert hanging.closed
    assert other.closed


async def test_log_lines_name_backend_and_paper_and_hold_no_key(caplog: pytest.LogCaptureFixture) -> None:
    failing = Stub("failing", BackendError("Bearer abcdefghijkl is wrong"))
    with caplog.at_level("INFO"):
        await chain(failing, Stub("good", GOOD)).translate(PAPER, "zh-CN")
    lines = [record.getMessage() for record in caplog.records]
    assert any(line.startswith("backend_failed backend=failing paper=2401.00001 reason=") for line in lines)
    assert any(line.startswith("translated paper=2401.00001 backend=good ") for line in lines)
    assert not any("abcdefghijkl" in line for line in lines)
