"""The chat page in a real browser, with the real bot behind it: type, press, page through, change the layout."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fakes.chromium import MISSING, chromium
from fakes.house import FRIDAY, House, announcement, open_house
from fakes.simulated import call

from bot.simulator.chat_state import Chat

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)

RICH = (
    '<h2>News</h2><table bordered striped><tr><th>Ref</th><th>Title</th></tr><tr><td><a href="#p1">1</a></td>'
    '<td><a href="https://arxiv.org/abs/1">On <tg-math>x^2</tg-math></a></td></tr></table>'
    '<a name="p1"></a><details><summary>On squares</summary><p>Folded away</p>'
    "<tg-math-block>E = mc^2</tg-math-block></details>"
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        house.clock.to_announcement(FRIDAY)
        yield house


@pytest.fixture
async def page(house: House) -> AsyncIterator[Page]:
    """The page with the private chat open; whatever goes wrong in its script fails the test."""
    troubles: list[str] = []
    async with chromium() as browser:
        page = await browser.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
        await page.goto(house.telegram.page_url)
        await page.locator("#title", has_text=house.private.title).wait_for()
        yield page
        assert troubles == []


async def write(page: Page, text: str) -> None:
    await page.get_by_label("Message", exact=True).fill(text)
    await page.keyboard.press("Enter")


async def says(page: Page, text: str) -> Locator:
    """The last message of the chat once it says so."""
    message = page.locator(".message", has_text=text).last
    await message.wait_for()
    return message


async def test_what_is_typed_is_answered_with_a_card_whose_abstract_unfolds(house: House, page: Page) -> None:
    house.arxiv.announce("cs.CV", announcement(1), FRIDAY)
    async with house.running():
        await write(page, "see arXiv:2608.00001")
        card = await says(page, "Counting animals on wide meadows")
        assert await card.locator(".text b").first.inner_text()
        quote = card.locator(".quote.folds").first
        assert await quote.get_attribute("aria-expanded") == "false"
        await quote.click()
        assert await quote.get_attribute("aria-expanded") == "true"
        link = card.get_by_role("link", name="PDF")
        assert (await link.get_attribute("href") or "").endswith("/pdf/2608.00001")


async def test_settings_change_in_place_when_a_button_is_pressed(house: House, page: Page) -> None:
    house.arxiv.announce("cs.CV", announcement(1), FRIDAY)
    async with house.running():
        await write(page, "/subscribe cs.CV")
        await says(page, "Subscribed")
        await write(page, "/settings")
        message = page.locator(".message", has=page.locator(".keys")).last
        await message.locator(".key", has_text="Quiet: off").wait_for()
        count = await page.locator(".message").count()
        await message.locator(".key", has_text="Quiet: off").click()
        await message.locator(".key", has_text="Quiet: on").wait_for()
        assert await page.locator(".message").count() == count


async def test_a_digest_is_paged_through_and_changed_to_the_rich_layout(house: House, page: Page) -> None:
    house.arxiv.announce("cs.CV", announcement(12), FRIDAY)
    async with house.running():
        await write(page, "/subscribe cs.CV")
        await says(page, "Subscribed")
        await house.tick()
        digest = page.locator(".message", has_text="12 new").first
        await digest.get_by_role("button", name="▶").click()
        granted = await says(page, "2/2")
        assert "12. " in await granted.locator(".text").inner_text()
        await granted.get_by_role("button", name="Rich").click()
        rich = page.locator(".message", has=page.locator("table"))
        await rich.wait_for()
        assert await rich.locator("tr").count() > 1
        await page.locator(".file", has_text="arxiv-cs.CV-2026-08-21.md").wait_for()


async def test_a_rich_message_shows_its_table_and_unfolds_where_a_link_leads(house: House, page: Page) -> None:
    await call(house.telegram, "sendRichMessage", chat_id=house.private.id, rich_message={"html": RICH})
    details = page.locator(".rich details")
    await details.wait_for()
    assert await page.locator(".rich table.bordered.striped td").all_inner_texts() == ["1", "On x^2"]
    assert not await page.locator(".rich p", has_text="Folded away").is_visible()
    await page.locator(".rich td a", has_text="1").click()
    assert await page.locator(".rich p", has_text="Folded away").is_visible()
    assert await page.locator(".math").all_inner_texts() == ["x^2", "E = mc^2"]


async def test_typing_and_the_answers_of_buttons_are_shown(house: House, page: Page) -> None:
    chat = house.private.id
    await call(house.telegram, "sendChatAction", chat_id=chat, action="typing")
    await page.locator("#about.busy", has_text="typing").wait_for()
    keys = {"inline_keyboard": [[{"text": "more", "callback_data": "m"}]]}
    await call(house.telegram, "sendMessage", chat_id=chat, text="press", reply_markup=keys)
    await page.locator("#about", has_text="private chat").wait_for()
    await page.get_by_role("button", name="more").click()
    await house.telegram.wait_for(lambda: bool(house.telegram.world.presses))
    (query_id,) = house.telegram.world.presses
    await call(house.telegram, "answerCallbackQuery", callback_query_id=query_id, text="Here it is")
    await page.locator("#toast", has_text="Here it is").wait_for()


async def test_a_channel_is_picked_with_the_keyboards_button_and_set_up(house: House, page: Page) -> None:
    house.telegram.add_channel("Daily", None, creator=house.person, bot_posts=None)
    house.telegram.add_group("Readers", creator=house.person, bot=False)
    async with house.running():
        await write(page, "/channels")
        await page.get_by_role("button", name="Add a channel or group").click()
        await page.locator("#board").get_by_role("button", name="A channel").click()
        assert await page.locator("#chooser .row").all_inner_texts() == ["D\nDaily\nchannel"]
        await page.locator("#chooser .row", has_text="Daily").click()
        await says(page, "Which language should papers be translated to?")
        await page.locator("#board:empty").wait_for(state="attached")


async def test_a_readers_press_under_a_groups_card_opens_their_private_chat(house: House, page: Page) -> None:
    house.arxiv.announce("cs.CV", announcement(1), FRIDAY)
    other = house.telegram.add_user("Bob")
    group = house.telegram.add_group("Readers", creator=other, members=[house.person])
    async with house.running():
        await house.say("/start p_2608-00001", chat=group, user=other)
        await page.locator("#chats .row", has_text="Readers").click()
        await page.get_by_label("Who speaks").select_option(house.person.first_name)
        await page.get_by_role("button", name="BibTeX").click()
        await page.locator("#title", has_text=house.private.title).wait_for()
        await says(page, "@misc{")


async def test_chats_and_topics_are_switched(house: House, page: Page) -> None:
    forum: Chat = house.telegram.add_group("Lab", creator=house.person, forum=True)
    topic = house.telegram.add_topic(forum, "Papers")
    house.telegram.say(forum, house.person, "in the topic", thread_id=topic)
    await page.locator("#chats .row", has_text="Lab").click()
    await says(page, "in the topic")  # a forum opens where something was said last
    await page.locator("#topics .topic", has_text="General").click()
    await page.locator("#topics .topic.chosen", has_text="General").wait_for()
    await page.locator("#topics .topic", has_text="Papers").click()
    await says(page, "in the topic")
    await page.reload()
    await says(page, "in the topic")
    await page.locator("#chats .row", has_text=house.private.title).click()
    await page.locator("#title", has_text=house.private.title).wait_for()
