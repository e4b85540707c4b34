"""A paper with what a person wrote about it: what reference files are made of."""

from __future__ import annotations

from dataclasses import dataclass

from storage.records import Paper


@dataclass(frozen=True, slots=True)
class Noted:
    """A paper and a note, which may be empty."""

    paper: Paper
    note: str = ""


def year_of(paper: Paper) -> str:
    """The year in which a paper came out, by its submission or by its id; an empty string where neither tells."""
    if paper.submitted_at is not None:
        return str(paper.submitted_at.year)
    stamp = paper.arxiv_id.rpartition("/")[2][:2]
    if not stamp.isdigit():
        return ""
    return f"{'19' if int(stamp) > 90 else '20'}{stamp}"  # noqa: PLR2004 - arXiv began in 1991
