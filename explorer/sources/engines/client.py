"""An engine's HTTP API as far as looking at its images goes: Docker's, which Podman speaks too."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from explorer.errors import DamagedImage, NotFound, Refused
from explorer.progress import Job
from explorer.sources.engines.connection import EngineConnection, unreachable
from explorer.sources.engines.endpoint import Endpoint

_CHUNK: Final = 1 << 20
_MOST_ANSWER: Final = 64 << 20  # bytes of JSON


@dataclass(frozen=True, slots=True)
class EngineClient:
    """Asks an engine. Every method connects anew, and raises :class:`Refused`, :class:`NotFound`
    or :class:`explorer.errors.Unsupported` with what the engine said."""

    title: str
    endpoint: Endpoint
    dial: tuple[str, ...] = ("docker", "system", "dial-stdio")

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """An answer in JSON."""
        with self._answer(path, query, None) as response:
            data = response.read(_MOST_ANSWER)
        try:
            return json.loads(data)
        except ValueError as error:
            raise DamagedImage(
                f"{self.title} answered in a way that is not understood",
                why=f"{path}: {data[:80]!r} is no JSON",
                hint=f"Look whether {self.endpoint} is {self.title}",
            ) from error

    def stream(self, path: str, query: Mapping[str, str] | None, job: Job) -> Iterator[bytes]:
        """An answer of any length, piece by piece."""
        with self._answer(path, query, job) as response:
            while True:
                job.check()
                try:
                    chunk = response.read1(_CHUNK)
                except (OSError, http.client.HTTPException) as error:
                    raise self._ended(error) from error
                if not chunk:
                    break
                yield chunk
            # read1 tells an answer that is cut short like one that ends.
            if response.length:
                raise self._ended(None)

    @contextlib.contextmanager
    def _answer(
        self, path: str, query: Mapping[str, str] | None, job: Job | None
    ) -> Iterator[http.client.HTTPResponse]:
        connection = EngineConnection(self.endpoint, self.dial)
        target = quote(path, safe="/:@") + (f"?{urlencode(query)}" if query else "")
        try:
            try:
                connection.connect()
            except OSError as error:
                raise unreachable(self.title, self.endpoint, error) from error
            try:
                if job is not None:  # the engine may take its time to put an image together
                    connection.sock.settimeout(None)
                connection.request("GET", target)
                response = connection.getresponse()
            except (OSError, http.client.HTTPException) as error:
                raise self._ended(error) from error
            if response.status >= 400:
                raise self.refused(response.status, response.read(_CHUNK))
            yield response
        finally:
            connection.close()

    def refused(self, status: int, data: bytes) -> Exception:
        """The error for an answer that is none."""
        message = message_of(data)
        if status == 404:
            return NotFound(f"{self.title} does not have it", why=message)
        return Refused(f"{self.title} refused", why=message or f"it answered {status}")

    def _ended(self, error: Exception | None) -> Refused:
        reason = "it does not answer" if isinstance(error, TimeoutError) else "it hung up"
        return Refused(
            f"{self.title} stopped answering",
            why=f"{self.endpoint}: {reason}",
            hint=f"Look whether {self.title} is still running, and try again",
        )


def message_of(data: bytes) -> str:
    """What an engine says in an answer that is an error."""
    try:
        document = json.loads(data)
    except ValueError:
        return data[:300].decode("utf-8", "replace").strip()
    if isinstance(document, Mapping):
        for key in ("message", "error", "cause"):
            if isinstance(document.get(key), str) and document[key]:
                return str(document[key]).strip()
    return ""
