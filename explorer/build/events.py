"""What a build tells while it runs: one stream of events, the same from every engine.

A build begins with :class:`Planned` and ends with one of :class:`Done`, :class:`Failed` and
:class:`Stopped`. Times are seconds since the build began, sizes bytes. As JSON, an event is an
object whose ``event`` names it; see :func:`to_json`.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias

from explorer.build.plan.changes import KeyChange


@dataclass(frozen=True, slots=True)
class StepInfo:
    """A step as it is shown: ``id`` is unique in a build.

    ``line`` is that of the Dockerfile, from 1; 0 for what an engine does by itself, such as
    fetching a base. ``index`` and ``count`` are its place among the steps of its stage.
    ``needs`` are the ids of steps that come first.
    """

    id: str
    stage: str
    text: str
    line: int = 0
    instruction: str = ""
    index: int = 0
    count: int = 0
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LayerMade:
    """A layer that a step left; ``added``, ``modified`` and ``removed`` count paths."""

    digest: str
    diff_id: str
    size: int
    added: int = 0
    modified: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Planned:
    """Steps that are known; more can follow in further events of this kind."""

    steps: tuple[StepInfo, ...]
    event: str = field(default="planned", init=False)


@dataclass(frozen=True, slots=True)
class Started:
    """A step runs; ``because`` says in plain words why its last result does not serve.

    ``changes`` are the parts of its cache key that are others than in the last build, from engines
    that tell.
    """

    step: str
    at: float
    because: tuple[str, ...] = ()
    changes: tuple[KeyChange, ...] = ()
    event: str = field(default="started", init=False)


@dataclass(frozen=True, slots=True)
class Cached:
    """A step's result was kept from an earlier build."""

    step: str
    at: float
    layer: LayerMade | None = None
    event: str = field(default="cached", init=False)


@dataclass(frozen=True, slots=True)
class Log:
    """What a step prints, as it comes: ``stream`` 1 is its output, 2 its errors."""

    step: str
    at: float
    stream: int
    data: bytes
    event: str = field(default="log", init=False)


@dataclass(frozen=True, slots=True)
class Progressed:
    """How far something within a step is; ``total`` is None while it is not known."""

    step: str
    at: float
    what: str
    done: int
    total: int | None = None
    event: str = field(default="progress", init=False)


@dataclass(frozen=True, slots=True)
class Finished:
    """A step is done; ``layer`` is what it left, None where it leaves none."""

    step: str
    at: float
    seconds: float
    layer: LayerMade | None = None
    event: str = field(default="finished", init=False)


@dataclass(frozen=True, slots=True)
class StepFailed:
    """A step went wrong; ``code`` is the exit code of its command, if it has one.

    ``left`` is the digest of an image of the files as the command left them, for ``store:DIGEST``;
    "" where nothing is kept. It stays until the next failure of the same Dockerfile.
    """

    step: str
    at: float
    message: str
    line: int = 0
    column: int = 0
    code: int | None = None
    left: str = ""
    event: str = field(default="step-failed", init=False)


@dataclass(frozen=True, slots=True)
class Warned:
    """A remark of the engine."""

    at: float
    message: str
    line: int = 0
    step: str = ""
    event: str = field(default="warning", init=False)


@dataclass(frozen=True, slots=True)
class Done:
    """The image is made. ``steps`` counts those that leave a layer, ``cached`` the kept ones."""

    digest: str
    image_id: str
    reference: str
    seconds: float
    cached: int
    steps: int
    event: str = field(default="done", init=False)


@dataclass(frozen=True, slots=True)
class Failed:
    """The build went wrong; ``step`` is the id of the step to blame, ``line`` its line, or 0."""

    line: int
    step: str
    message: str
    hint: str = ""
    column: int = 0
    seconds: float = 0.0
    event: str = field(default="failed", init=False)


@dataclass(frozen=True, slots=True)
class Stopped:
    """The user stopped the build."""

    seconds: float
    event: str = field(default="stopped", init=False)


Event: TypeAlias = (
    Planned
    | Started
    | Cached
    | Log
    | Progressed
    | Finished
    | StepFailed
    | Warned
    | Done
    | Failed
    | Stopped
)
End: TypeAlias = Done | Failed | Stopped


def to_json(event: Event) -> dict[str, Any]:
    """The event as plain values, ``event`` first; bytes of a log as text, or as base64."""
    found: dict[str, Any] = {"event": event.event}
    for each in fields(event):
        if each.name == "event":
            continue
        value = getattr(event, each.name)
        if isinstance(value, bytes):
            _add_text(found, each.name, value)
        else:
            found[each.name] = _plain(value)
    return found


def _add_text(found: dict[str, Any], name: str, data: bytes) -> None:
    try:
        found[name] = data.decode()
    except UnicodeDecodeError:
        found[f"{name}_b64"] = base64.b64encode(data).decode()


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, StepInfo | LayerMade | KeyChange):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return round(value, 3) if isinstance(value, float) else value
