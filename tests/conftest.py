"""Set up for the whole suite: property tests without time limits, and nothing left in the checkout."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from pathlib import Path

import pytest
from fakes.processes import processes
from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

__all__ = ["processes"]

# Its tables of Unicode take a second to make; they are kept with the environment that they belong to.
if "HYPOTHESIS_STORAGE_DIRECTORY" not in os.environ:
    in_environment = sys.prefix != sys.base_prefix and os.access(sys.prefix, os.W_OK)
    set_hypothesis_home_dir(Path(sys.prefix if in_environment else tempfile.gettempdir()) / "hypothesis")
settings.register_profile("suite", database=None, deadline=None, max_examples=25)
settings.load_profile("suite")

# Nothing that collecting makes is garbage: looking for it took a quarter of the time.
gc.disable()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Whoever asks for the pure tests does not wait for what the others import."""
    if config.option.markexpr == "pure" and collection_path.suffix == ".py":
        return b"pytest.mark.pure" not in collection_path.read_bytes() or None
    return None


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: some tests wait for what another process or a pause of the product does."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """What is imported stays: looking through it for garbage again and again took a tenth of the suite's time."""
    gc.freeze()
    gc.enable()
