"""A Kubernetes control plane of one test session: etcd and kube-apiserver, nothing else.

In: the two binaries. Out: a running server's address, token and certificate.
Law: both processes end with the context, whatever happens in it; on failure the logs stay, in
``logs`` of the cache folder.

There are no controllers, so nothing is ever scheduled, and no default ServiceAccount appears;
the admission plugin that insists on one is off, as in Kubernetes' own envtest.
"""

from __future__ import annotations

import base64
import ctypes
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.conformance.api_client import ApiClient
from tests.conformance.binaries import Binaries, ControlPlaneMissing, cache, find_binaries

READY_SECONDS = 90
STOP_SECONDS = 10
ATTEMPTS = 3  # a port found free can be taken before the server binds it


class ControlPlaneFailed(Exception):
    """A server that exists did not start; the text ends with its last log lines."""


class ControlPlane:
    """Context manager: ``with ControlPlane() as plane: plane.client.get("/version")``.

    Raises ControlPlaneMissing on creation where no binaries can be had, and
    ControlPlaneFailed on entry where they do not start.
    """

    def __init__(self, binaries: Binaries | None = None) -> None:
        self.binaries = binaries or find_binaries()
        self.keep_logs = False
        self.ready_seconds = 0.0
        self.folder = Path()
        self.client = ApiClient("", 0, "", Path())
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._start()
                break
            except ControlPlaneFailed:
                self._end(keep_logs=attempt == ATTEMPTS)
                if attempt == ATTEMPTS:
                    raise
            except BaseException:
                self._end(keep_logs=False)
                raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end(keep_logs=self.keep_logs or error is not None)

    @property
    def logs(self) -> Path:
        """Where the logs of a failed session stay, until the next failure."""
        return cache() / "logs"

    def _start(self) -> None:
        began = time.monotonic()
        self.folder = Path(tempfile.mkdtemp(prefix="mlsdc-control-plane-"))
        token = secrets.token_hex(16)
        tokens = self.folder / "tokens.csv"
        tokens.write_text(f"{token},judge,judge,system:masters\n", encoding="ascii")
        tokens.chmod(0o600)
        key = self.folder / "service-account.key"
        key.write_text(_signing_key(), encoding="ascii")
        key.chmod(0o600)
        client_port, peer_port, secure_port = _free_ports(3)
        self._run("etcd", self.binaries.etcd, _etcd_flags(self.folder, client_port, peer_port))
        flags = _server_flags(self.folder, client_port, secure_port)
        self._run("kube-apiserver", self.binaries.kube_apiserver, flags)
        certificate = self.folder / "certificates" / "apiserver.crt"
        self.client = ApiClient("127.0.0.1", secure_port, token, certificate)
        self._wait_until_ready()
        self.ready_seconds = time.monotonic() - began

    def _run(self, name: str, binary: Path, flags: list[str]) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [str(binary), *flags],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the tests only; they stop the servers
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )
        self._processes.append(process)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            ended = [p for p in self._processes if p.poll() is not None]
            if ended:
                raise ControlPlaneFailed(f"{ended[0].args} ended at once\n{self._log_tail()}")
            if self.client.is_ready():
                return
            time.sleep(0.1)
        raise ControlPlaneFailed(f"not ready after {READY_SECONDS} s\n{self._log_tail()}")

    def _log_tail(self) -> str:
        tails: list[str] = []
        for log in sorted(self.folder.glob("*.log")):
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:]
            tails.append(f"-- {self.logs / log.name}\n" + "\n".join(lines))
        return "\n".join(tails)

    def _end(self, *, keep_logs: bool) -> None:
        self._stop()
        if keep_logs:
            self.logs.mkdir(parents=True, exist_ok=True)
            for log in self.folder.glob("*.log"):
                shutil.copy(log, self.logs)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _stop(self) -> None:
        self.client.close()
        for process in reversed(self._processes):  # the server before its store
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()


def _etcd_flags(folder: Path, client_port: int, peer_port: int) -> list[str]:
    client, peer = f"http://127.0.0.1:{client_port}", f"http://127.0.0.1:{peer_port}"
    return [
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
        "--unsafe-no-fsync",
        "--log-level=warn",
    ]


def _server_flags(folder: Path, etcd_port: int, secure_port: int) -> list[str]:
    key = folder / "service-account.key"
    return [
        f"--etcd-servers=http://127.0.0.1:{etcd_port}",
        "--bind-address=127.0.0.1",
        f"--secure-port={secure_port}",
        f"--cert-dir={folder / 'certificates'}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        f"--token-auth-file={folder / 'tokens.csv'}",
        "--authorization-mode=RBAC",
        "--service-cluster-ip-range=10.0.0.0/24",
        "--disable-admission-plugins=ServiceAccount",
    ]


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _signing_key() -> str:
    """A fresh P-256 private key in PEM (RFC 5915); the public half may be left out."""
    scalar = bytes([secrets.randbelow(0x7F) + 1]) + secrets.token_bytes(31)  # below the order
    curve = bytes.fromhex("a00a06082a8648ce3d030107")
    der = bytes.fromhex("30310201010420") + scalar + curve
    body = base64.b64encode(der).decode("ascii")
    return f"-----BEGIN EC PRIVATE KEY-----\n{body}\n-----END EC PRIVATE KEY-----\n"


def _end_with_parent() -> None:
    """Linux ends the server with the test process, even where that one is killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # 1 = PR_SET_PDEATHSIG


__all__ = ["ControlPlane", "ControlPlaneFailed", "ControlPlaneMissing"]
