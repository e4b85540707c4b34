"""Set up for the whole suite: property tests without time limits, and nothing left behind."""

from __future__ import annotations

import atexit
import shutil
import tempfile

from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

_home = tempfile.mkdtemp(prefix="hypothesis-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
set_hypothesis_home_dir(_home)
settings.register_profile("suite", database=None, deadline=None, max_examples=60)
settings.load_profile("suite")
