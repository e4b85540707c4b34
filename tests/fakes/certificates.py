"""Certificates of an authority of the test's own, made by the command `openssl`."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

_LONG = ("20200101000000Z", "20991231000000Z")
_OVER = ("20200101000000Z", "20200102000000Z")
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
_CONFIGURATION = """
[ca]
default_ca = authority
[authority]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = policy
unique_subject = no
[policy]
commonName = supplied
"""


class Authority:
    """Whom `file` trusts. The test is skipped where there is no `openssl`."""

    def __init__(self, folder: Path) -> None:
        if (found := shutil.which("openssl")) is None:
            pytest.skip("certificates are made by the command `openssl`, which is not installed here")
        self._openssl, self._folder = found, folder
        folder.mkdir()
        for name, text in (("conf", _CONFIGURATION), ("index", ""), ("serial", "01\n")):
            (folder / name).write_text(text, encoding="ascii")
        # What an authority may do is stated, as Python 3.13 wants it.
        request = ("-x509", *_KEY, "-subj", "/CN=Authority", "-addext", "keyUsage = critical, keyCertSign, cRLSign")
        self._run("req", *request, "-keyout", "authority.key", "-out", "authority.pem")
        self.file = folder / "authority.pem"

    def server(self, host: str, *, expired: bool = False) -> ssl.SSLContext:
        """What a server at this host, in its own words, shows."""
        begins, ends = _OVER if expired else _LONG
        (self._folder / "names").write_text(f"subjectAltName = DNS:{host}\n", encoding="ascii")
        self._run("req", *_KEY, "-subj", f"/CN={host}", "-keyout", "server.key", "-out", "server.csr")
        signed_by = ("-cert", "authority.pem", "-keyfile", "authority.key", "-extfile", "names")
        times = ("-startdate", begins, "-enddate", ends)
        self._run("ca", "-batch", "-notext", "-config", "conf", *signed_by, *times, "-in", "server.csr", "-out", "pem")
        shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        shown.load_cert_chain(self._folder / "pem", self._folder / "server.key")
        return shown

    def _run(self, *arguments: str) -> None:
        subprocess.run([self._openssl, *arguments], cwd=self._folder, check=True, capture_output=True)  # noqa: S603 - the system's openssl
