"""Every command and every kind of button, right and wrong, in every kind of chat, in both languages.

What is new has to be written down here: the tables hold the commands and buttons that there are, and no others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from fakes.everywhere import (
    ADMINISTRATOR,
    ANONYMOUS,
    CHANNEL,
    EVERYWHERE,
    GROUPS,
    MEMBER,
    PAPERS,
    PRIVATE,
    READER,
    TOPIC,
    Answer,
    tour,
)
from fakes.spoken import spoken
from fakes.stored import cells

from bot.handlers.buttons import BUTTONS
from bot.handlers.commands import COMMANDS
from bot.render.button import read_callback

DIGEST, CARD, BIBTEX, SILENCE = "render-count-new", "render-authors", "=@misc{", ""
"""What stands in an answer that is no single message of the catalogues; after `=` the same in all languages."""

FOR_MACHINES = re.compile(r"^(?!.*/[a-z]).*\b20\d\d-\d\d-\d\d\b", re.MULTILINE)
"""A date in a line that shows no command."""

LANGUAGES = ("en", "zh")
SHARED = (*GROUPS, CHANNEL)
TRIES_WRONG = {"en": (PRIVATE, MEMBER, CHANNEL, READER), "zh": (PRIVATE, ADMINISTRATOR, ANONYMOUS, TOPIC)}
"""Where what is wrong is tried: every place in one language, the private chat in both."""

CHANGES = {MEMBER: "not-administrator"}
CHANGES_IN_PRIVATE = {**CHANGES, CHANNEL: "settings-in-private"}
BEGINS_IN_PRIVATE = {**dict.fromkeys(GROUPS, "start-in-group"), CHANNEL: "settings-in-private"}
NAMES_A_CHAT = dict.fromkeys(SHARED, "name-only-in-private")
SOMEBODYS = dict.fromkeys((ANONYMOUS, CHANNEL), "who-are-you")
IN_PRIVATE = dict.fromkeys((*SHARED, READER), "only-in-private")
LINKS = {PRIVATE: "links-only-in-groups", **CHANGES}
RUNS_THE_BOT = dict.fromkeys((MEMBER, ANONYMOUS, CHANNEL), "bot-administrators-only")

LEADS = dict.fromkeys((MEMBER, READER), "not-administrator-there")
OF_THE_CHANNEL = {READER: "only-in-private"}
NOT_IN_A_CHANNEL = dict.fromkeys((CHANNEL, READER), "only-in-private")
NOT_PAGED = dict.fromkeys((CHANNEL, READER), "button-outdated")
OF_PRIVATE_CHATS = dict.fromkeys((*SHARED, READER), "button-outdated")
RUNS_THE_BOT_HERE = dict.fromkeys((MEMBER, READER), "bot-administrators-only")


@dataclass(frozen=True)
class Case:
    """What is said or pressed, the key of the answer, and its key where that is another one."""

    text: str
    key: str
    elsewhere: Mapping[str, str]
    wrong: bool = False

    def expected(self, place: str) -> str:
        return self.elsewhere.get(place, self.key)


def right(text: str, key: str, elsewhere: Mapping[str, str] | None = None) -> Case:
    return Case(text, key, elsewhere or {})


def wrong(text: str, key: str, elsewhere: Mapping[str, str] | None = None) -> Case:
    return Case(text, key, elsewhere or {}, wrong=True)


NO_COMMAND = "no command"
SAID: Mapping[str, tuple[Case, ...]] = {
    NO_COMMAND: (
        right("https://arxiv.org/abs/2608.00003", CARD, dict.fromkeys(GROUPS, SILENCE)),
        right("@arxiv_digest_bot 2608.00003", CARD),
        wrong("@arxiv_digest_bot hello", "no-link", {PRIVATE: "no-link-but-words"}),
        wrong("hello", SILENCE, {PRIVATE: "no-link-but-words"}),
        wrong("/frobnicate", SILENCE, {PRIVATE: "unknown-command"}),
    ),
    "start": (
        right("/start", "start-again", BEGINS_IN_PRIVATE),
        right("/start p_2608-00001", CARD),
        wrong("/start nonsense", "start-again", BEGINS_IN_PRIVATE),
    ),
    "help": (
        right("/help", "help-head", {CHANNEL: "only-in-private"}),
        wrong("/help me", "help-head", {CHANNEL: "only-in-private"}),
    ),
    "subscribe": (
        right("/subscribe cs.LG", "subscribed", CHANGES),
        wrong("/subscribe cs.CV", "already-subscribed", CHANGES),
        wrong("/subscribe", "which-category", CHANGES),
        wrong("/subscribe cs.CW", "unknown-category", CHANGES),
        wrong("/subscribe @nowhere cs.CV", "chat-not-found", NAMES_A_CHAT),
    ),
    "unsubscribe": (
        right("/unsubscribe cs.LG", "unsubscribed", CHANGES),
        wrong("/unsubscribe cs.LG", "not-subscribed", CHANGES),
        wrong("/unsubscribe", "which-category", CHANGES),
    ),
    "subscriptions": (
        right("/subscriptions", "subscriptions-here"),
        wrong("/subscriptions @nowhere", "chat-not-found", NAMES_A_CHAT),
    ),
    "channels": (right("/channels", "channels-none", dict.fromkeys(SHARED, "channels-in-private")),),
    "categories": (
        right("/categories", "choose-fields", CHANGES_IN_PRIVATE),
        wrong("/categories @nowhere", "chat-not-found", NAMES_A_CHAT),
    ),
    "settings": (
        right("/settings", "settings-foot", CHANGES_IN_PRIVATE),
        right("/settings quiet on", "settings-foot", CHANGES),
        wrong("/settings loud on", "which-setting", CHANGES),
        wrong("/settings quiet perhaps", "which-value", CHANGES),
    ),
    "digest": (
        right("/digest cs.CV 2026-08-21", DIGEST),
        wrong("/digest cs.CV 2026-08-20", "not-announced"),
        wrong("/digest cs.CV 2026-13-45", "bad-date"),
        wrong("/digest cs.CW", "unknown-category"),
    ),
    "time": (
        right("/time 09:00 Asia/Shanghai", "comes-at", CHANGES),
        right("/time asap", "comes-asap", CHANGES),
        wrong("/time", "which-time", CHANGES),
        wrong("/time 25:00", "bad-time", CHANGES),
        wrong("/time 09:00 Europe/Berln", "unknown-zone", CHANGES),
    ),
    "types": (
        right("/types new+cross", "types-are", CHANGES),
        wrong("/types", "which-types", CHANGES),
        wrong("/types news", "which-types", CHANGES),
    ),
    "search": (
        right("/search sheep", "found"),
        wrong("/search", "search-form"),
        wrong("/search since:yesterday", "bad-date"),
        wrong("/search unicorn", "nothing-found"),
    ),
    "save": (
        right("/save 2608.00001", "saved-some", SOMEBODYS),
        wrong("/save 2608.00001", "saved-before", SOMEBODYS),
        wrong("/save", "which-paper", SOMEBODYS),
        wrong("/save 2608.09999", "paper-missing", SOMEBODYS),
    ),
    "saved": (
        right("/saved", "reading-list", IN_PRIVATE),
        right("/saved bib", "=reading-list-2026-08-21.bib", IN_PRIVATE),
        wrong("/saved doc", "which-format", IN_PRIVATE),
    ),
    "note": (
        right("/note 2608.00001 again", "noted", SOMEBODYS),
        wrong("/note again", "which-paper", SOMEBODYS),
    ),
    "unsave": (
        right("/unsave 2608.00001", "unsaved", SOMEBODYS),
        wrong("/unsave 2608.00001", "not-saved", SOMEBODYS),
        wrong("/unsave", "which-paper", SOMEBODYS),
    ),
    "bibtex": (right("/bibtex 2608.00001", BIBTEX), wrong("/bibtex", "which-paper")),
    "privacy": (right("/privacy", "privacy"),),
    "export": (right("/export", "your-data", IN_PRIVATE),),
    "forget": (right("/forget", "forget-what", IN_PRIVATE),),
    "links": (
        right("/links on", "links-on", LINKS),
        wrong("/links perhaps", "links-on-or-off", LINKS),
        right("/links off", "links-off", LINKS),
    ),
    "regenerate": (
        right("/regenerate cs.CV", "regenerated", RUNS_THE_BOT),
        right("/regenerate cs.CV preview", "preview-nothing", RUNS_THE_BOT),
        wrong("/regenerate cs.CV 2026-08-20", "nothing-posted", RUNS_THE_BOT),
        wrong("/regenerate", "which-category", RUNS_THE_BOT),
        wrong("/regenerate cs.CV cs.LG", "regenerate-form", RUNS_THE_BOT),
    ),
    "announce": (
        right("/announce cs.CV", "announce-known", RUNS_THE_BOT),
        wrong("/announce", "which-category", RUNS_THE_BOT),
    ),
    "resend": (right("/resend", "nothing-unsure", RUNS_THE_BOT),),
    "arrived": (right("/arrived all", "nothing-unsure", RUNS_THE_BOT),),
    "glossary": (
        right("/glossary", "glossary-empty", RUNS_THE_BOT),
        right("/glossary add zh-CN: prompt = 提示", "glossary-added", RUNS_THE_BOT),
        wrong("/glossary ad", "glossary-form", RUNS_THE_BOT),
    ),
    "ban": (
        right("/ban 7000000999", "banned", RUNS_THE_BOT),
        wrong("/ban Mallory", "ban-form", RUNS_THE_BOT),
    ),
    "unban": (
        wrong("/unban 7000000998", "not-banned", RUNS_THE_BOT),
        wrong("/unban", "unban-form", RUNS_THE_BOT),
    ),
    "stats": (right("/stats", "stats", RUNS_THE_BOT),),
    "language": (
        wrong("/language klingon", "unknown-language", CHANGES),
        wrong("/language", "which-language", CHANGES),
        right("/language fr", "language-is", CHANGES),
    ),
}
"""Command → what is said, in this order, and what is answered."""

PRESSED: Mapping[str, tuple[Case, ...]] = {
    "/start p_2608-00001": (
        right("bib:2608.00001:LANGUAGE", BIBTEX, NOT_IN_A_CHANNEL),
        right("like:2608.00001:LANGUAGE", "papers-alike", NOT_IN_A_CHANNEL),
        right("card:2608.00001:LANGUAGE", CARD, NOT_IN_A_CHANNEL),
        right("save:2608.00001", "saved-one"),
        wrong("save:2608.00001", "saved-before"),
        wrong("save:2608", "button-outdated"),
        wrong("card:nonsense:LANGUAGE", "button-outdated", NOT_IN_A_CHANNEL),
        wrong("like:2608.00001:xx", "button-outdated", NOT_IN_A_CHANNEL),
        wrong("bib:2608.09999:LANGUAGE", "paper-missing", NOT_IN_A_CHANNEL),
        wrong("of-no-button", "button-outdated"),
    ),
    "/search sheep": (
        right("find:1", "found", NOT_IN_A_CHANNEL),
        right("open:2608.00002:LANGUAGE", CARD, NOT_IN_A_CHANNEL),
        wrong("open:2608.00002:LANGUAGE", "card-is-there", {PRIVATE: CARD, **NOT_IN_A_CHANNEL}),
        wrong("find:99", "button-outdated", NOT_IN_A_CHANNEL),
    ),
    "/digest cs.CV": (
        right("page:", "=2/2", NOT_PAGED),
        right("look:", "render-caption", {MEMBER: "layout-is-shared", **NOT_PAGED}),
        wrong("page:999:classic:0", "button-outdated"),
        wrong("look:999:rich", "button-outdated"),
    ),
    "/subscriptions": (
        right("digest", DIGEST, OF_THE_CHANNEL),
        wrong("digest:cs.CW", "unknown-category", OF_THE_CHANNEL),
        right("chan", "channels-none", OF_PRIVATE_CHATS),
        right("chan:add", "pick", OF_PRIVATE_CHATS),
        right("go:0", "setup-language", LEADS),
        wrong("go:0:time:25-00", "button-outdated", LEADS),
        right("set:0", "settings-foot", LEADS),
        right("set:0:quiet:on", "settings-foot", LEADS),
        wrong("set:0:quiet:perhaps", "button-outdated", LEADS),
        wrong("set:99999", "button-outdated"),
        # No topic was lost here: what becomes of one that was is tried in test_chat_channels.
        right("topic:0:main", "button-outdated", LEADS),
        right("resend:all", "nothing-unsure", RUNS_THE_BOT_HERE),
        right("arrived:all", "nothing-unsure", RUNS_THE_BOT_HERE),
        right("saved:0", "reading-list", IN_PRIVATE),
        wrong("saved:x", "button-outdated", IN_PRIVATE),
        right("file:bib", "=reading-list-2026-08-21.bib", IN_PRIVATE),
        wrong("file:doc", "which-format", IN_PRIVATE),
        right("unsave:2608.00001:0", "unsaved-undo", IN_PRIVATE),
        wrong("forget:no", "button-outdated", IN_PRIVATE),
        right("forget:yes", "forgotten", IN_PRIVATE),
    ),
}
"""The command under whose answer is pressed → the data, in this order, and what is answered."""


def fault(answer: Answer, expected: str, language: str) -> str:
    """What is wrong with an answer; nothing if it is the expected one."""
    if expected == SILENCE:
        return f"{answer.text[:300]!r} where nobody asked" if answer.text else ""
    if expected.startswith("="):
        if expected[1:] not in answer.text and expected[1:] not in answer.files:
            return f"{answer.text[:300]!r} without {expected[1:]}"
    elif not spoken(language, expected).search(answer.text):
        return f"{answer.text[:300]!r} is no {expected!r}"
    if expected != "bad-date" and (machine := FOR_MACHINES.search(answer.text)):
        return f"{machine.group()!r} has a date that people do not write so"
    if len(answer.new) > 1 and expected not in {DIGEST, "links-on"}:
        return f"{len(answer.new)} messages"
    return ""


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


def test_the_tables_name_every_command_and_every_button() -> None:
    assert set(SAID) == {NO_COMMAND, *(command.name for command in COMMANDS)}
    named = {read_callback(case.text)[0] for cases in PRESSED.values() for case in cases if not case.wrong}
    assert named == {button.name for button in BUTTONS}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_command_is_answered_rightly_in_every_kind_of_chat(
    tmp_path: Path, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    faults: dict[str, str] = {}
    async with tour(tmp_path, language) as visited:
        for case in (case for cases in SAID.values() for case in cases):
            places = [one for one in EVERYWHERE if not case.wrong or one in TRIES_WRONG[language]]
            for place, answer in (await visited.ask(case.text, places)).items():
                if found := fault(answer, case.expected(place), language):
                    faults[f"{case.text} in {place}"] = found
        # Silence is the same in every language.
        for name in SAID if language == LANGUAGES[0] else ():
            faults |= {
                f"/{name} for another bot in {place}": answer.text
                for place, answer in (await visited.ask(f"/{name}@other_bot", (ADMINISTRATOR, TOPIC, CHANNEL))).items()
                if answer.text
            }
        visited.house.telegram.mute(visited.spots[TOPIC].chat, visited.house.telegram.bot)
        for case in (cases[0] for cases in SAID.values()) if language == LANGUAGES[0] else ():
            if text := (await visited.ask(case.text, [TOPIC]))[TOPIC].text:
                faults[f"{case.text} where the bot may not write"] = text
        assert (await visited.ask("/help", [PRIVATE]))[PRIVATE].text
    assert faults == {}
    assert errors(caplog) == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_button_is_answered_rightly_in_every_kind_of_chat(
    tmp_path: Path, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    faults: dict[str, str] = {}
    async with tour(tmp_path, language) as visited:
        for command, cases in PRESSED.items():
            stands = {place: answer.new[0] for place, answer in (await visited.ask(command, EVERYWHERE)).items()}
            stands[READER] = stands[CHANNEL]
            for case in cases:
                under = {
                    place: message
                    for place, message in stands.items()
                    if not case.wrong or place in TRIES_WRONG[language]
                }
                pressed = await visited.press(under, case.text.replace("LANGUAGE", PAPERS[language]))
                for place, answer in pressed.items():
                    if found := fault(answer, case.expected(place), language):
                        faults[f"{case.text} in {place}"] = found
    assert faults == {}
    assert errors(caplog) == []


async def test_who_said_and_pressed_everything_and_is_forgotten_stands_nowhere(tmp_path: Path) -> None:
    async with tour(tmp_path, "en") as visited:
        spot, db = visited.spots[PRIVATE], visited.house.bot.services.db
        for case in (case for cases in SAID.values() for case in cases):
            await visited.ask(case.text, [PRIVATE])
        for command, cases in PRESSED.items():
            under = {PRIVATE: (await visited.ask(command, [PRIVATE]))[PRIVATE].new[0]}
            for case in (case for case in cases if not case.text.startswith("forget")):
                await visited.press(under, case.text.replace("LANGUAGE", PAPERS["en"]))
        assert {"notices.name", "destinations.chat_id"} <= set(await cells(db, spot.person.id))
        await visited.press({PRIVATE: (await visited.ask("/forget", [PRIVATE]))[PRIVATE].new[0]}, "forget:yes")
        assert await cells(db, spot.person.id) == []
        assert "I keep nothing" in (await visited.ask("/export", [PRIVATE]))[PRIVATE].text
