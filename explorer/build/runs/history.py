"""The builds there were: one file for each, read again whenever they are wanted.

A file is lines of JSON: first a summary, then the steps, each with the end of what it printed. It
appears whole, carries no build arguments or secrets, and may go at any time.
"""

from __future__ import annotations

import base64
import contextlib
import json
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final

from explorer.build.events import Done, End, Failed, Stopped
from explorer.build.runs.log import BuildLog, BuildState
from explorer.build.runs.spool import Spool
from explorer.build.runs.step import StepRun
from explorer.errors import ExplorerError, NotFound
from explorer.store.data import data_root
from explorer.store.folder import CacheFolder, cannot_write

VERSION: Final = 1
MOST_BYTES: Final = 128 << 20
MOST_BUILDS: Final = 500
TAIL: Final = 256 << 10
"""Bytes of the end of a step's output that are kept."""
MOST_TAILS: Final = 8 << 20
MOST_WHOLE: Final = 512 << 20
"""Bytes of all whole outputs: of those steps that print more than is kept in the record."""

_SUFFIX: Final = ".build"
_WHOLE: Final = ".txt"
_LONGEST_HEAD: Final = 64 << 10
_LARGEST: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class BuildSummary:
    """A build in a few words; ``name`` finds it again, ``seconds`` is what it took."""

    name: str
    dockerfile: str
    target: str
    engine: str
    when: datetime
    state: BuildState
    seconds: float
    steps: int
    cached: int
    digest: str = ""
    message: str = ""
    line: int = 0

    @classmethod
    def of(cls, log: BuildLog, name: str) -> BuildSummary:
        """The summary of a build that has ended."""
        totals, end = log.totals(), log.end
        return cls(
            name,
            log.dockerfile,
            log.target,
            log.engine,
            log.when,
            log.state,
            round(totals.wall, 3),
            totals.steps,
            totals.cached,
            end.digest if isinstance(end, Done) else "",
            end.message if isinstance(end, Failed) else "",
            end.line if isinstance(end, Failed) else 0,
        )

    def to_json(self) -> dict[str, Any]:
        """As the first line of a file."""
        return {
            "version": VERSION,
            "dockerfile": self.dockerfile,
            "target": self.target,
            "engine": self.engine,
            "when": self.when.astimezone(UTC).isoformat(),
            "state": self.state.value,
            "seconds": self.seconds,
            "steps": self.steps,
            "cached": self.cached,
            "digest": self.digest,
            "message": self.message[:2000],
            "line": self.line,
        }

    @classmethod
    def from_json(cls, name: str, found: dict[str, Any]) -> BuildSummary:
        """Read what :meth:`to_json` gave.

        Raises:
            ValueError, KeyError, TypeError: it is something else.
        """
        return cls(
            name,
            str(found["dockerfile"]),
            str(found["target"]),
            str(found["engine"]),
            datetime.fromisoformat(str(found["when"])),
            BuildState(found["state"]),
            float(found["seconds"]),
            int(found["steps"]),
            int(found["cached"]),
            str(found["digest"]),
            str(found["message"]),
            int(found["line"]),
        )


class BuildHistory:
    """Builds in a folder, the newest :data:`MOST_BUILDS`. Safe from any thread and process."""

    def __init__(self, folder: Path) -> None:
        self._folder = CacheFolder(folder, MOST_BYTES)
        self._whole = CacheFolder(folder.with_name(f"{folder.name}-output"), MOST_WHOLE)

    @classmethod
    def at(cls, root: Path | None = None) -> BuildHistory:
        """The builds below a folder; the user's own by default. Nothing is written to look."""
        return cls((root or data_root()) / f"builds-{VERSION}")

    def spool(self) -> Spool:
        """What takes all that a build prints, for :meth:`add`."""
        return Spool(self._whole.path)

    def whole_output(self, name: str) -> Path:
        """The file that :attr:`StepRun.whole` names.

        Raises:
            NotFound: it had to go.
        """
        path = self._whole.file(name)
        if Path(name).name != name or not name.endswith(_WHOLE) or not path.is_file():
            raise NotFound("The whole output is no longer kept", why="newer ones took its room")
        return path

    def add(self, log: BuildLog, spool: Spool | None = None) -> BuildSummary:
        """Keep a build that has ended; of what ``spool`` took, what the record has no room for.

        Raises:
            StorageFull: nothing can be written.
        """
        name = f"{log.when.astimezone(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}{_SUFFIX}"
        summary = BuildSummary.of(log, name)
        if spool is not None:
            self._keep_whole(log, name, spool)
        try:
            self._folder.write(name, lambda file: _write(file, summary, log))
        except OSError as error:
            raise cannot_write(self._folder.path, error) from error
        for old in self._names()[MOST_BUILDS:]:
            self._folder.drop(old)
        return summary

    def _keep_whole(self, log: BuildLog, name: str, spool: Spool) -> None:
        share = _share(log)
        try:
            for number, (step, path) in enumerate(spool.close().items()):
                run = log.steps.get(step)
                if run is None or run.output.size <= min(TAIL, share):
                    continue
                whole = f"{name.removesuffix(_SUFFIX)}-{number}{_WHOLE}"
                # Without room for it, the end of it is still in the record.
                with contextlib.suppress(OSError, ExplorerError), path.open("rb") as file:
                    self._whole.write(whole, partial(shutil.copyfileobj, file))
                    run.whole = whole
        finally:
            spool.remove()

    def summaries(self, dockerfile: str = "") -> list[BuildSummary]:
        """The builds, the newest first: of one Dockerfile, or of all. Damaged ones are left out."""
        found = (self._summary(name) for name in self._names())
        return [s for s in found if s is not None and dockerfile in ("", s.dockerfile)]

    def load(self, name: str) -> BuildLog:
        """A build with its steps and the ends of what they printed.

        Raises:
            NotFound: it is no longer there.
            ExplorerError: it cannot be read.
        """
        try:
            with self._folder.file(_checked(name)).open("rb") as file:
                data = file.read(_LARGEST)
        except OSError as error:
            raise NotFound("This build is no longer kept", why=error.strerror or "") from error
        try:
            return _read(name, data)
        except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
            raise ExplorerError("The record of this build is damaged", why=str(error)) from error

    def forget(self, name: str) -> None:
        """Delete a build's record; no more."""
        self._folder.drop(_checked(name))

    def _names(self) -> list[str]:
        try:
            names = [path.name for path in self._folder.path.iterdir()]
        except OSError:
            return []
        return sorted((name for name in names if name.endswith(_SUFFIX)), reverse=True)

    def _summary(self, name: str) -> BuildSummary | None:
        try:
            with self._folder.file(name).open("rb") as file:
                return BuildSummary.from_json(name, json.loads(file.readline(_LONGEST_HEAD)))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None


def _checked(name: str) -> str:
    if "/" in name or "\\" in name or not name.endswith(_SUFFIX):
        raise NotFound("There is no such build")
    return name


def _write(file: BinaryIO, summary: BuildSummary, log: BuildLog) -> None:
    file.write(_line(summary.to_json()))
    file.write(_line({"end": _end(log.end)}))
    share = _share(log)
    for step in log.steps.values():
        kept = step.to_json()
        tail = step.output.tail(min(TAIL, share))
        try:
            kept["log"] = tail.decode()
        except UnicodeDecodeError:
            kept["log_b64"] = base64.b64encode(tail).decode()
        if len(tail) < step.output.size:
            kept["printed"] = step.output.size
        file.write(_line(kept))


def _share(log: BuildLog) -> int:
    """Bytes of the end of each step's output that there is room for."""
    return max(4096, MOST_TAILS // max(1, sum(s.output.size > 0 for s in log.steps.values())))


def _line(value: object) -> bytes:
    return (
        json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(
            "utf-8", "surrogatepass"
        )
        + b"\n"
    )


def _end(end: End | None) -> dict[str, Any]:
    match end:
        case Done():
            return {"done": [end.digest, end.image_id, end.reference, end.cached, end.steps]}
        case Failed():
            return {"failed": [end.line, end.step, end.message, end.hint, end.column]}
        case _:
            return {}


def _read(name: str, data: bytes) -> BuildLog:
    lines = _parsed(data)
    summary = BuildSummary.from_json(name, next(lines, {}))
    log = BuildLog(summary.dockerfile, summary.target, summary.engine, summary.when)
    end = next(lines, {})["end"]
    for found in lines:
        step = StepRun.from_json(found)
        text = found.get("log_b64")
        tail = base64.b64decode(text) if text else str(found.get("log", "")).encode()
        step.output.feed(tail)
        step.output.size = int(found.get("printed", len(tail)))
        log.steps[step.id] = step
    log.end = _ended(end, summary)
    log.at = summary.seconds
    return log


def _parsed(data: bytes) -> Iterator[dict[str, Any]]:
    for line in data.splitlines():
        found = json.loads(line)
        if not isinstance(found, dict):
            raise TypeError("no object")
        yield found


def _ended(found: dict[str, Any], summary: BuildSummary) -> End:
    if "done" in found:
        digest, image_id, reference, cached, steps = found["done"]
        return Done(
            str(digest), str(image_id), str(reference), summary.seconds, int(cached), int(steps)
        )
    if "failed" in found:
        line, step, message, hint, column = found["failed"]
        return Failed(int(line), str(step), str(message), str(hint), int(column), summary.seconds)
    return Stopped(summary.seconds)
