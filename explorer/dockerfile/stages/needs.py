"""What the steps of a stage take from elsewhere: ``COPY --from`` and mounts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from explorer.dockerfile.commands import model
from explorer.dockerfile.commands.mistake import Mistake
from explorer.dockerfile.commands.mount import check_mount
from explorer.dockerfile.expansion import Expander, ExpansionError
from explorer.dockerfile.problem import Phase
from explorer.dockerfile.stages.bases import SCRATCH, is_context, reference_problem
from explorer.dockerfile.stages.inputs import Inputs
from explorer.dockerfile.stages.model import Need, NeedKind, Origin, OriginKind
from explorer.dockerfile.stages.report import Report
from explorer.dockerfile.stages.walk import Line
from explorer.dockerfile.words import Word

_INDEX: Final = re.compile(r"[+-]?[0-9]{1,18}")
_NO_VARIABLES: Final = (
    "variable expansion is not supported for --from, define a new stage with FROM using ARG from "
    "global scope as a workaround"
)


class Needs:
    """Resolves the sources of steps. ``stages`` are the indexes of all stages by name."""

    def __init__(
        self, stages: Mapping[str, int], count: int, inputs: Inputs, escape: str, report: Report
    ) -> None:
        self._stages = stages
        self._count = count
        self._inputs = inputs
        self._expander = Expander(escape)
        self._report = report

    def of(self, lines: Iterable[Line]) -> tuple[Need, ...]:
        """The needs of a stage's lines."""
        return tuple(need for step, line in enumerate(lines) for need in self._line(step, line))

    def _line(self, step: int, line: Line) -> Iterator[Need]:
        command = line.command
        if isinstance(command, model.Copy) and command.source and command.source.value:
            origin = self._copied(command.source, line)
            yield self._need(NeedKind.COPY, origin, command.source, line, step)
        elif isinstance(command, model.Run):
            for flag in command.mount_flags:
                # BuildKit looks the base of a mount without one up by its name as well.
                name = _mounted(flag) or (SCRATCH if SCRATCH in self._stages else "")
                if name:
                    origin = self._named(name, line, flag)
                    yield self._need(NeedKind.MOUNT, origin, flag, line, step)

    def _need(self, kind: NeedKind, origin: Origin, word: Word, line: Line, step: int) -> Need:
        return Need(kind, origin, line.span_of(word), line.number, step)

    def _copied(self, source: Word, line: Line) -> Origin:
        name = source.value
        try:
            plain = self._expander.expand(name, {}).text == name
        except ExpansionError as error:
            return self._unknown(str(error), line, source, Phase.GRAPH)
        if not plain:
            return self._unknown(_NO_VARIABLES, line, source, Phase.GRAPH)
        if not _INDEX.fullmatch(name):
            return self._named(name, line, source)
        index = int(name)
        if not 0 <= index < self._count:
            return self._unknown(f"invalid stage index {index}", line, source, Phase.GRAPH)
        return Origin(OriginKind.STAGE, name, index)

    def _named(self, name: str, line: Line, place: Word) -> Origin:
        index = self._stages.get(name.lower())
        if index is not None:
            return Origin(OriginKind.STAGE, name, index)
        if name == SCRATCH:
            return Origin(OriginKind.SCRATCH, name)
        if is_context(name, self._inputs):
            return Origin(OriginKind.CONTEXT, name)
        problem = reference_problem(name)
        if problem:
            return self._unknown(problem, line, place, Phase.RESOLVING)
        return Origin(OriginKind.IMAGE, name)

    def _unknown(self, message: str, line: Line, place: Word, phase: Phase) -> Origin:
        self._report.add(phase, message, line.span_of(place), line.number)
        return Origin(OriginKind.UNKNOWN, place.value)


def _mounted(flag: Word) -> str:
    try:
        return check_mount(flag)
    except Mistake:
        return ""
