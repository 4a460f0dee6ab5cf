"""A build as a file: lines of JSON, first a summary, then the steps with what they printed."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final

from explorer.build.events import Done, End, Failed, Stopped
from explorer.build.runs.log import BuildLog, BuildState
from explorer.build.runs.step import StepRun

VERSION: Final = 1
TAIL: Final = 256 << 10
"""Bytes of the end of a step's output that are kept."""
MOST_TAILS: Final = 8 << 20


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


def write(file: BinaryIO, summary: BuildSummary, log: BuildLog) -> None:
    """Write a build that has ended."""
    file.write(_line(summary.to_json()))
    file.write(_line({"end": _end(log.end)}))
    share = share_of(log)
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


def share_of(log: BuildLog) -> int:
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


def read(name: str, data: bytes) -> BuildLog:
    """Read what :func:`write` wrote.

    Raises:
        ValueError, KeyError, TypeError, IndexError, RecursionError: it is something else.
    """
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
