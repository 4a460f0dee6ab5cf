"""BuildKit's own tale of a build (``SolveStatus``) as our events.

A vertex is a step of its graph, with a name such as ``[build 2/5] RUN make``; it is told of again
whenever it begins, ends, or is found in the cache.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from explorer.build.engines.following import Following
from explorer.build.engines.steps import Steps, from_step
from explorer.build.events import StepInfo
from explorer.dockerfile.stages.model import Stage
from explorer.oci import Reference

_NAME: Final = re.compile(r"\[(?:(?P<stage>\S.*?) )?(?P<at>\d+)/(?P<of>\d+)\] (?P<text>.*)", re.S)
_METADATA: Final = re.compile(
    r"\[internal\] load metadata for (\S+)|\[context (\S+)\] .*|docker-image://(\S+)"
)
_PLATFORM: Final = re.compile(r"^(?:->)?[a-z0-9]+/[a-z0-9/]+(?:->[a-z0-9/]+)? ?")


@dataclass(frozen=True, slots=True)
class Vertex:
    """A step of the graph as it is now."""

    digest: str
    name: str
    started: bool = False
    completed: bool = False
    cached: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class VertexStatus:
    """How far something within a vertex is, in bytes; ``total`` 0 is not known."""

    vertex: str
    id: str
    current: int
    total: int


@dataclass(frozen=True, slots=True)
class VertexLog:
    """What a vertex prints; ``stream`` 1 is its output, 2 its errors."""

    vertex: str
    stream: int
    data: bytes


@dataclass(frozen=True, slots=True)
class VertexWarning:
    """A remark; ``line`` is the Dockerfile's, 0 where it has none."""

    vertex: str
    message: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class SolveStatus:
    """One message of BuildKit's."""

    vertexes: tuple[Vertex, ...] = ()
    statuses: tuple[VertexStatus, ...] = ()
    logs: tuple[VertexLog, ...] = ()
    warnings: tuple[VertexWarning, ...] = ()


@dataclass(slots=True)
class Vertices:
    """Tells what BuildKit tells."""

    steps: Steps
    following: Following
    _ids: dict[str, str] = field(default_factory=dict)
    _transfers: dict[str, tuple[int, int]] = field(default_factory=dict)

    def take(self, status: SolveStatus) -> None:
        """One message; vertices come before what is said of them."""
        for vertex in status.vertexes:
            self._vertex(vertex)
        for each in status.statuses:
            self._status(each)
        for log in status.logs:
            if (step := self._ids.get(log.vertex)) is not None:
                self.following.log(step, log.stream, log.data)
        for warning in status.warnings:
            step = self._ids.get(warning.vertex, "")
            self.following.warn(warning.message, warning.line, step)

    def _vertex(self, vertex: Vertex) -> None:
        step = self._ids.get(vertex.digest)
        if step is None:
            info = self._info(vertex)
            self.following.plan([info])
            step = self._ids[vertex.digest] = info.id
        if vertex.error and "context canceled" not in vertex.error.lower():
            self.following.fail(step, vertex.error)
        elif vertex.cached:
            self.following.cache(step)
        elif vertex.completed and not vertex.error:
            self.following.finish(step)
        elif vertex.started:
            self.following.start(step)

    def _status(self, status: VertexStatus) -> None:
        step = self._ids.get(status.vertex)
        now = status.current, status.total
        if step is None or self._transfers.get(status.id) == now:
            return
        self._transfers[status.id] = now
        self.following.progress(step, status.id, status.current, status.total or None)

    def _info(self, vertex: Vertex) -> StepInfo:
        """The step that a vertex is: one of the Dockerfile's, or one of BuildKit's own."""
        named = _NAME.fullmatch(vertex.name)
        if named is not None:
            return self._step(vertex, named) or self._own(vertex)
        metadata = _METADATA.match(vertex.name)
        base = next(filter(None, metadata.groups()), "") if metadata is not None else ""
        stage = self._stage_from(base) if base else None
        if stage is not None:
            line, title = stage.instruction.line, stage.title
            return StepInfo(_short(vertex), title, vertex.name, line, "FROM")
        return self._own(vertex)

    def _step(self, vertex: Vertex, named: re.Match[str]) -> StepInfo | None:
        title = _PLATFORM.sub("", (named["stage"] or "") + " ").strip()
        stage = self.steps.stage_called(title)
        if stage is None:
            return None
        text = named["text"]
        if text.startswith("FROM "):
            return from_step(stage)
        ours = self.steps.of_stage(stage)
        # Some count the base as the first step, some do not.
        ahead = int(named["of"]) - len(ours.infos)
        place = int(named["at"]) - ahead if ahead in (0, 1) else None
        found = ours.take(text, place)
        if found is not None:
            return found
        # What ONBUILD in the base adds has its place at the FROM.
        line, name = stage.instruction.line, text.partition(" ")[0]
        return StepInfo(_short(vertex), stage.title, text, line, name)

    def _stage_from(self, base: str) -> Stage | None:
        wanted = Reference.parse_or_none(base)
        wanted = self.steps.renamed.get(wanted, wanted) if wanted is not None else None
        for stage in self.steps.program.stages:
            name = stage.origin.name
            same = wanted is not None and Reference.parse_or_none(name) == wanted
            if name and (name == base or same):
                return stage
        return None

    def _own(self, vertex: Vertex) -> StepInfo:
        return StepInfo(_short(vertex), "", vertex.name)


def _short(vertex: Vertex) -> str:
    return f"v.{vertex.digest.rpartition(':')[2][:16]}"
