from __future__ import annotations

from fakes.simulated import Clock
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.chat_state import Button, Message
from bot.simulator.html_text import parse
from bot.simulator.telegram import SimulatedTelegram
from bot.simulator.transcript import WIDTH, transcript, width, wrap


def test_a_chat_reads_like_a_chat() -> None:
    telegram = SimulatedTelegram(now=Clock())
    ada = telegram.add_user("Ada")
    group = telegram.add_group("Readers", creator=ada)
    asked = telegram.say(group, ada, "see arxiv.org/abs/2506.01234")
    text, entities = parse(
        '<b>标题</b>\n<a href="https://arxiv.org/abs/2506.01234">abs</a> 😀\n'
        "<blockquote expandable>one\ntwo</blockquote>"
    )
    rows = ((Button("abs", "url", "https://arxiv.org/abs/2506.01234"), Button("PDF", "callback_data", "p")),)
    card = Message(
        0,
        group,
        asked.date,
        from_user=telegram.bot,
        text=text,
        entities=entities,
        buttons=rows,
        reply_to=asked,
        edited=1,
    )
    telegram.world.write(card)
    telegram.send_caption(group, ada, "notes", document="摘要.md")
    body = transcript(telegram, group).partition("\n")[2]
    assert (
        body
        == """
Ada  #1 · 15:06
  see arxiv.org/abs/2506.01234

arXiv digest  #2 · 15:06 · edited
  ↪ see arxiv.org/abs/2506.01234
  标题
  abs ‹https://arxiv.org/abs/2506.01234› 😀
  │ one
  │ two
  [ abs ] [ PDF ]

Ada  #3 · 15:06
  📎 摘要.md (1 kB)
  notes
"""
    )
    assert "#1 " not in transcript(telegram, group, since=1)


def test_lines_break_between_wide_characters_but_not_before_their_punctuation() -> None:
    assert wrap("扩散模型。很好", 8) == ["扩散模", "型。很好"]
    assert wrap("one two three", 8) == ["one two", "three"]
    assert wrap("", 8) == [""]


@given(st.text(alphabet="ab 摘要，。“”😀́"), st.integers(10, 40))
def test_wrapping_loses_only_spaces_and_keeps_the_width(line: str, columns: int) -> None:
    lines = wrap(line, columns)
    assert "".join("".join(lines).split()) == "".join(line.split())
    # Only what has no place to break may stick out.
    assert all(wrap(part, 1) == [part] for part in lines if width(part) > columns)


def test_long_text_stays_within_the_page() -> None:
    telegram = SimulatedTelegram(now=Clock())
    ada = telegram.add_user("Ada")
    chat = telegram.private_chat(ada)
    telegram.say(chat, ada, "我们提出了一种新的方法 method " * 40)
    assert max(width(line) for line in transcript(telegram, chat).splitlines()) == WIDTH
