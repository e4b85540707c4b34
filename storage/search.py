"""Finding papers by their words, in the database's own full-text index.

What has every word in its title or among its authors comes first, then what has them anywhere; the newest first in
both. No other order of merit: it would have to look at every paper with a common word while somebody waits.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import search_documents as table
from storage.segment import Term, Wanted, label, terms

MOST_FOUND = 500
"""Of more papers only the newest are found."""

_PER_WORD = 300
"""How many papers with a word are looked at for those that are alike."""
_OF_A_DAY = 1000
"""More papers than come out on a day."""
_ALIKE = 2.0
"""Two common words of a title, or a rare one: what a common word counts for is 1."""
_INDEX = sa.table("search_words", sa.column("rowid"))
_EVERYTHING, _TITLE_AND_PEOPLE, _PEOPLE, _LABELS = "", "title people", "people", "labels"
_HEADS = {_TITLE_AND_PEOPLE: "", _PEOPLE: "B"}
"""What PostgreSQL finds in its column `heads`, by which weight; a label is found among all words, being none itself."""

_Match = Mapping[str, str]
"""What has to match in which column of PostgreSQL; SQLite has it all in one text, under no name."""


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of arXiv ids, best first, and how many there are in all (MOST_FOUND at most)."""

    arxiv_ids: tuple[str, ...]
    total: int


async def find(session: AsyncSession, wanted: Wanted, *, limit: int, offset: int = 0) -> Hits:
    """The papers that have everything that is wanted."""
    spelling = _spelling(session)
    filters = [spelling.all(wanted.people, _PEOPLE), spelling.labels(wanted.categories)]
    tiers = [spelling.both(spelling.all(wanted.words, _EVERYTHING), *filters)]
    if wanted.words:
        tiers.insert(0, spelling.both(spelling.all(wanted.words, _TITLE_AND_PEOPLE), *filters))
    found = sa.union_all(
        *(
            sa.select(_matching(spelling, mapping, MOST_FOUND, wanted.since), sa.literal(at).label("tier"))
            for at, mapping in enumerate(tiers)
        )
    ).subquery()
    best = (
        sa.select(found.c.id, sa.func.min(found.c.tier).label("tier"), sa.func.count().over().label("total"))
        .group_by(found.c.id)
        .order_by("tier", found.c.id.desc())
        .limit(limit)
        .offset(offset)
        .subquery()
    )
    # The rows are long, so only those of the page are read.
    query = sa.select(table.c.arxiv_id, best.c.total).join_from(best, table, table.c.id == best.c.id)
    query = query.order_by(best.c.tier, best.c.id.desc())
    rows = list(await session.execute(query))
    return Hits(tuple(row.arxiv_id for row in rows), min(rows[0].total, MOST_FOUND) if rows else 0)


async def similar(session: AsyncSession, arxiv_id: str, title: str, categories: Sequence[str], limit: int) -> list[str]:
    """Other papers of these categories with words of the title; those that share most, and the rarest, first."""
    spelling = _spelling(session)
    labels = spelling.labels(categories)
    scores: defaultdict[int, float] = defaultdict(float)
    for word in terms(title):
        match = spelling.both(spelling.all([word], _EVERYTHING), labels)
        ids = list(await session.scalars(sa.select(_matching(spelling, match, _PER_WORD, None))))
        weight = 1 + math.log(_PER_WORD / len(ids)) if ids else 0.0
        for id_ in ids:
            scores[id_] += weight
    alike = (number for number, score in scores.items() if score >= _ALIKE)
    nearest = sorted(alike, key=lambda number: (-scores[number], -number))[: limit + 1]
    rows = await session.execute(sa.select(table.c.id, table.c.arxiv_id).where(table.c.id.in_(nearest)))
    names = {row.id: row.arxiv_id for row in rows}
    return [names[number] for number in nearest if names[number] != arxiv_id][:limit]


def _matching(spelling: _Spelling, match: _Match, most: int, since: date | None) -> sa.Subquery:
    """The numbers (`id`) of the newest papers that match, from a day on."""
    query = sa.select(table.c.id).order_by(table.c.id.desc())
    if match and spelling.in_columns:
        query = (
            sa.select(_INDEX.c.rowid.label("id"))
            .where(sa.column("search_words").op("MATCH")(match[""]))
            .order_by(_INDEX.c.rowid.desc())
        )
        if since is not None:
            # Rows are numbered nearly by day, so the first ones of those days tell which rows are too early. The day is
            # asked for in the condition, because a join would begin with every paper from that day on.
            earliest = (
                sa.select(table.c.id).where(table.c.day >= since).order_by(table.c.day).limit(_OF_A_DAY).subquery()
            )
            first = sa.select(sa.func.min(earliest.c.id)).scalar_subquery()
            day = sa.select(table.c.day).where(table.c.id == _INDEX.c.rowid).scalar_subquery()
            query = query.where(_INDEX.c.rowid >= first, day >= since)
        return query.limit(most).subquery()
    for column, text in match.items():
        # Not as a parameter: how the newest of them are found best depends on how many papers have such words.
        wanted = sa.func.to_tsquery(sa.literal_column("'simple'"), sa.bindparam(None, text, literal_execute=True))
        query = query.where(sa.literal_column(f"search_documents.{column}", postgresql.TSVECTOR).op("@@")(wanted))
    if since is not None:
        query = query.where(table.c.day >= since)
    if len(match) > 1 or any(sign in text for text in match.values() for sign in "&|"):
        # How many papers have several words at once PostgreSQL cannot know. Taking them for many it walks through all
        # papers from the newest on, 400 ms for three words of 100,000 papers; sorted like this it asks the index.
        query = query.order_by(None).order_by((table.c.id + 0).desc())
    return query.limit(most).subquery()


@dataclass(frozen=True, slots=True)
class _Spelling:
    """How a database writes what is to be matched. Words hold letters and digits only, so quoting them is enough."""

    quote: str
    conjunction: str
    disjunction: str
    in_columns: bool

    def word(self, term: Term, columns: str) -> str:
        quoted = f"{self.quote}{term.word}{self.quote}"
        if self.in_columns:
            return f"{f'{{{columns}}} : ' if columns else ''}{quoted}{'*' if term.beginning else ''}"
        marks = f"{'*' if term.beginning else ''}{_HEADS.get(columns, '')}"
        return f"{quoted}:{marks}" if marks else quoted

    def all(self, words: Collection[Term], columns: str) -> _Match:
        text = self.conjunction.join(self.word(word, columns) for word in words)
        return {self._place(columns): text} if text else {}

    def labels(self, categories: Collection[str]) -> _Match:
        named = [self.word(Term(label(category)), _LABELS) for category in categories]
        return {self._place(_LABELS): f"({self.disjunction.join(named)})"} if named else {}

    def both(self, *parts: _Match) -> _Match:
        joined: dict[str, str] = {}
        for column, text in (item for part in parts for item in part.items()):
            joined[column] = self.conjunction.join([joined[column], text] if column in joined else [text])
        return joined

    def _place(self, columns: str) -> str:
        return "" if self.in_columns else "heads" if columns in _HEADS else "words"


def _spelling(session: AsyncSession) -> _Spelling:
    if session.get_bind().dialect.name == "postgresql":
        return _Spelling("'", " & ", " | ", in_columns=False)
    return _Spelling('"', " AND ", " OR ", in_columns=True)
