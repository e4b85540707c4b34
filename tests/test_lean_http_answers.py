"""Answers of HTTP/1 in whatever pieces they come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lean_http import Answer, read_answer

pytestmark = pytest.mark.pure

BODY = b'{"ok":true,"result":{"message_id":7}}'
LENGTH = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"


def in_chunks(body: bytes, sizes: list[int]) -> bytes:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(body[at : at + size])
        at += size
    pieces.append(body[at:])
    chunks = b"".join(b"%x;note\r\n%b\r\n" % (len(piece), piece) for piece in pieces if piece)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\nSigned: no\r\n\r\n"


@given(body=st.binary(max_size=300), sizes=st.lists(st.integers(1, 40), max_size=5), chunked=st.booleans())
def test_an_answer_is_whole_at_its_last_byte_and_never_before(body: bytes, sizes: list[int], *, chunked: bool) -> None:
    whole = in_chunks(body, sizes) if chunked else LENGTH % (len(body), body)
    assert read_answer(whole) == Answer(200, body, keep=True)
    assert all(read_answer(whole[:end]) is None for end in range(len(whole)))


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (LENGTH % (2, b"{}"), Answer(200, b"{}", keep=True)),
        (LENGTH % (2, b"{}HTTP/1.1"), Answer(200, b"{}", keep=False)),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + LENGTH % (2, b"{}"), Answer(200, b"{}", keep=True)),
        (b"HTTP/1.1 502 Bad\r\nconnection: CLOSE\r\ncontent-length:0\r\n\r\n", Answer(502, b"", keep=False)),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", Answer(200, b"{}", keep=False)),
        (b"HTTP/1.1 429\r\nContent-Length: 0\r\n\r\n", Answer(429, b"", keep=True)),
    ],
)
def test_a_connection_is_used_again_only_where_that_is_safe(received: bytes, expected: Answer) -> None:
    assert read_answer(received) == expected


def test_without_a_length_the_body_is_what_comes_until_the_end() -> None:
    received = b"HTTP/1.1 200 OK\r\n\r\n" + BODY
    assert read_answer(received) is None
    assert read_answer(received, ended=True) == Answer(200, BODY, keep=False)
    assert read_answer(LENGTH % (99, BODY), ended=True) is None


@pytest.mark.parametrize(
    "received",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 two hundred\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_answer_is_no_answer(received: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_answer(received)
