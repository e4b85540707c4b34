"""What could not be translated is tried again by itself, and the posted messages are edited."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fakes.house import FRIDAY, House, announcement, open_house
from fakes.stored import NOW, open_database, paper
from fakes.translator_server import Trouble

from bot.simulator.chat_state import Message
from bot.simulator.faults import Fault, FaultKind
from storage import gaps, open_cards
from storage.gaps import FIRST_PAUSE, LONGEST_PAUSE, MOST_ATTEMPTS, Gap

SOON = timedelta(seconds=1)


async def posted_in_english(house: House) -> None:
    """A digest of three papers while no translator answers."""
    await house.say("/subscribe cs.CV")
    house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
    house.break_translator()
    house.clock.to_announcement(FRIDAY)
    await house.tick()


def shown(house: House) -> str:
    """The digest as it stands in the chat: the message and the document."""
    messages = [
        message for message in house.telegram.from_bot(house.private) if "Aug 21" in message.text or message.document
    ]
    return told(messages)


async def test_a_gap_is_filled_when_its_pause_is_over_and_the_message_is_edited(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running() as bot:
        await posted_in_english(house)
        before = len(house.telegram.from_bot(house.private))
        assert "[not translated]" in shown(house)
        asked = house.translator.requests.total()
        house.mend_translator()
        assert await bot.retries.tick() == 0
        assert house.translator.requests.total() == asked
        house.clock.now += FIRST_PAUSE + SOON
        assert await bot.retries.tick() > 0
        await house.settle()
        assert "[not translated]" not in shown(house)
        assert len(house.telegram.from_bot(house.private)) == before
        house.clock.now += LONGEST_PAUSE
        assert await bot.retries.tick() == 0


async def test_a_gap_survives_a_restart(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        async with house.running():
            await posted_in_english(house)
        house.mend_translator()
        house.clock.now += FIRST_PAUSE + SOON
        async with house.running():
            # The clock ticks at once.
            await house.telegram.wait_for(lambda: "[not translated]" not in shown(house))


async def test_a_sentence_that_stays_english_is_marked_and_filled_later(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running() as bot:
        await house.say("/subscribe cs.CV")
        (entry,) = announcement(1)
        text = f"{entry.paper.abstract} It ends with $x_1$ and $y_1$ and $z_1$ here."
        house.arxiv.announce("cs.CV", [replace(entry, paper=replace(entry.paper, abstract=text))], FRIDAY)
        house.translator.troubles["libretranslate"] = Trouble.LOST_SECOND_MASK
        house.clock.to_announcement(FRIDAY)
        await house.tick()
        assert "〔未翻译〕It ends with $x_1$" in shown(house)
        house.mend_translator()
        house.clock.now += FIRST_PAUSE + SOON
        await bot.retries.tick()
        await house.settle()
        assert "〔未翻译〕" not in shown(house)
        assert "$x_1$" in shown(house)


async def test_pauses_grow_and_attempts_end(tmp_path: Path) -> None:
    async with open_database(tmp_path) as db:
        at = NOW
        pauses: list[timedelta] = []
        gap: Gap | None = None
        while True:
            async with db.begin() as session:
                await gaps.tried(session, paper(1), "zh-CN", gap, at)
                (gap,) = (await gaps.known(session, [paper(1).source_hash], "zh-CN")).values()
            if gap.retry_at is None:
                break
            pauses.append(gap.retry_at - at)
            at = gap.retry_at
            async with db.begin() as session:
                # Somebody asks in between.
                await gaps.tried(session, paper(1), "zh-CN", gap, at - SOON)
                assert await gaps.due(session, at - SOON, 9) == []
                assert await gaps.due(session, at, 9) == [gap]
        assert pauses == sorted(pauses)
        assert (pauses[0], pauses[-1]) == (FIRST_PAUSE, LONGEST_PAUSE)
        assert len(pauses) == MOST_ATTEMPTS - 1
        later = at + timedelta(days=99)
        async with db.begin() as session:
            assert await gaps.due(session, later, 9) == []
            # Somebody asks once more.
            await gaps.tried(session, paper(1), "zh-CN", gap, later)
            assert len(await gaps.due(session, later + FIRST_PAUSE, 9)) == 1


MARK = "not translated"


async def test_cards_posted_with_gaps_are_edited_where_they_stand_unless_something_else_stands_there(
    tmp_path: Path,
) -> None:
    async with open_house(tmp_path) as house, house.running() as bot:
        house.arxiv.add_paper(announcement(1)[0].paper)
        house.break_translator()
        forum = house.telegram.add_group("Forum", creator=house.person, forum=True)
        topic = house.telegram.add_topic(forum, "Papers")
        left = house.telegram.add_group("Left", creator=house.person)
        mention = f"@{house.telegram.bot.username} 2608.00001"
        await house.say("/settings interface zh", chat=forum, thread_id=topic)
        await house.say(mention, chat=forum, thread_id=topic)
        await house.say(mention, chat=left)
        for _ in range(4):
            await house.say("2608.00001")
        private, english, listed, deleted = house.telegram.from_bot(house.private)
        in_topic, in_left = house.last(forum), house.last(left)
        buttons = in_topic.all_buttons
        assert "未翻译" in in_topic.text
        assert all(MARK in message.text for message in (private, english, listed, deleted, in_left))
        await house.press_to_edit(english, "English")
        await house.press_to_edit(listed, "BibTeX")
        house.telegram.delete(deleted)
        house.telegram.kick_bot(left)
        house.mend_translator()
        before = english.text, listed.text
        house.clock.now += FIRST_PAUSE + SOON
        assert await bot.retries.tick() == 2
        assert "未翻译" not in in_topic.text
        assert MARK not in private.text
        assert "以" in in_topic.text or "的" in in_topic.text
        assert [button.data for button in in_topic.all_buttons] == [button.data for button in buttons]
        assert (english.text, listed.text) == before
        await house.press_to_edit(listed, "◀ Back")
        assert MARK not in listed.text
        house.clock.now += LONGEST_PAUSE
        assert await bot.retries.tick() == 0
        assert private.edited == in_topic.edited == 1
        async with bot.core.db.read() as session:
            assert await open_cards.of_texts(session, [announcement(1)[0].paper.source_hash], "zh-CN") == []
            assert await gaps.count(session) == 0


async def test_what_somebody_asks_for_in_between_is_shown_everywhere_also_when_telegram_comes_back(
    tmp_path: Path,
) -> None:
    async with open_house(tmp_path) as house, house.running() as bot:
        await posted_in_english(house)
        await house.say("2608.00001")
        card = house.last()
        assert MARK in card.text
        house.mend_translator()
        await house.say("2608.00001")
        assert MARK not in house.last().text
        marks = shown(house).count(MARK)
        away = Fault(FaultKind.SERVER_ERROR, "editMessageText")
        house.telegram.faults.plan = lambda method, params, _: (
            away if method == "editMessageText" and params.text("message_id") == str(card.message_id) else None
        )
        await bot.retries.tick()
        await house.settle()
        assert MARK in card.text
        assert shown(house).count(MARK) < marks
        house.telegram.faults.clear()
        assert await bot.retries.tick() == 1
        assert MARK not in card.text
        assert await bot.retries.tick() == 0


@pytest.mark.parametrize("layout", ["classic", "rich", "file"])
async def test_a_digest_that_was_asked_for_is_completed_unless_somebody_went_on_in_it(
    tmp_path: Path, layout: str
) -> None:
    async with open_house(tmp_path) as house, house.running() as bot:
        house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
        house.break_translator()
        house.clock.to_announcement(FRIDAY)
        group = house.telegram.add_group("Readers", creator=house.person)
        await house.say(f"/settings layout {layout}")
        before = len(house.telegram.from_bot(house.private))
        await house.say("/digest cs.CV")
        await house.say("/digest cs.CV", chat=group)
        # What is said next is answered when all of a digest is there.
        await house.say("/help")
        await house.say("/help", chat=group)
        await house.telegram.wait_for_messages(house.private, before + (2 if layout == "file" else 3))
        await house.telegram.wait_for_messages(group, 3)
        answers = house.telegram.from_bot(house.private)[before:-1]
        changed, its_file, _ = house.telegram.from_bot(group)
        assert [bool(answer.document) for answer in answers] == ([True] if layout == "file" else [False, True])
        assert MARK in told(answers)
        assert MARK in told([changed, its_file])
        buttons = [button.data for button in answers[0].all_buttons]
        await house.press_to_edit(changed, "✨ Rich")
        stands = changed.text
        house.mend_translator()
        house.clock.now += FIRST_PAUSE + SOON
        assert await bot.retries.tick() == len(answers) + 1
        assert MARK not in told([*answers, its_file])
        assert [button.data for button in answers[0].all_buttons] == buttons
        assert changed.text == stands
        house.clock.now += LONGEST_PAUSE
        assert await bot.retries.tick() == 0


async def test_the_taste_after_the_three_questions_is_completed(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.running() as bot:
        house.arxiv.announce("cs.CV", announcement(9), FRIDAY)
        house.break_translator()
        house.clock.to_announcement(FRIDAY)
        await house.say("/subscribe cs.CV")
        before = len(house.telegram.from_bot(house.private))
        house.telegram.press_with(house.last(), house.person, "go:0:time:asap")
        await house.telegram.wait_for_messages(house.private, before + 2)
        taste = house.last()
        assert MARK in taste.text
        house.mend_translator()
        house.clock.now += FIRST_PAUSE + SOON
        await bot.retries.tick()
        assert MARK not in taste.text


def told(messages: list[Message]) -> str:
    return "\n".join(
        message.text + (message.document.content.decode() if message.document else "") for message in messages
    )
