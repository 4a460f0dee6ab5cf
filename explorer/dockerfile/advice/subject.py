"""What the rules look at: a program with its scripts read once."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from explorer.dockerfile.advice.facts import Facts
from explorer.dockerfile.advice.model import Fix, Level
from explorer.dockerfile.advice.rules import AdviceRule
from explorer.dockerfile.advice.scripts import Script, scripts_of
from explorer.dockerfile.advice.shell import ShellCommand
from explorer.dockerfile.commands import model
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.model import NeedKind, OriginKind, Program, Stage, Step


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found; ``level`` differs from the rule's where a case matters less."""

    rule: AdviceRule
    message: str
    span: Span
    line: int
    comments: tuple[str, ...]
    fixes: tuple[Fix, ...] = ()
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A script and its commands."""

    script: Script
    commands: tuple[ShellCommand, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A step of the Dockerfile itself, with what its shell does."""

    stage: Stage
    step: Step
    scripts: tuple[Read, ...]

    @property
    def commands(self) -> Iterator[tuple[Script, ShellCommand]]:
        """All commands, each with the script it stands in."""
        for read in self.scripts:
            for command in read.commands:
                yield read.script, command

    @property
    def run(self) -> model.Run | None:
        """The command where it is a RUN."""
        return self.step.command if isinstance(self.step.command, model.Run) else None

    @property
    def transfer(self) -> model.Transfer | None:
        """What is copied from the build context, or added; ``None`` for other steps."""
        match self.step.command:
            case model.Copy(transfer, source) if source is None or not source.value:
                return transfer
            case model.Add(transfer):
                return transfer
        return None

    def goes_to(self, path: str) -> str:
        """A path of this step, made absolute."""
        return absolute(path, self.step.settings.workdir)

    def found(
        self,
        rule: AdviceRule,
        message: str,
        span: Span,
        *fixes: Fix,
        level: Level | None = None,
    ) -> Found:
        """Something found in this step."""
        step = self.step
        return Found(rule, message, span, step.line, step.comments, fixes, level)


@dataclass(frozen=True)
class Subject:
    """A program, and what is known around it."""

    program: Program
    facts: Facts = field(default_factory=Facts)

    @property
    def text(self) -> str:
        """The text of the Dockerfile."""
        return self.program.document.text

    @cached_property
    def lines(self) -> dict[int, tuple[Line, ...]]:
        """For each stage the steps that stand in the Dockerfile."""
        return {stage.index: tuple(self._lines(stage)) for stage in self.program.stages}

    def _lines(self, stage: Stage) -> Iterator[Line]:
        for step in stage.steps:
            if step.trigger is None:
                scripts = scripts_of(stage, step, self.text)
                yield Line(stage, step, tuple(Read(s, s.commands) for s in scripts))

    def all_lines(self) -> Iterator[Line]:
        """The steps of all stages."""
        for lines in self.lines.values():
            yield from lines

    @cached_property
    def chain(self) -> tuple[Stage, ...]:
        """The stages that make up the target, the lowest first."""
        if self.program.target is None:
            return ()
        chain: list[Stage] = []
        index: int | None = self.program.target
        while index is not None and len(chain) <= len(self.program.stages):
            stage = self.program.stages[index]
            chain.append(stage)
            below = stage.origin.stage if stage.origin.kind is OriginKind.STAGE else None
            index = below if below is not None and below < index else None
        return tuple(reversed(chain))

    @cached_property
    def shipped(self) -> frozenset[int]:
        """The stages whose layers, or whole filesystem, are part of the target."""
        indexes = {stage.index for stage in self.chain}
        for stage in self.chain:
            for need in stage.needs:
                if need.kind is NeedKind.COPY and need.origin.stage is not None:
                    step = stage.steps[need.step] if need.step is not None else None
                    if step is not None and _copies_root(step):
                        indexes.add(need.origin.stage)
        return frozenset(indexes)

    @cached_property
    def first_set(self) -> dict[int, dict[str, int]]:
        """For each stage the variables that are set and not empty, with the first step that does.

        -1 stands for what the base brings along.
        """
        return {stage.index: _first_set(stage) for stage in self.program.stages}

    def shipped_lines(self) -> Iterator[Line]:
        """The steps that are part of the target."""
        for index in sorted(self.shipped):
            yield from self.lines[index]


def _first_set(stage: Stage) -> dict[str, int]:
    found = {name: -1 for name, value in stage.inherited.items() if value}
    for binding in stage.bindings:
        if binding.value:
            found.setdefault(binding.name, binding.step)
    return found


def _copies_root(step: Step) -> bool:
    command = step.command
    return isinstance(command, model.Copy) and any(
        word.value in ("/", "/.", "/*", ".") for word in command.transfer.sources
    )


def absolute(path: str, workdir: str) -> str:
    """A path in a stage, made absolute and clean."""
    joined = posixpath.normpath(posixpath.join(workdir or "/", path))
    return joined[1:] if joined.startswith("//") else joined


def inside(path: str, folder: str) -> bool:
    """Whether an absolute path is a folder or lies below it."""
    return path == folder or folder == "/" or path.startswith(f"{folder}/")
