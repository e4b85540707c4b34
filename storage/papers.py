"""Papers by id and version."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import search_index
from storage.models import papers as table
from storage.records import Paper, newer
from storage.sql import chunks, upsert

Key = tuple[str, int]
"""An arXiv id and a version."""

_NAMES = tuple(field_.name for field_ in dataclasses.fields(Paper))


async def save(session: AsyncSession, papers: Iterable[Paper]) -> int:
    """Store papers; what only an earlier view of the same version could tell is kept. Returns how many changed."""
    seen: dict[Key, Paper] = {}
    for paper in papers:
        key = (paper.arxiv_id, paper.version)
        seen[key] = newer(seen.get(key), paper)
    known = await many(session, seen)
    merged = {key: newer(known.get(key), paper) for key, paper in seen.items()}
    # Not asdict, which copies every author's name.
    rows = [{name: getattr(paper, name) for name in _NAMES} for key, paper in merged.items() if known.get(key) != paper]
    if rows:
        statement = upsert(session, table)
        values = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
        await session.execute(
            statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=values), rows
        )
        await search_index.refresh(session, (row["arxiv_id"] for row in rows))
    return len(rows)


async def newest(session: AsyncSession, arxiv_ids: Iterable[str]) -> dict[str, Paper]:
    """The highest stored version of each; ids that are not stored are left out."""
    return {paper.arxiv_id: paper for paper in await _all_versions(session, arxiv_ids)}


async def before(session: AsyncSession, keys: Collection[Key]) -> dict[Key, Paper]:
    """For each of these versions the highest earlier one that is stored; versions without one are left out."""
    wanted: dict[str, list[int]] = {}
    for arxiv_id, number in keys:
        wanted.setdefault(arxiv_id, []).append(number)
    # Versions come in order, so the last one that is lower stays.
    return {
        (paper.arxiv_id, number): paper
        for paper in await _all_versions(session, wanted)
        for number in wanted[paper.arxiv_id]
        if paper.version < number
    }


async def many(session: AsyncSession, keys: Iterable[Key]) -> dict[Key, Paper]:
    """Those of these versions that are stored."""
    wanted = set(keys)
    found = await _all_versions(session, sorted(arxiv_id for arxiv_id, _version in wanted))
    return {key: paper for paper in found if (key := (paper.arxiv_id, paper.version)) in wanted}


async def _all_versions(session: AsyncSession, arxiv_ids: Iterable[str]) -> list[Paper]:
    # Papers have few versions; pairs in an IN are written differently by every database.
    found: list[Paper] = []
    for some in chunks(arxiv_ids):
        query = select(table).where(table.c.arxiv_id.in_(some)).order_by(table.c.arxiv_id, table.c.version)
        found += [_paper(row) for row in await session.execute(query)]
    return found


def _paper(row: Row[Any]) -> Paper:
    fields = row._asdict()
    return Paper(**{**fields, "authors": tuple(fields["authors"]), "cross_lists": tuple(fields["cross_lists"])})
