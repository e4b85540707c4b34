from __future__ import annotations

import json
from dataclasses import asdict, fields, replace

import pytest
from fakes.render_material import ENTRY, PAPER, RECORD, TRANSLATION, hostile_records
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.i18n import words_for
from bot.render.names import clean
from bot.render.records_jsonl import RecordError, dump_records, load_records, to_record
from storage.records import DigestRecord

pytestmark = pytest.mark.pure


def test_a_translated_paper_becomes_its_texts_with_formulas_as_latex() -> None:
    assert to_record(ENTRY, words=words_for("zh")) == DigestRecord(
        arxiv_id="2608.01234",
        link="https://arxiv.org/abs/2608.01234",
        title=PAPER.title,
        abstract=PAPER.abstract,
        translated_title=str(TRANSLATION.title),
        translated_abstract=str(TRANSLATION.abstract),
        tldr=str(TRANSLATION.summary),
        tldr_en=str(TRANSLATION.summary_en),
    )


def test_a_long_abstract_is_marked_as_well_as_a_short_one() -> None:
    entry = replace(
        ENTRY, paper=replace(PAPER, abstract="word " * 400), translation=replace(TRANSLATION, abstract=None)
    )
    assert to_record(entry, words=words_for("zh")).translated_abstract == "〔未翻译〕" + "word " * 400


@pytest.mark.parametrize(("interface", "mark"), [("zh", "〔未翻译〕"), ("en", "[not translated] ")])
def test_what_was_not_translated_is_english_behind_a_mark(interface: str, mark: str) -> None:
    entry = replace(ENTRY, translation=replace(TRANSLATION, title=None, abstract=None, summary=None))
    record = to_record(entry, words=words_for(interface))
    assert record.translated_title == mark + PAPER.title
    assert record.translated_abstract == mark + PAPER.abstract
    assert record.tldr == f"{mark}{TRANSLATION.summary_en}"


def test_a_paper_without_any_summary_is_not_left_out() -> None:
    entry = replace(ENTRY, translation=replace(TRANSLATION, summary=None, summary_en=None))
    record = to_record(entry, words=words_for("zh"))
    assert record.tldr == "〔未翻译〕（暂无一句话总结）"
    assert record.tldr_en == ""


def test_for_readers_of_english_nothing_is_marked() -> None:
    english = replace(TRANSLATION, language="en", title=None, abstract=None, summary=None)
    record = to_record(replace(ENTRY, translation=english), words=words_for("en"))
    assert (record.translated_title, record.translated_abstract) == (PAPER.title, PAPER.abstract)
    assert (record.tldr, record.tldr_en) == (TRANSLATION.summary_en, "")


def test_links_lead_to_the_given_site() -> None:
    assert to_record(ENTRY, base="http://127.0.0.1:8080/", words=words_for("en")).link == (
        "http://127.0.0.1:8080/abs/2608.01234"
    )


@settings(deadline=None, max_examples=25)
@given(st.lists(hostile_records(), max_size=4))
def test_records_come_back_as_they_were_written(records: list[DigestRecord]) -> None:
    text = dump_records(records)
    expected = [
        DigestRecord(**{name: clean(value) for name, value in asdict(record).items()})
        for record in records
        if clean(record.title).strip()
    ]
    kept = [line for line in text.split("\n") if line and json.loads(line)["title"].strip()]
    assert text.count("\n") == len(records)
    assert load_records(kept) == expected


def test_a_line_is_one_object_with_the_fields_in_their_order_and_chinese_as_it_is() -> None:
    [line] = dump_records([RECORD]).splitlines()
    assert list(json.loads(line)) == [field_.name for field_ in fields(DigestRecord)]
    assert "一个标题" in line


def test_link_and_optional_texts_may_be_missing_and_unknown_fields_are_passed_over() -> None:
    lines = ["\ufeff" + '{"arxiv_id": " hep-th/9901001 ", "title": "T", "tldr": null, "version": 3}', "", "  \n"]
    assert load_records(lines) == [
        DigestRecord("hep-th/9901001", "https://arxiv.org/abs/hep-th/9901001", "T", "", "", "", "", "")
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"a": ' + "9" * 5000 + "}", "not JSON"),
        ('["a"]', "a list, not an object"),
        ('"a"', "a text, not an object"),
        ("null", "null, not an object"),
        ('{"title": "T"}', '"arxiv_id" is missing'),
        ('{"arxiv_id": "2608.01234", "title": " "}', '"title" is missing'),
        ('{"arxiv_id": 2608.01234, "title": "T"}', '"arxiv_id" is a number, not a text'),
        ('{"arxiv_id": "2608.01234", "title": "T", "tldr": ["x"]}', '"tldr" is a list, not a text'),
        ('{"arxiv_id": "2608.01234", "title": "T", "link": "javascript:x"}', '"link" is not a web address'),
    ],
)
def test_a_bad_line_is_named_with_what_is_wrong_and_the_right_form(line: str, problem: str) -> None:
    good = '{"arxiv_id": "2608.01234", "title": "T"}'
    with pytest.raises(RecordError) as caught:
        load_records([good, "", line])
    assert caught.value.line_number == 3
    assert caught.value.problem.startswith(problem)
    assert str(caught.value).startswith(f"line 3: {problem}")
    assert '": "' in caught.value.right_form
