"""The classic builder's lines as our events: one step after another, in the order of the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from explorer.build.engines.failure import BuildError
from explorer.build.engines.following import Following
from explorer.build.engines.steps import Steps
from explorer.build.events import StepInfo

_STEP: Final = re.compile(r"Step (\d+)/\d+ : (.*)", re.S)
_RUNNING: Final = re.compile(r" ---> Running in ([0-9a-f]+)\s*")
_CACHED: Final = re.compile(r" ---> Using cache\s*")
_MADE: Final = re.compile(r" ---> [0-9a-f]{12,}\s*")
_REMOVING: Final = "Removing intermediate container "
_ERRORS: Final = re.compile(r"\x1b\[91m(.*)\x1b\[0m", re.S)
_LINE: Final = re.compile(r"line (\d+)")


@dataclass(slots=True)
class Classic:
    """Tells what the lines tell; ``image_id`` is that of the result."""

    steps: Steps
    following: Following
    image_id: str = ""
    _name: str = ""
    _line: int = 0
    _step: StepInfo | None = None
    _container: str = ""

    def take(self, document: Mapping[str, Any]) -> None:
        """One line; raises :class:`BuildError` where it says that the build failed."""
        if isinstance(text := document.get("stream"), str):
            self._stream(text)
        elif isinstance(document.get("error"), str) or "errorDetail" in document:
            raise self.failure(document)
        elif isinstance(aux := document.get("aux"), Mapping):
            self.image_id = str(aux.get("ID", self.image_id))
        elif isinstance(status := document.get("status"), str):
            self._status(status, document)

    def failure(self, document: Mapping[str, Any]) -> BuildError:
        """What the build ends with."""
        message = error_of(document)
        if self._step is not None:
            return self.following.fail(self._step.id, message)
        named = _LINE.search(message)
        line = self._line or (int(named[1]) if named is not None else 0)
        return BuildError(message, line=line, column=1 if line else 0)

    def _stream(self, text: str) -> None:
        if self._container:
            if text.startswith(f"{_REMOVING}{self._container}"):
                self._container = ""
            else:
                self._log(text)
        elif (begun := _STEP.fullmatch(text)) is not None:
            self._begin(int(begun[1]), begun[2])
        elif (running := _RUNNING.fullmatch(text)) is not None:
            self._container = running[1]
            if self._step is not None:
                self.following.start(self._step.id)
        elif self._step is not None and _CACHED.fullmatch(text):
            self.following.cache(self._step.id)
        elif self._step is not None and _MADE.fullmatch(text):
            self.following.finish(self._step.id)

    def _begin(self, number: int, text: str) -> None:
        self._end()
        self._name = text.partition(" ")[0].upper()
        known = self.steps.in_order
        place = number - 1
        if place >= len(known) or known[place][0].upper() != self._name:
            self._line, self._step = 0, None
            return
        _, self._line, self._step = known[place]
        if self._step is not None:
            self.following.plan([self._step])
            self.following.note(self._step.id)

    def _end(self) -> None:
        if self._step is not None and self.following.is_running(self._step.id):
            self.following.finish(self._step.id)

    def _log(self, text: str) -> None:
        if self._step is None:
            return
        errors = _ERRORS.fullmatch(text)
        stream, printed = (2, errors[1]) if errors is not None else (1, text)
        self.following.log(self._step.id, stream, printed.encode())

    def _status(self, status: str, document: Mapping[str, Any]) -> None:
        """An image that comes from a registry, for FROM."""
        detail = document.get("progressDetail")
        if self._step is not None and isinstance(detail, Mapping):
            self.following.start(self._step.id)
            tell_pull(self.following, self._step.id, status, document, detail)


def tell_pull(
    following: Following,
    step: str,
    status: str,
    document: Mapping[str, Any],
    detail: Mapping[str, Any],
) -> None:
    """How far a layer that comes from a registry is."""
    done, total = detail.get("current"), detail.get("total")
    if isinstance(done, int):
        what = f"{status} {document.get('id', '')}".strip()
        following.progress(step, what, done, total if isinstance(total, int) else None)


def error_of(document: Mapping[str, Any]) -> str:
    """The message of a line that says what went wrong."""
    detail = document.get("errorDetail")
    found = detail.get("message") if isinstance(detail, Mapping) else None
    return str(found or document.get("error") or "the build failed").strip()
