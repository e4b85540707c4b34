"""How many papers a day a category brings, as far as it was ever counted here. Pure.

The figures are papers that are new to the category (new and cross) in one announcement: counted in arXiv's feeds of
cs.CV (2026-04-21) and stat (2024-03-26); for the others six tenths of the median of all entries in August 2026, since
new and cross were 50 % and 65 % of the two feeds. What the bot itself has fetched is better and comes first.
"""

from __future__ import annotations

from collections.abc import Mapping

TYPICAL: Mapping[str, int] = {
    "cs.AI": 165,
    "cs.CL": 80,
    "cs.CV": 324,
    "cs.LG": 140,
    "econ": 15,
    "stat": 62,
    "stat.AP": 10,
    "stat.CO": 3,
    "stat.ME": 28,
    "stat.ML": 29,
    "math.ST": 13,
}
"""Category or archive → papers a day, Monday to Friday."""
