"""Answers of HTTP/1 in whatever pieces they come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram_api.lean_answer import Answer, AnswerReader

pytestmark = pytest.mark.pure

BODY = b'{"ok":true,"result":{"message_id":7}}'
LENGTH = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"


CHUNKS = b"2\r\n{}\r\n0\r\n\r\n"


def head(*lines: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode()


def read(received: bytes, *, ended: bool = False) -> Answer | None:
    reader = AnswerReader()
    return reader.take(received) or (reader.end() if ended else None)


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
    assert read(whole) == Answer(200, body, keep=True)
    reader = AnswerReader()
    assert all(reader.take(whole[at : at + 1]) is None for at in range(len(whole) - 1))
    assert reader.take(whole[-1:]) == Answer(200, body, keep=True)


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (LENGTH % (2, b"{}"), Answer(200, b"{}", keep=True)),
        (LENGTH % (2, b"{}HTTP/1.1"), Answer(200, b"{}", keep=False)),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + LENGTH % (2, b"{}"), Answer(200, b"{}", keep=True)),
        (b"HTTP/1.1 502 Bad\r\nconnection: CLOSE\r\ncontent-length:0\r\n\r\n", Answer(502, b"", keep=False)),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", Answer(200, b"{}", keep=False)),
        (b"HTTP/1.1 429\r\nContent-Length: 0\r\n\r\n", Answer(429, b"", keep=True)),
        (head("Content-Length: 2", "Connection: foo, close") + b"{}", Answer(200, b"{}", keep=False)),
        (head("Connection: foo", "Connection: close", "Content-Length: 0"), Answer(200, b"", keep=False)),
        (b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n", Answer(200, b"", keep=True)),
        (head("Content-Length: 2", "content-length: 2") + b"{}", Answer(200, b"{}", keep=True)),
        (head("Content-Length: 9", "Transfer-Encoding: Chunked") + CHUNKS, Answer(200, b"{}", keep=False)),
        (head("Transfer-Encoding: chunked") + CHUNKS + b"HTTP", Answer(200, b"{}", keep=False)),
        (b"HTTP/1.1 204 No Content\r\n\r\n", Answer(204, b"", keep=True)),
        (b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + LENGTH % (2, b"{}"), Answer(200, b"{}", keep=True)),
    ],
)
def test_a_connection_is_used_again_only_where_that_is_safe(received: bytes, expected: Answer) -> None:
    assert read(received) == expected


def test_without_a_length_the_body_is_what_comes_until_the_end() -> None:
    received = b"HTTP/1.1 200 OK\r\n\r\n" + BODY
    assert read(received) is None
    assert read(received, ended=True) == Answer(200, BODY, keep=False)
    assert read(LENGTH % (99, BODY), ended=True) is None


@pytest.mark.parametrize(
    "received",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 two hundred\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 2_0 OK\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"<html>502 Bad Gateway",
        head("Content-Length: +5"),
        head("Content-Length: 2", "Content-Length: 3"),
        head("Content-Length: 2,2"),
        head("Content-Length : 2"),
        head("X: folded", "  Content-Length: 2"),
        head("no field"),
        head("Transfer-Encoding: gzip, chunked"),
        head("Content-Encoding: gzip", "Content-Length: 2"),
        head("Transfer-Encoding: chunked") + b"zz\r\n",
        head("Transfer-Encoding: chunked") + b"-6\r\n",
        head("Transfer-Encoding: chunked") + b"0x2\r\n{}\r\n",
        head("Transfer-Encoding: chunked") + b"1\r\n{}\r\n",
        head("Transfer-Encoding: chunked") + b"2;" + b"x" * 300,
    ],
)
def test_what_is_no_answer_or_cannot_be_read_is_no_answer(received: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read(received)


@pytest.mark.parametrize(
    ("begin", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 1000),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
        (head(), b"x" * 100_000),
        (head("Transfer-Encoding: chunked"), b"1;note\r\nx\r\n" * 10_000),
        (head("Transfer-Encoding: chunked"), b"0\r\nX: y\r\n" + b"X: y\r\n" * 1000),
        (head("Transfer-Encoding: chunked") + b"fffffff\r\n", b"x"),
        (head("Content-Length: 5000000"), b"x"),
    ],
)
def test_an_answer_without_an_end_is_not_read_for_ever(begin: bytes, piece: bytes) -> None:
    reader = AnswerReader()

    def read_on() -> None:
        reader.take(begin)
        for _ in range(1000):
            reader.take(piece)

    with pytest.raises(ValueError, match="too long"):
        read_on()
