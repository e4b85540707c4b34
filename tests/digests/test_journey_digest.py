"""JOURNEY clock → digest, through the real bot over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from fakes.arxiv_server import Trouble
from fakes.house import FRIDAY, MONDAY, House, announcement, open_house, paper

from bot.delivery.probe import YOUNG
from bot.i18n.dates import short_date
from bot.simulator.chat_state import Chat, Message
from bot.simulator.faults import Fault, FaultKind
from storage import announcements
from storage.records import AnnouncementState, AnnounceType, Entry


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        house.clock.to_announcement(FRIDAY)
        yield house


def digest_in(house: House, chat: Chat, thread_id: int | None = None) -> list[Message]:
    """The messages of digests: those with a head line or a document, not the answers to commands."""
    return [
        message
        for message in house.telegram.from_bot(chat, thread_id)
        if message.document or message.text.startswith(("arXiv cs.CV · Aug 2", "arXiv cs.CV · 2026年8月2"))
    ]


async def test_private_group_topic_and_channel_get_the_digest_once(house: House) -> None:
    telegram, person = house.telegram, house.person
    group = telegram.add_group("Readers", creator=person)
    forum = telegram.add_group("Lab", creator=person, forum=True)
    topic = telegram.add_topic(forum, "Papers")
    own = telegram.add_channel("Daily", "daily_cv", creator=person)
    posted = telegram.add_channel("Weekly", "weekly_cv", creator=person)
    house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
    async with house.running():
        assert "cs.CV" in await house.say("/subscribe cs.cv")
        assert "cs.CV" in await house.say("/subscribe cs.CV", chat=group)
        assert "cs.CV" in await house.say("/subscribe cs.CV", chat=forum, thread_id=topic)
        assert "@daily_cv" in await house.say("/subscribe @daily_cv cs.CV")
        telegram.post(posted, "/subscribe cs.CV")
        await telegram.wait_for_messages(posted)
        await house.tick()
        places = [(house.private, None), (group, None), (forum, topic), (own, None), (posted, None)]
        for chat, thread in places:
            messages = digest_in(house, chat, thread)
            assert [bool(message.document) for message in messages] == [False, True], chat.title
            assert "Cameras" not in messages[0].text.splitlines()[0]
            assert messages[1].document is not None
            assert messages[1].document.content.decode().startswith("# 摘要\n")
        sent = len(telegram.record)
        await house.tick()
        assert len(telegram.record) == sent
    async with house.running():
        await house.tick()
        assert len(telegram.record) == sent


async def test_each_day_brings_its_own_papers_and_a_stale_feed_brings_nothing(house: House) -> None:
    house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
    async with house.running():
        await house.say("/subscribe cs.CV")
        await house.tick()
        first = len(digest_in(house, house.private))
        house.clock.to_announcement(MONDAY)
        await house.tick()  # the feed still holds Friday's papers
        assert len(digest_in(house, house.private)) == first
        async with house.bot.core.db.read() as session:
            known = await announcements.get(session, "cs.CV", MONDAY)
        assert known is not None
        assert known.state is AnnouncementState.STALE
        house.arxiv.announce("cs.CV", announcement(2, first=50), MONDAY)
        house.clock.now = known.retry_at or house.clock.now
        await house.tick()
    text = digest_in(house, house.private)[-2].text
    assert short_date(MONDAY, "en") in text
    assert text.count("2.") == 1


# What arXiv refuses is not asked for in another form; what it answers wrongly is.
@pytest.mark.parametrize(
    ("trouble", "times"),
    [(Trouble.CUT, 4), (Trouble.EMPTY, 4), (Trouble.HTML, 4), (Trouble.RATE_LIMITED, 1), (Trouble.RATE_EXCEEDED, 1)],
)
async def test_a_broken_feed_is_never_shown_as_no_papers_and_is_asked_again(
    house: House, trouble: Trouble, times: int
) -> None:
    house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
    async with house.running():
        await house.say("/subscribe cs.CV")
        house.arxiv.misbehave(trouble, times=times, at=900)
        await house.tick()
        assert digest_in(house, house.private) == []
        async with house.bot.core.db.read() as session:
            known = await announcements.get(session, "cs.CV", FRIDAY)
        assert known is not None
        assert known.state in {AnnouncementState.LATE, AnnouncementState.INCOMPLETE}
        assert known.retry_at is not None
        house.clock.now = known.retry_at
        await house.tick()
        assert len(digest_in(house, house.private)) == 2


async def test_a_timed_digest_waits_for_its_hour(house: House) -> None:
    house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
    async with house.running():
        await house.say("/subscribe cs.CV")
        assert "next: Fri, Aug 21 13:00" in await house.say("/time 13:00 Asia/Shanghai")
        await house.tick()
        assert digest_in(house, house.private) == []
        house.clock.now = house.clock.now.replace(hour=5, minute=0)
        await house.tick()
        assert len(digest_in(house, house.private)) == 2
        assert "next: Sat, Aug 22 13:00" in await house.say("/subscriptions")


async def test_regenerating_edits_what_was_posted_and_posts_nothing_new(house: House) -> None:
    house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
    channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    async with house.running():
        house.break_translator()
        await house.say("/subscribe @daily_cv cs.CV")
        await house.tick()
        before = digest_in(house, channel)
        assert "[not translated]" in before[0].text
        house.mend_translator()
        house.clock.now = house.clock.now.replace(hour=12)
        answer = await house.say("/regenerate cs.CV 2026-08-21 translate")
        await house.telegram.wait_for(lambda: "built anew" in house.telegram.from_bot(house.private)[-1].text)
        assert "anew" in answer
        after = digest_in(house, channel)
        assert [one.message_id for one in after] == [one.message_id for one in before]
        assert all(message.edited for message in after)
        assert "[not translated]" not in after[0].text
        house.arxiv.announce("cs.CV", announcement(5), FRIDAY)
        await house.say("/regenerate cs.CV refetch")
        await house.telegram.wait_for(lambda: "2 added" in house.telegram.from_bot(house.private)[-1].text)
        assert "5." in digest_in(house, channel)[0].text


async def test_a_digest_can_be_had_now(house: House) -> None:
    house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
    async with house.running():
        house.telegram.say(house.private, house.person, "/digest cs.CV")
        await house.telegram.wait_for_messages(house.private, 2)
        assert len(digest_in(house, house.private)) == 2
        assert "not known here" in await house.say("/digest cs.CV 2026-08-20")


async def test_a_blocked_chat_is_paused_until_it_is_unblocked_and_the_others_get_theirs(house: House) -> None:
    other = house.telegram.add_user("Bob")
    chat = house.telegram.private_chat(other)
    house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
    async with house.running():
        await house.say("/subscribe cs.CV")
        await house.say("/subscribe cs.CV", chat=chat, user=other)
        house.telegram.block(house.person)
        await house.tick()
        assert len(digest_in(house, chat)) == 2
        assert digest_in(house, house.private) == []
        house.telegram.unblock(house.person)
        assert "Paused" not in await house.say("/subscriptions")
        await house.tick()
        assert len(digest_in(house, house.private)) == 2


async def test_announce_and_stats_are_for_the_administrators(house: House) -> None:
    other = house.telegram.add_user("Bob")
    chat = house.telegram.private_chat(other)
    house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
    async with house.running():
        for command in ("/announce cs.CV", "/stats", "/regenerate cs.CV"):
            assert "people who run this bot" in await house.say(command, chat=chat, user=other)
        await house.say("/subscribe cs.CV")
        house.telegram.say(house.private, house.person, "/announce cs.CV")
        await house.telegram.wait_for(lambda: len(digest_in(house, house.private)) >= 2)
        await house.settle()
        figures = await house.say("/stats")
        assert "3 papers" in figures
        assert "libretranslate 9" in figures


async def test_a_message_that_may_have_arrived_in_a_channel_is_not_repeated_until_somebody_decides(
    house: House,
) -> None:
    channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
    for number in range(YOUNG + 1):
        house.telegram.post(channel, f"From before there was a digest, {number}")
    async with house.running():
        await house.say("/subscribe @daily_cv cs.CV")
        house.telegram.faults.add(Fault(FaultKind.CUT_AFTER, method="sendMessage", chat_id=channel.id))
        await house.tick()
        await house.telegram.wait_for(lambda: "/arrived" in house.telegram.from_bot(house.private)[-1].text)
        assert [bool(one.document) for one in digest_in(house, channel)] == [False]
        assert "@daily_cv, part 1" in await house.say("/resend")
        assert "counts as arrived" in await house.say("/arrived all")
        await house.settle()
        assert [bool(one.document) for one in digest_in(house, channel)] == [False, True]
        assert "accounted for" in await house.say("/resend all")


async def test_a_message_that_was_lost_on_the_way_to_a_channel_is_sent_again_when_asked(house: House) -> None:
    channel = house.telegram.add_channel("Daily", "daily_cv", creator=house.person)
    house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
    async with house.running():
        await house.say("/subscribe @daily_cv cs.CV")
        house.telegram.faults.add(Fault(FaultKind.CUT_BEFORE, method="sendMessage", chat_id=channel.id))
        await house.tick()
        assert digest_in(house, channel) == []
        assert "sent again" in await house.say("/resend all")
        await house.settle()
        assert [bool(one.document) for one in digest_in(house, channel)] == [False, True]


async def test_a_feed_that_stays_broken_gives_way_to_the_listing_page(house: House) -> None:
    house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
    async with house.running():
        await house.say("/subscribe cs.CV")
        house.arxiv.misbehave(Trouble.HTML, times=3)
        await house.tick()
        async with house.bot.core.db.read() as session:
            known = await announcements.get(session, "cs.CV", FRIDAY)
        assert known is not None
        assert known.state is AnnouncementState.FETCHED
        assert "/list/cs.CV/new" in known.source
        assert len(digest_in(house, house.private)) == 2


async def test_missed_days_come_as_one_digest_that_names_its_dates_and_nothing_comes_twice(house: House) -> None:
    tuesday, wednesday = date(2026, 8, 25), date(2026, 8, 26)
    house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
    async with house.running():
        await house.say("/subscribe cs.CV")
        await house.tick()
    for number, day in enumerate((MONDAY, tuesday, wednesday)):
        house.arxiv.announce("cs.CV", announcement(2, first=10 * number + 10), day)
    house.clock.to_announcement(wednesday)
    async with house.running():
        await house.tick()
        head, document = digest_in(house, house.private)[-2:]
        assert all(short_date(day, "en") in head.text for day in (MONDAY, tuesday, wednesday))
        assert document.document is not None
        content = document.document.content.decode()
        assert [content.count(f"Sheep with {number} Cameras](") for number in (1, 10, 11, 20, 21, 30, 31)] == [0] + [
            1
        ] * 6
        sent = len(house.telegram.record)
        await house.tick()
        assert len(house.telegram.record) == sent


async def test_a_day_that_arxiv_gives_late_still_comes_by_itself(house: House) -> None:
    tuesday = date(2026, 8, 25)
    house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
    async with house.running():
        await house.say("/subscribe cs.CV")
        await house.tick()
        house.arxiv.announce("cs.CV", announcement(2, first=20), tuesday)
        house.clock.to_announcement(tuesday)
        await house.tick()  # Monday's page is not there yet
        assert short_date(tuesday, "en") in digest_in(house, house.private)[-2].text
        house.arxiv.announce("cs.CV", announcement(2, first=10), MONDAY)
        house.arxiv.announce("cs.CV", announcement(2, first=20), tuesday)
        house.clock.to_announcement(tuesday, after=timedelta(hours=3))
        await house.tick()
        text = digest_in(house, house.private)[-2].text
        assert short_date(MONDAY, "en") in text
        assert short_date(tuesday, "en") not in text


async def test_an_earlier_announcement_can_be_had_by_its_date(house: House) -> None:
    house.arxiv.announce("cs.CV", announcement(3), date(2026, 8, 20))
    house.arxiv.announce("cs.CV", announcement(3, first=50), FRIDAY)
    async with house.running():
        house.telegram.say(house.private, house.person, "/digest cs.CV 2026-08-20")
        await house.telegram.wait_for(lambda: len(digest_in(house, house.private)) == 2)
        assert "Aug 20, 2026" in digest_in(house, house.private)[0].text


async def test_administrators_are_told_once_that_announcements_are_missing_and_once_that_they_are_there(
    house: House,
) -> None:
    def told() -> list[str]:
        return [
            message.text for message in house.telegram.from_bot(house.private) if message.text.startswith(("⚠️", "✅"))
        ]

    house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
    house.arxiv.announce("cs.LG", announcement(3, first=20), FRIDAY)
    async with house.running():
        await house.say("/subscribe cs.CV cs.LG")
        await house.tick()
        for hours in (1, 7, 9):  # both feeds stay as they were
            house.clock.to_announcement(MONDAY, after=timedelta(hours=hours))
            await house.tick()
            assert len(told()) == (hours > 6)
        assert "cs.CV, cs.LG" in told()[0]
        house.arxiv.announce("cs.CV", announcement(3, first=40), MONDAY)
        house.arxiv.announce("cs.LG", announcement(3, first=60), MONDAY)
        house.clock.to_announcement(MONDAY, after=timedelta(hours=11))
        await house.tick()
        await house.tick()
        assert len(told()) == 2


async def test_a_replacement_says_what_changed_and_comes_only_to_those_who_asked(house: House) -> None:
    asks, asks_not = (
        house.telegram.add_channel("A", "with_cv", creator=house.person),
        house.telegram.add_channel("B", "without_cv", creator=house.person),
    )
    house.arxiv.announce("cs.CV", announcement(2), FRIDAY)
    async with house.running():
        for name in ("with_cv", "without_cv"):
            await house.say(f"/subscribe @{name} cs.CV")
        await house.say("/types @with_cv all")
        await house.tick()
        again = paper(1, version=2, title="Learning to Count Goats")
        house.arxiv.announce("cs.CV", [*announcement(1, first=9), Entry(again, AnnounceType.REPLACE)], MONDAY)
        house.clock.to_announcement(MONDAY)
        await house.tick()
        text = digest_in(house, asks)[-2].text
        assert "updated to v2" in text
        assert "The title was: Learning to Count Sheep with 1 Cameras" in text
        assert "Goats" not in digest_in(house, asks_not)[-2].text


async def test_a_digest_asked_for_names_what_is_known_and_says_what_is_not(house: House) -> None:
    house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
    house.arxiv.announce("math", [], FRIDAY)
    house.arxiv.misbehave(Trouble.HTML, times=99, where="/cs.LG")
    house.arxiv.misbehave(Trouble.HTML, times=99, where="/cs.lg")
    async with house.running():
        house.telegram.say(house.private, house.person, "/digest cs.CV cs.LG")
        await house.telegram.wait_for_messages(house.private, 3)
        head, document, note = house.telegram.from_bot(house.private)[-3:]
        assert "cs.CV" in head.text
        assert "cs.LG" not in head.text + document.caption
        assert "cs.LG" in note.text
        assert "cs.CV" not in note.text
        # Of two categories, one is empty and one unknown: that is not "no new papers".
        assert "is not known" in await house.say("/digest math cs.LG")


async def test_while_arxiv_wants_to_be_left_alone_links_are_answered_from_the_archive(house: House) -> None:
    house.arxiv.announce("cs.CV", announcement(3), FRIDAY)
    async with house.running():
        await house.say("/subscribe cs.CV")
        await house.tick()
        house.clock.to_announcement(MONDAY)
        house.arxiv.misbehave(Trouble.RATE_LIMITED, retry_after="600")
        await house.tick()
        asked = len(house.arxiv.requests)
        assert "2 Cameras" in await house.say("https://arxiv.org/abs/2608.00002")
        assert "arXiv does not answer at the moment" in await house.say("https://arxiv.org/abs/2608.00099")
        assert len(house.arxiv.requests) == asked
