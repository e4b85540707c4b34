"""Many chats of every kind in the local Telegram, a digest for all of them, and what to compare afterwards."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from fakes.benchmark import NOW, add_destinations
from fakes.delivering import Row, delivering, until

from bot.simulator.chat_state import Chat
from bot.simulator.faults import Fault, FaultKind, Plan
from bot.simulator.params import Params
from bot.simulator.telegram import SimulatedTelegram
from storage import deliveries, digests
from storage.database import Database
from storage.models import deliveries as delivery_table
from storage.models import destinations as destination_table
from storage.records import AnnounceType, DeliveryState, Digest, DigestEntry, Part, PartKind

KINDS = ("private", "private", "private", "channel", "supergroup", "group")
PARTS = 5
_SENDS = frozenset({"sendmessage", "senddocument"})
_REFUSALS = ("message is too long", "can't parse entities: unexpected end tag")


class FastClock:
    """Waiting for Telegram's pauses takes a fraction of the time."""

    def __init__(self, *, faster: float = 20.0) -> None:
        self._faster = faster
        self._began = time.monotonic()

    def seconds(self) -> float:
        return (time.monotonic() - self._began) * self._faster

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds())

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._faster)


@dataclass
class Scene:
    """The chats by destination id, and the digest's id."""

    telegram: SimulatedTelegram
    db: Database
    chats: dict[int, Chat]
    operations: Chat
    digest_id: int = 0
    struck: Counter[FaultKind] = field(default_factory=Counter)


async def scene(telegram: SimulatedTelegram, db: Database, count: int, made_of: list[Part] | None = None) -> Scene:
    """That many chats, and a digest of these parts (five) for them.

    A message stands in each group and channel already, so that there is one to look after.
    """
    owner = telegram.add_user("Owner")
    operations = telegram.private_chat(telegram.add_user("Operations"))
    chats: dict[int, Chat] = {}
    for number in range(1, count + 1):
        kind = KINDS[number % len(KINDS)]
        if kind == "private":
            chats[number] = telegram.private_chat(telegram.add_user(f"Reader {number}"))
        elif kind == "channel":
            chats[number] = telegram.add_channel(f"Channel {number}", creator=owner)
        else:
            chats[number] = telegram.add_group(f"Group {number}", creator=owner, supergroup=kind == "supergroup")
    await add_destinations(
        db, [{"id": number, "chat_id": chat.id, "kind": chat.type} for number, chat in chats.items()]
    )
    made = Scene(telegram, db, chats, operations)
    many = [number for number, chat in chats.items() if chat.many]
    welcome = Part(1, PartKind.MESSAGE, {"text": "Welcome", "buttons": []}, "welcome")
    first = await plan_digest(db, "first", [welcome], many)
    async with delivering(db, f"{telegram.url}/bot{telegram.token}", lambda: NOW) as ready, ready.running():
        await until(db, first, {DeliveryState.SENT: len(many)})
    made.digest_id = await plan_digest(db, "second", parts() if made_of is None else made_of, list(chats))
    return made


def parts() -> list[Part]:
    """Four messages and the file."""
    messages = [
        Part(number, PartKind.MESSAGE, {"text": f"<b>Part {number}</b> of the digest", "buttons": []}, f"hash {number}")
        for number in range(1, PARTS)
    ]
    file = {"file_name": "digest.md", "content": "# The digest", "caption": f"Part {PARTS} of the digest"}
    return [*messages, Part(PARTS, PartKind.DOCUMENT, file, "hash file")]


async def plan_digest(db: Database, name: str, made_of: list[Part], whom: list[int]) -> int:
    entries = (DigestEntry(f"2608.{len(name):05}", 1, AnnounceType.NEW),)
    async with db.begin() as session:
        saved = await digests.save(session, Digest((name,), (NOW.date(),), "en", "en", entries), made_of, NOW)
        await deliveries.plan(session, saved.id, whom)
    return saved.id


def faults(scene: Scene, *, share: float, seed: int) -> Plan:
    """Faults of every kind for that share of the sends, and twice a limit on the whole bot."""
    dice = random.Random(seed)  # noqa: S311 - repeatable on purpose, guards nothing
    limited_from = {dice.randint(20, 20 + len(scene.chats) * 2) for _ in range(2)}

    def plan(method: str, params: Params, sequence: int) -> Fault | None:
        if method.lower() not in _SENDS:
            return None
        fault = None
        if any(first <= sequence < first + 6 for first in limited_from):
            fault = Fault(FaultKind.RATE_LIMIT, retry_after=1)
        elif dice.random() < share:
            fault = _fault(dice, params)
        if fault is not None:
            scene.struck[fault.kind] += 1
        return fault

    return plan


def _fault(dice: random.Random, params: Params) -> Fault:
    kind = dice.choice([one for one in FaultKind if one is not FaultKind.UNAUTHORIZED])
    chat_id = int(params.text("chat_id"))
    if kind is FaultKind.MIGRATE and not -1_000_000_000_000 < chat_id < 0:
        kind = FaultKind.SLOW
    text = "bot was kicked from the chat" if kind is FaultKind.FORBIDDEN else dice.choice(_REFUSALS)
    return Fault(kind, retry_after=1, seconds=0.02, text=text)


def _part(text: str) -> str:
    found = text.replace("<b>", "").replace("</b>", "")
    return found.split(" of ", maxsplit=1)[0]


@dataclass
class Verdict:
    """What the simulator's own record and the rows say about each other; every list of complaints is to be empty."""

    states: Counter[DeliveryState] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    disagreeing: list[str] = field(default_factory=list)
    repeated_in_private: int = 0

    @property
    def complaints(self) -> list[str]:
        return [*self.missing, *self.repeated, *self.out_of_order, *self.disagreeing]


async def verdict(scene: Scene, unanswered: Mapping[Row, int]) -> Verdict:
    """Compare. `unanswered`: how often nobody knew if a part had arrived: a private chat may get it as often again."""
    seen = _seen(scene)
    found = Verdict()
    async with scene.db.read() as session:
        query = (
            sa.select(delivery_table, destination_table.c.chat_id, destination_table.c.kind)
            .join(destination_table)
            .where(delivery_table.c.digest_id == scene.digest_id)
            .order_by(delivery_table.c.id)
        )
        rows = (await session.execute(query)).all()
    for row in rows:
        ids = [message_id for name, message_id in seen[row.chat_id] if name == f"Part {row.number}"]
        _judge(found, row, ids, unanswered.get((row.destination_id, row.number), 0))
    for chat_id, sent in seen.items():
        first_seen = list(dict.fromkeys(name for name, _ in sent if name.startswith("Part")))
        if first_seen != sorted(first_seen):
            found.out_of_order.append(f"{chat_id}: {first_seen}")
    return found


def _seen(scene: Scene) -> dict[int, list[tuple[str, int]]]:
    """Part and message id of everything that was accepted, by the chat's id of today."""
    seen: dict[int, list[tuple[str, int]]] = defaultdict(list)
    moved = {chat.id: chat.upgraded_to for chat in scene.telegram.world.chats.values() if chat.upgraded_to}
    for accepted in scene.telegram.record:
        if accepted.method in {"sendMessage", "sendDocument"}:
            seen[moved.get(accepted.chat_id) or accepted.chat_id].append((_part(accepted.text), accepted.message_id))
    return seen


def _judge(found: Verdict, row: sa.Row[Any], ids: list[int], accounted: int) -> None:
    """One row against the messages that show its part; so many of them may be repeats in a private chat."""
    state = DeliveryState(row.state)
    where = f"Part {row.number} in {row.kind} {row.chat_id} ({state} {row.reason}): {ids}"
    found.states[state] += 1
    private = row.kind == "private"
    if state is DeliveryState.SENT and not ids:
        found.missing.append(where)
    elif state is DeliveryState.SENT and row.message_id not in {None, ids[-1]}:
        found.disagreeing.append(f"{where}, not {row.message_id}")
    elif state is not DeliveryState.SENT and ids and not (private and accounted):
        # In a private chat it may have arrived with an answer that stayed away, and been refused when sent again.
        found.disagreeing.append(where)
    found.repeated_in_private += max(0, len(ids) - 1) if private else 0
    if len(ids) > 1 and (not private or len(ids) - 1 > accounted):
        found.repeated.append(where)
