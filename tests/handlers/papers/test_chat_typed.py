"""What people type is read as they mean it: Chinese keyboards, spoken times, names instead of codes, slips."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fakes.house import House, open_house, paper
from fakes.translator_server import Trouble

from bot.simulator.shapes import message_json


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house, house.running():
        house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
        yield house


UNDERSTOOD = (
    ("/subscribe cs.CV、math.AG；stat.ml", "stat.ML Machine Learning"),
    ("/subscribe ｃｓ．ＣＬ", "cs.CL Computation and Language"),
    ("/subscribe 机器学习", "cs.LG Machine Learning"),
    ("/subscribe ＠daily_cv cs.CV", "@daily_cv"),
    ("/subscribe t.me/daily_cv cs.AI", "Subscribed @daily_cv"),
    ("/subscribe https://t.me/daily_cv cs.RO", "Subscribed @daily_cv"),
    ("/time 9点半", "09:30"),
    ("/time 9 pm", "21:00"),
    ("/time 8:15 a.m. PST", "08:15 (America/Los_Angeles)"),
    ("/time 9：00 北京", "09:00 (Asia/Shanghai)"),
    ("/types new，cross", "new+cross"),
    ("/types 全部", "new+cross+replace+replace-cross"),
    ("/language 日语", "日本語"),
    ("/language 法文", "Français"),
    ("/digest cs.CV 2026年8月20日", "August 20, 2026"),
    ("/digest cs.CV 2026/8/20", "August 20, 2026"),
    ("/digest cs.CV yesterday", "August 20, 2026"),
)
CORRECTED = (
    ("/subscribe cs.AI cs.VC", "/subscribe cs.AI cs.CV"),
    ("/subscribe cs.VC", "cs.CV Computer Vision and Pattern Recognition"),
    ("/subscribe @daily_cv cs.VC", "/subscribe @daily_cv cs.CV"),
    ("/subscribe https://t.me/daily_cv cs.VC", "/subscribe @daily_cv cs.CV"),
    ("/subscribe @daily_cv", "/subscribe @daily_cv cs.CV cs.LG"),
    ("/subscribe @nowhere cs.CV", "/subscribe @nowhere cs.CV"),
    ("/subscriptions @daily_cv", "/subscribe @daily_cv cs.CV"),
    ("/unsubscribe @daily_cv cs.CV", "/subscriptions @daily_cv"),
    ("/digest @daily_cv cs.CV", "not in @daily_cv"),
    ("/digest cs.CV 2026年13月1日", "is no date"),
)


async def test_it_is_understood_as_it_is_typed(house: House) -> None:
    assert [said for said, told in UNDERSTOOD if told not in await house.say(said)] == []


async def test_what_is_wrong_is_shown_corrected_for_the_chat_that_was_named(house: House) -> None:
    assert [said for said, told in CORRECTED if told not in await house.say(said)] == []


async def test_a_note_keeps_the_letters_in_which_it_was_written(house: House) -> None:
    house.arxiv.add_paper(paper(1))
    await house.say("/save ２６０８．００００１")
    assert "第３节：再读，重要" in await house.say("/note 2608.00001 第３节：再读，重要")
    # One that is taken away by a slip can be put back.
    assert "/note 2608.00001 第３节：再读，重要" in await house.say("/note ２６０８.00001")
    assert "no note beside 2608.00001" in await house.say("/note 2608.00001")


async def test_several_cards_come_in_the_order_asked_whichever_is_translated_first(house: House) -> None:
    house.arxiv.add_paper(paper(1))
    house.arxiv.add_paper(paper(2))
    group = house.telegram.add_group("Readers", creator=house.person)
    name = f"@{house.telegram.bot.username}"
    await house.say(f"{name} 2608.00002", chat=group)
    house.translator.troubles["libretranslate"] = Trouble.HANG
    house.telegram.say(group, house.person, f"{name} 2608.00001 2608.00002")
    _, first, second = await house.telegram.wait_for_messages(group, 3)
    assert "Count Sheep with 1 Cameras" in first.text
    assert "Count Sheep with 2 Cameras" in second.text


async def test_words_and_categories_without_a_command_are_told_the_command(house: House) -> None:
    assert "/search diffusion <b> models" in await house.say("diffusion <b> models")
    assert "/subscribe cs.CV math" in await house.say("CS.cv，math")
    assert "/subscribe cs.CV" in await house.say("subscribe cs.CV")
    assert "/subscribe cs.CV" in await house.say("https://arxiv.org/list/cs.CV/recent")
    assert "/subscribe hep-th" in await house.say("see https://rss.arxiv.org/rss/hep-th please")
    assert "/search" not in await house.say("https://openreview.net/forum?id=abc")
    assert "/search" not in await house.say("x " * 100)


async def test_a_file_is_known_by_its_name_and_what_says_nothing_is_told_what_to_send(house: House) -> None:
    house.arxiv.add_paper(paper(1))
    house.telegram.send_caption(house.private, house.person, "", document="2608.00001v1.pdf")
    (card,) = await house.telegram.wait_for_messages(house.private, 1)
    assert "Count Sheep with 1 Cameras" in card.text
    house.telegram.send_caption(house.private, house.person, "")
    _, hint = await house.telegram.wait_for_messages(house.private, 2)
    assert "no arXiv link" in hint.text
    group = house.telegram.add_group("Readers", creator=house.person)
    house.telegram.send_caption(group, house.person, "")
    await house.stays_silent("and so on", chat=group)


async def test_an_album_is_told_once_what_to_send(house: House) -> None:
    for _ in range(3):
        picture = house.telegram.world.draft(house.private, from_user=house.person)
        update = message_json(house.telegram.world.write(picture)) | {"media_group_id": "13", "photo": []}
        house.telegram.world.updates.put("message", update)
    await house.say("/help")
    await house.telegram.wait_for_messages(house.private, 2)
    assert len(house.telegram.from_bot(house.private)) == 2


async def test_thanks_for_a_card_or_a_hint_is_no_question(house: House) -> None:
    house.arxiv.add_paper(paper(1))
    group = house.telegram.add_group("Readers", creator=house.person)
    name = f"@{house.telegram.bot.username}"
    assert "no arXiv link" in await house.say(f"{name} hello", chat=group)
    await house.stays_silent("thanks", chat=group, reply_to=house.last(group))
    await house.say(f"{name} 2608.00001", chat=group)
    await house.stays_silent("thanks", chat=group, reply_to=house.last(group))
    await house.say("2608.00001")
    assert "no arXiv link" in await house.say("thanks", reply_to=house.last())
