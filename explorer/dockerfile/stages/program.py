"""Understanding a whole Dockerfile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from explorer.dockerfile.commands import model
from explorer.dockerfile.commands.read import read_command
from explorer.dockerfile.document import Document
from explorer.dockerfile.gotext import quote, shorten
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.problem import Phase
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.arguments import GlobalArg, GlobalArguments
from explorer.dockerfile.stages.bases import Base, Bases
from explorer.dockerfile.stages.graph import reachable, report_order
from explorer.dockerfile.stages.inputs import Inputs
from explorer.dockerfile.stages.model import (
    Need,
    NeedKind,
    Origin,
    OriginKind,
    Program,
    Stage,
)
from explorer.dockerfile.stages.needs import Needs
from explorer.dockerfile.stages.report import Report
from explorer.dockerfile.stages.triggers import triggers_of
from explorer.dockerfile.stages.walk import Line, State, Walk
from explorer.dockerfile.statement import Fault
from explorer.dockerfile.suggest import Suggester, did_you_mean
from explorer.oci.config import ImageConfig
from explorer.oci.platform import Platform

MAX_STAGES: Final = 4096
"""Stages that are evaluated; what follows is reported and left alone."""


def understand(document: Document, inputs: Inputs | None = None) -> Program:
    """Resolve the stages of a document, its variables and the names in it.

    Any document gives a program; what is wrong is in its ``problems``.
    """
    return _Understanding(document, inputs or Inputs()).program()


@dataclass(slots=True)
class _Draft:
    """A stage before it is evaluated."""

    instruction: Instruction
    command: model.From | None
    lines: list[Line] = field(default_factory=list)


class _Understanding:
    def __init__(self, document: Document, inputs: Inputs) -> None:
        self._document = document
        self._inputs = inputs
        self._report = Report()
        self._suggester = Suggester()
        self._preamble: list[GlobalArg] = []
        self._drafts: list[_Draft] = []
        self._states: list[State] = []
        self._stages: list[Stage] = []

    def program(self) -> Program:
        """Go through the document once."""
        self._read()
        escape = self._document.escape
        arguments = GlobalArguments(self._preamble, self._inputs, escape, self._report)
        bases = Bases(arguments.values, self._inputs, escape, self._report)
        resolved = [bases.resolve(i, d.instruction, d.command) for i, d in enumerate(self._drafts)]
        needs = self._needs()
        for index, base in enumerate(resolved):
            self._evaluate(index, base, arguments.values, needs)
        report_order(self._stages, self._report)
        target = self._target()
        return Program(
            document=self._document,
            inputs=self._inputs,
            arguments=arguments.values,
            declared=tuple(arguments.names),
            preamble=tuple(self._preamble),
            stages=tuple(self._stages),
            target=target,
            reachable=reachable(self._stages, target),
            problems=self._report.in_order(),
        )

    def _read(self) -> None:
        """Read the instructions, and sort them into stages."""
        for instruction in self._document.instructions:
            command = read_command(instruction, self._document.text)
            if isinstance(command, Fault):
                if instruction.statement.fault is None:
                    span = instruction.span_of(command)
                    self._report.add(Phase.READING, command.message, span, instruction.line)
                self._sort(instruction, None)
            else:
                self._sort(instruction, command)
            if len(self._drafts) > MAX_STAGES:
                self._drafts.pop()
                self._add(Phase.GRAPH, f"more than {MAX_STAGES} stages", instruction)
                break
        if not self._drafts and self._document.instructions:
            first = self._document.instructions[0]
            self._add(Phase.READING, "dockerfile contains no stages to build", first)

    def _sort(self, instruction: Instruction, command: model.Command | None) -> None:
        if isinstance(command, model.From) or instruction.name == "FROM":
            base = command if isinstance(command, model.From) else None
            self._drafts.append(_Draft(instruction, base))
        elif self._drafts:
            self._drafts[-1].lines.append(Line(instruction, command))
        elif isinstance(command, model.Arg):
            self._preamble.append(GlobalArg(instruction, command))
        elif command is not None:
            self._add(Phase.READING, "no build stage in current context", instruction)

    def _add(self, phase: Phase, message: str, instruction: Instruction) -> None:
        self._report.add(phase, message, instruction.span, instruction.line)

    def _evaluate(self, index: int, base: Base, arguments: dict[str, str], needs: Needs) -> None:
        draft, origin = self._drafts[index], base.origin
        config = self._config(origin)
        below, platform = self._below(base, config)
        state = below.child()
        lines = self._lines(index, draft, origin, config)
        walk = Walk(
            state,
            arguments,
            self._inputs,
            self._document.escape,
            self._report,
            platform.os,
            self._suggester,
        )
        self._stages.append(
            Stage(
                index=index,
                instruction=draft.instruction,
                command=draft.command,
                origin=origin,
                steps=walk.steps(lines),
                needs=(_from(draft, origin), *needs.of(lines)),
                bindings=tuple(walk.bindings),
                inherited=below.variables,
                inherited_environment=below.environment,
                variables=state.variables,
                platform=platform,
                base=config,
                name_expansion=base.name_expansion,
                platform_expansion=base.platform_expansion,
            )
        )
        self._states.append(state)

    def _config(self, origin: Origin) -> ImageConfig | None:
        if origin.kind is OriginKind.CONTEXT:
            return self._inputs.contexts.get(origin.name)
        return self._inputs.image(origin.name) if origin.kind is OriginKind.IMAGE else None

    def _below(self, base: Base, config: ImageConfig | None) -> tuple[State, Platform]:
        """What a stage builds upon, and the platform it is for."""
        stage = base.origin.stage
        if stage is not None:
            return self._states[stage], self._stages[stage].platform
        if base.origin.kind is OriginKind.SCRATCH:
            platform = self._inputs.platform
        else:
            platform = base.platform or self._inputs.platform
        return State.from_image(config, platform.os), platform

    def _lines(
        self, index: int, draft: _Draft, origin: Origin, config: ImageConfig | None
    ) -> list[Line]:
        name = draft.command.name if draft.command else ""
        if origin.kind is OriginKind.CONTEXT and origin.name == name:
            return []  # the whole stage is replaced by a named context
        expressions = config.onbuild if config else ()
        if origin.stage is not None:
            commands = (line.command for line in self._drafts[origin.stage].lines)
            expressions = tuple(c.expression for c in commands if isinstance(c, model.OnBuild))
        triggers = triggers_of(expressions, draft.instruction, self._report)
        return [*triggers, *draft.lines]

    def _needs(self) -> Needs:
        names = {d.command.name: i for i, d in enumerate(self._drafts) if d.command}
        names.pop("", None)
        count = len(self._drafts)
        return Needs(names, count, self._inputs, self._document.escape, self._report)

    def _target(self) -> int | None:
        wanted = self._inputs.target.lower()
        if not wanted:
            return len(self._stages) - 1 if self._stages else None
        for stage in reversed(self._stages):
            if stage.name == wanted:
                return stage.index
        message = f"target stage {quote(shorten(self._inputs.target))} could not be found"
        titles = [stage.title for stage in self._stages]
        message = did_you_mean(message, self._inputs.target, titles)
        self._report.add(Phase.GRAPH, message, Span(0, 0), 1)
        return None


def _from(draft: _Draft, origin: Origin) -> Need:
    instruction, command = draft.instruction, draft.command
    span = instruction.span_of(command.base) if command else instruction.span
    return Need(NeedKind.FROM, origin, span, instruction.line)
