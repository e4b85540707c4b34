"""The reading list, as people use it: saving from cards and by command, notes, pages, removal, files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fakes.house import House, open_house, paper

from bot.simulator.chat_state import Message
from storage import papers, reading_list


async def stored(house: House, count: int = 8) -> None:
    async with house.bot.services.db.begin() as session:
        await papers.save(session, [paper(number) for number in range(1, count + 1)])


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house, house.running():
        await stored(house)
        yield house


def buttons(message: Message) -> list[str]:
    return [button.text for button in message.all_buttons]


async def test_a_card_is_saved_by_its_button_and_stands_in_the_list(house: House) -> None:
    await house.say("2608.00001")
    card = house.last()
    assert "Saved" in await house.noticed(card, "☆ Save")
    assert "already" in await house.noticed(card, "☆ Save")
    text = await house.say("/saved")
    assert text.startswith("★ Reading list · 1 paper\n\n1. ")
    assert "with 1 Cameras" in text
    assert buttons(house.last()) == ["1", "🗑 1", "BibTeX", "RIS", "CSV", "Markdown"]


async def test_papers_are_saved_noted_and_taken_off_by_command(house: House) -> None:
    said = await house.say("/save 2608.00001 arxiv.org/abs/2608.00002v1 2608.09999")
    assert "★ Learning to Count Sheep with 2 Cameras" in said
    assert "2 papers saved" in said
    assert "arXiv has no paper 2608.09999" in said
    assert "“read <section> 3”" in await house.say("/note 2608.00002 read <section> 3")
    assert "✎ read <section> 3" in await house.say("/saved")
    assert "removed" in await house.say("/note 2608.00002")
    assert "No longer on your list: 2608.00001" in await house.say("/unsave 2608.00001")
    assert "1 paper" in await house.say("/saved")
    assert "on your list already" in await house.say("/save 2608.00002")


async def test_a_note_in_reply_to_a_card_needs_no_id(house: House) -> None:
    await house.say("2608.00001")
    answer = await house.say("/note read section 3 again", reply_to=house.last())
    assert "Noted beside 2608.00001: “read section 3 again”" in answer
    assert "Which paper?" in await house.say("/note", reply_to=house.last())


async def test_a_note_on_a_new_paper_saves_it(house: House) -> None:
    await house.say("/note 2608.00003 for the seminar")
    assert "✎ for the seminar" in await house.say("/saved")


async def test_the_list_has_pages_and_what_is_removed_goes_from_the_page(house: House) -> None:
    await house.say("/save " + " ".join(f"2608.{number:05}" for number in range(1, 7)))
    await house.say("/saved")
    message = house.last()
    assert "▶" in buttons(message)
    await house.press_to_edit(message, "▶")
    assert buttons(message)[:2] == ["6", "🗑 6"]
    await house.press_to_edit(message, "🗑 6")
    assert "5 papers" in message.text
    assert buttons(message)[:5] == ["1", "2", "3", "4", "5"]
    assert "▶" not in buttons(message)


async def test_the_last_one_removed_leaves_an_empty_list(house: House) -> None:
    await house.say("/save 2608.00001")
    await house.say("/saved")
    await house.press_to_edit(house.last(), "🗑 1")
    assert "empty" in house.last().text


FORMS = {
    "bib": "@misc{example",
    "ris": "TY  - UNPB\r\n",
    "csv": "\ufeffarxiv_id,version,title",
    "md": "# Reading list\n\n## 1. [",
}


async def test_the_list_comes_as_a_file_by_command_and_by_button(house: House) -> None:
    await house.say("/save 2608.00001 2608.00002")
    for form, has in FORMS.items():
        await house.say(f"/saved {form.upper()}")
        document = house.last().document
        assert document is not None
        assert document.name == f"reading-list-2026-08-21.{form}"
        content = document.content.decode()
        assert has in content
        assert "2608.00001" in content
        assert "2608.00002" in content
        await house.say("/saved")
        count = len(house.telegram.from_bot(house.private))
        await house.press(house.last(), f"file:{form}")
        await house.telegram.wait_for_messages(house.private, count + 1)
        again = house.last().document
        assert again is not None
        assert again.content.decode() == content


async def test_in_a_group_everybody_saves_to_a_list_of_their_own_and_nobody_shows_theirs(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        reader = house.telegram.add_user("Bob", language_code="zh-hans")
        group = house.telegram.add_group("Readers", creator=house.person, members=[reader])
        async with house.running():
            await stored(house)
            await house.say("/settings interface zh", chat=group)
            await house.say(f"@{house.telegram.bot.username} 2608.00001", chat=group)
            card = house.last(group)
            count = len(house.telegram.from_bot(group))
            assert "已收藏" in await house.press(card, "☆ 收藏", user=reader)
            assert len(house.telegram.from_bot(group)) == count
            assert "私聊" in await house.say("/saved", chat=group, user=reader)
            assert "是谁" in await house.say("/save 2608.00002", chat=group, anonymous=True)
            assert "已收藏" in await house.say("/save 2608.00002", chat=group, user=reader)
            async with house.bot.services.db.read() as session:
                assert (await reading_list.of(session, reader.id))[1] == 2
                assert (await reading_list.of(session, house.person.id))[1] == 0


async def test_a_reply_saves_the_paper_of_the_message_but_not_a_page_of_papers(house: House) -> None:
    await house.say("2608.00001")
    assert "Saved." in await house.say("/save", reply_to=house.last())
    await house.say("/search sheep")
    assert "/save 2608.0000" in await house.say("/save", reply_to=house.last())


IMPOSSIBLE = (
    ("/save", "/save 2402.15351"),
    ("/save 2608.09999", "arXiv has no paper"),
    ("/unsave 2608.00001", "not on your list"),
    ("/note", "/note 2402.15351 read section 3"),
    ("/note 2608.00001", "not on your list"),
    ("/note 2608.09999 what", "arXiv has no paper"),
    (f"/note 2608.00001 {'x' * 1001}", "1,000 characters; this one has 1,001"),
    ("/saved", "empty"),
    ("/saved bib", "empty"),
    ("/saved docx", "/saved bib"),
)


async def test_what_cannot_be_done_is_told_with_the_right_form(house: House) -> None:
    assert [said for said, told in IMPOSSIBLE if told not in await house.say(said)] == []


async def test_made_up_data_changes_nothing(house: House) -> None:
    await house.say("/save 2608.00001")
    await house.say("/saved")
    before = house.last().text
    for data in ("save", "save:x", "saved", "saved:9999", "unsave:x:0", "unsave:2608.00001"):
        assert "no longer works" in await house.press_with(house.last(), data), data
    assert house.last().text == before
