"""HTTP/1 answers, from bytes in whatever pieces they come (RFC 9112). Every byte is looked at a few times at most."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MOST = 4 * 1024 * 1024
"""Bytes that an answer may have; the longest of Telegram's to these requests have a hundredth of it."""

_MOST_HEAD = 64 * 1024
_MOST_LINE = 256
_LINE_END = b"\r\n"
_HEAD_END = b"\r\n\r\n"
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9]{2})(?: .*)?", re.DOTALL)
_BEGINNING = b"HTTP/1."
_LENGTH = re.compile(rb"[0-9]{1,15}")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?", re.DOTALL)
_SWITCHED = 101
_LAST_STATUS_BEFORE_ANSWER = 199
_WITHOUT_BODY = (204, 304)
# Said twice with different values, nobody knows where the answer ends.
_ONCE = (b"content-length", b"transfer-encoding")


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, the whole body, and whether the connection may be used again."""

    status: int
    body: bytes
    keep: bool


@dataclass(frozen=True, slots=True)
class _Head:
    status: int
    keep: bool
    chunked: bool
    length: int | None


class AnswerReader:
    """Reads one answer. Raises ValueError for what is no HTTP/1 answer, is too long, or is encoded."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._at = 0
        self._head: _Head | None = None
        self._body = bytearray()

    def take(self, data: bytes) -> Answer | None:
        """The answer, if these bytes complete it."""
        self._received += data
        if len(self._received) > _MOST:
            raise ValueError("the answer is too long")
        while self._head is None:
            end = self._received.find(_HEAD_END, self._at)
            if end < 0:
                self._look_at_beginning()
                return None
            self._head = _read_head(bytes(self._received[self._at : end]))
            self._at = end + len(_HEAD_END)
        head = self._head
        if head.chunked:
            if not self._chunks_are_whole():
                return None
        elif head.length is None or len(self._received) < self._at + head.length:
            return None
        else:
            begin, self._at = self._at, self._at + head.length
            self._body = self._received[begin : self._at]
        # What follows belongs to no request: nothing may come after it on that connection.
        return Answer(head.status, bytes(self._body), head.keep and self._at == len(self._received))

    def end(self) -> Answer | None:
        """The answer that goes until the end, now that no more will come; None if it broke off."""
        if self._head is None or self._head.chunked or self._head.length is not None:
            return None
        return Answer(self._head.status, bytes(self._received[self._at :]), keep=False)

    def _look_at_beginning(self) -> None:
        begun = self._received[self._at : self._at + len(_BEGINNING)]
        if not _BEGINNING.startswith(begun):
            raise ValueError("not HTTP/1")
        if len(self._received) - self._at > _MOST_HEAD:
            raise ValueError("its head is too long")

    def _chunks_are_whole(self) -> bool:
        received = self._received
        while True:
            end = received.find(_LINE_END, self._at, self._at + _MOST_LINE)
            if end < 0:
                if len(received) - self._at >= _MOST_LINE:
                    raise ValueError("a chunk without a size")
                return False
            line = _CHUNK.fullmatch(received, self._at, end)
            if line is None:
                raise ValueError("a chunk without a size")
            size = int(line[1], 16)
            if size == 0:
                return self._trailer_is_whole(end)
            begin = end + len(_LINE_END)
            if begin + size > _MOST:
                raise ValueError("the answer is too long")
            if len(received) < begin + size + len(_LINE_END):
                return False
            if received[begin + size : begin + size + len(_LINE_END)] != _LINE_END:
                raise ValueError("a chunk longer than its size")
            self._body += received[begin : begin + size]
            self._at = begin + size + len(_LINE_END)

    def _trailer_is_whole(self, last_size_end: int) -> bool:
        """Fields may follow the last chunk, of which none is needed."""
        end = self._received.find(_HEAD_END, last_size_end)
        if end < 0:
            if len(self._received) - last_size_end > _MOST_HEAD:
                raise ValueError("its trailer is too long")
            return False
        self._at = end + len(_HEAD_END)
        return True


def _read_head(head: bytes) -> _Head | None:
    """What a head says about its answer; None for one that only goes before the answer's."""
    first, *lines = head.split(_LINE_END)
    status_line = _STATUS.fullmatch(first)
    if status_line is None:
        raise ValueError("not HTTP/1")
    status = int(status_line[2])
    if status == _SWITCHED:
        raise ValueError("another protocol")
    if status <= _LAST_STATUS_BEFORE_ANSWER:
        return None
    fields = _read_fields(lines)
    said = {part.strip() for part in fields.get(b"connection", b"").lower().split(b",")}
    keep = b"close" not in said and (status_line[1] == b"1" or b"keep-alive" in said)
    if status in _WITHOUT_BODY:
        return _Head(status, keep, chunked=False, length=0)
    chunked = b"transfer-encoding" in fields
    length = int(fields[b"content-length"]) if b"content-length" in fields else None
    if chunked:
        # With a length besides, somebody on the way may have taken another end for the answer's.
        return _Head(status, keep and length is None, chunked=True, length=None)
    if length is not None and length > _MOST:
        raise ValueError("the answer is too long")
    return _Head(status, keep and length is not None, chunked=False, length=length)


def _read_fields(lines: list[bytes]) -> dict[bytes, bytes]:
    """The fields by their names in small letters; those that say where the answer ends can be relied on."""
    fields: dict[bytes, bytes] = {}
    for line in lines:
        name, found, value = line.partition(b":")
        if not found or name.split() != [name]:
            raise ValueError("a line that is no field")
        name, value = name.lower(), value.strip()
        if name in _ONCE and fields.get(name, value) != value:
            raise ValueError(f"two different {name.decode()}")
        fields[name] = b"%b,%b" % (fields[name], value) if name == b"connection" and name in fields else value
    if fields.get(b"transfer-encoding", b"chunked").lower() != b"chunked":
        raise ValueError("an encoding that was not asked for")
    if fields.get(b"content-encoding", b"identity").lower() != b"identity":
        raise ValueError("an encoding that was not asked for")
    if not _LENGTH.fullmatch(fields.get(b"content-length", b"0")):
        raise ValueError("a length that is no number")
    return fields
