"""Plain HTTPS and JSON to one API server.

In: address, bearer token, the server's certificate. Out: status, decoded body, warnings.
Law: a refusal is an answer, never an exception; only a broken connection raises.
"""

from __future__ import annotations

import http.client
import json
import re
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

APPLY = "application/apply-patch+yaml"
YAML = "application/yaml"
JSON = "application/json"
TIMEOUT_SECONDS = 60
# RFC 9111 warn-code, warn-agent, then the quoted text; several may share one header.
WARNING = re.compile(r'\d{3} \S+ "((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Answer:
    """What the server said: HTTP status, decoded JSON, and the texts of its warnings."""

    status: int
    body: dict[str, Any]
    warnings: tuple[str, ...] = field(default=())

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300

    @property
    def message(self) -> str:
        return str(self.body.get("message") or f"HTTP status {self.status}")


class ApiClient:
    """One kept-alive connection; not for use by several threads at once."""

    def __init__(self, host: str, port: int, token: str, certificate: Path) -> None:
        self._host, self._port, self._token = host, port, token
        self._certificate = certificate
        self._connection: http.client.HTTPSConnection | None = None

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def send(self, method: str, path: str, body: str = "", content: str = YAML) -> Answer:
        """One request.  Raises OSError or http.client.HTTPException when the server is gone."""
        try:
            return self._send(method, path, body, content)
        except http.client.RemoteDisconnected:
            # The server closed the idle connection; nothing of the request was read.
            self.close()
            return self._send(method, path, body, content)

    def is_ready(self) -> bool:
        """Whether the server is up, and has made the namespace that every cluster has."""
        paths = ("/readyz", "/api/v1/namespaces/default")
        try:
            return self._certificate.exists() and all(self.get(p).accepted for p in paths)
        except (OSError, http.client.HTTPException):
            self.close()
            return False

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send(self, method: str, path: str, body: str, content: str) -> Answer:
        if self._connection is None:
            trust = ssl.create_default_context(cafile=str(self._certificate))
            self._connection = http.client.HTTPSConnection(
                self._host, self._port, timeout=TIMEOUT_SECONDS, context=trust
            )
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        if body:
            headers["Content-Type"] = content
        self._connection.request(method, path, body.encode() if body else None, headers)
        reply = self._connection.getresponse()
        text = reply.read().decode("utf-8", "replace")
        raw = ", ".join(reply.headers.get_all("Warning") or [])
        warnings = tuple(w.replace('\\"', '"') for w in WARNING.findall(raw))
        return Answer(reply.status, _decode(text), warnings)


def _decode(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    return value if isinstance(value, dict) else {"message": text.strip()}
