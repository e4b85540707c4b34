"""One part of a digest on its way to one destination, and what can come of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.records.destinations import Destination
from storage.records.digests import Part


class DeliveryState(StrEnum):
    """Where a part stands on its way to a destination."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One part of a digest on its way to one destination, with what the sender needs.

    A row with a message_id was sent before: claiming it again means editing that message to the part's content, or
    deleting it where the digest no longer has such a part (`part` is None).
    """

    id: int
    digest_id: int
    destination: Destination
    number: int
    part: Part | None
    state: DeliveryState
    message_id: int | None = None
    attempts: int = 0
    """How often it was sent again because nobody had answered."""
    refusals: int = 0
    """How often it was refused for a reason that may pass."""
    fence: int | None = None
    """The number of the process that has it in hand; None for nobody."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram accepted the message (or the edit)."""

    message_id: int
    no_rich: bool = False
    """Whether it had to be sent without its rich layout, which this chat's server refuses."""


@dataclass(frozen=True, slots=True)
class RetryAt:
    """To be tried again at that time. `whole_bot` when the limit is on everything the bot sends."""

    at: datetime
    reason: str
    whole_bot: bool = False
    unanswered: bool = False
    """Whether it may have been sent; else it surely was not."""
    refused: bool = False
    """Whether Telegram refused it for a reason that may pass; tried more and more rarely."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Not sent: the group became a supergroup with this id."""

    new_chat_id: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Not sent: the chat takes no files. Its messages go on without them."""

    reason: str


@dataclass(frozen=True, slots=True)
class Gone:
    """Not sent: the bot may not write there (blocked, kicked, no rights, chat or topic deleted)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Not sent: Telegram refuses it for good."""

    reason: str
    keep: bool = False
    """Whether its papers come with the next digest: nobody knows what is refused, so that it may not be they."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """Nobody knows whether it was sent: the answer never came."""

    reason: str
    look_at: datetime | None = None
    """When to look whether it arrived; None where somebody has to decide."""


Outcome = Sent | RetryAt | Moved | Gone | Refused | Unsure | LeftOut
