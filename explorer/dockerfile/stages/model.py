"""Stages and steps as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from explorer.dockerfile.commands.model import Command, From
from explorer.dockerfile.document import Document
from explorer.dockerfile.expansion import Expansion
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.problem import Problem
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.arguments import GlobalArg
from explorer.dockerfile.stages.inputs import Inputs
from explorer.dockerfile.statement import Fault
from explorer.dockerfile.words import Flag, Word
from explorer.oci.config import ImageConfig
from explorer.oci.platform import Platform


class OriginKind(Enum):
    """Where files come from."""

    SCRATCH = "scratch"
    STAGE = "stage"
    IMAGE = "image"
    CONTEXT = "context"
    """A named build context."""
    UNKNOWN = "unknown"
    """Not written in a way that can be resolved."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A stage, an image or a named context; ``name`` is expanded, ``stage`` its index."""

    kind: OriginKind
    name: str = ""
    stage: int | None = None


class NeedKind(Enum):
    """How a stage uses another one."""

    FROM = "from"
    COPY = "copy"
    MOUNT = "mount"


@dataclass(frozen=True, slots=True)
class Need:
    """One edge of the stage graph; ``span`` is where it is written, ``step`` the step's index."""

    kind: NeedKind
    origin: Origin
    span: Span
    line: int
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Undefined:
    """The use of a variable that nothing defines; ``suggestion`` is one that is defined."""

    name: str
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a stage has set so far, apart from variables.

    ``workdir`` is absolute; ``""`` where nothing set it. ``workdir_set`` tells that the
    Dockerfile itself set it. ``cmd`` and ``entrypoint`` are as in a configuration; ``shell`` is
    ``None`` where it is the default.
    """

    workdir: str = ""
    workdir_set: bool = False
    user: str = ""
    shell: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | None = None
    cmd: tuple[str, ...] | None = None
    cmd_set: bool = False


@dataclass(frozen=True, slots=True)
class Binding:
    """A variable that a step sets; ``is_env`` tells ENV from ARG."""

    step: int
    name: str
    value: str
    is_env: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction of a stage, its variables replaced.

    ``command`` is ``None`` where the instruction cannot be understood. ``settings`` and
    ``settings_after`` hold before and after it. A ``trigger`` comes from an ONBUILD of the base:
    its place is that of the FROM, and ``instruction`` belongs to a text of its own.
    """

    index: int
    instruction: Instruction
    command: Command | None
    settings: Settings
    settings_after: Settings
    undefined: tuple[Undefined, ...] = ()
    trigger: Instruction | None = None

    @property
    def line(self) -> int:
        """The line that problems of this step are reported at."""
        return (self.trigger or self.instruction).line

    @property
    def comments(self) -> tuple[str, ...]:
        """The comments before the instruction."""
        return self.instruction.comments

    @property
    def span(self) -> Span:
        """The instruction's place in the file."""
        return (self.trigger or self.instruction).span

    def span_of(self, part: Word | Flag | Fault) -> Span:
        """The place of a part of the instruction in the file."""
        return self.span if self.trigger else self.instruction.span_of(part)


@dataclass(frozen=True, slots=True)
class Stage:
    """A FROM and what follows it.

    ``title`` is the name, or ``stage-N``. ``origin`` is the base; ``base`` its configuration
    where it is an image that is known. ``platform`` is the one it is built for. ``variables``
    hold at the end of the stage, arguments included; ``inherited`` at its start. The expansions
    tell which arguments the words of the FROM use.
    """

    index: int
    instruction: Instruction
    command: From | None
    origin: Origin
    steps: tuple[Step, ...]
    needs: tuple[Need, ...]
    bindings: tuple[Binding, ...]
    inherited: Mapping[str, str] = field(repr=False)
    inherited_environment: Mapping[str, str] = field(repr=False)
    variables: Mapping[str, str] = field(repr=False)
    platform: Platform
    base: ImageConfig | None = None
    name_expansion: Expansion | None = None
    platform_expansion: Expansion | None = None

    @property
    def name(self) -> str:
        """The name after AS in lower case, ``""`` where there is none."""
        return self.command.name if self.command else ""

    @property
    def title(self) -> str:
        """What the stage is called in logs and graphs."""
        return self.name or f"stage-{self.index}"

    def step_at(self, line: int) -> Step | None:
        """The step whose instruction a line belongs to."""
        for step in self.steps:
            if step.trigger is None and step.line <= line <= step.instruction.last_line:
                return step
        return None

    def variables_at(self, step: int) -> dict[str, str]:
        """The variables that a step sees: environment and declared arguments."""
        values = dict(self.inherited)
        values.update((b.name, b.value) for b in self.bindings if b.step < step)
        return values

    def environment_at(self, step: int) -> dict[str, str]:
        """The environment before a step as the image would hold it: ENV alone."""
        values = dict(self.inherited_environment)
        values.update((b.name, b.value) for b in self.bindings if b.step < step and b.is_env)
        return values


@dataclass(frozen=True, slots=True)
class Program:
    """A Dockerfile, understood.

    ``arguments`` are what FROM lines see: predefined, and those of the ``preamble``, the ARGs
    before the first FROM, whose names are ``declared``. ``target`` is the index of the stage to
    build, ``None`` where there is none; ``reachable`` are the stages it takes. ``problems`` come
    in the order BuildKit would meet them; those of the parser are in ``document.problems``.
    """

    document: Document = field(repr=False)
    inputs: Inputs = field(repr=False)
    arguments: Mapping[str, str]
    declared: tuple[str, ...]
    preamble: tuple[GlobalArg, ...]
    stages: tuple[Stage, ...]
    target: int | None
    reachable: frozenset[int]
    problems: tuple[Problem, ...]

    def stage_named(self, name: str) -> Stage | None:
        """The stage a name means: the last of that name, whatever the case."""
        wanted = name.lower()
        named = (stage for stage in reversed(self.stages) if stage.name == wanted != "")
        return next(named, None)

    def stage_at(self, line: int) -> Stage | None:
        """The stage that a line belongs to; ``None`` before the first FROM."""
        above = (stage for stage in reversed(self.stages) if stage.instruction.line <= line)
        return next(above, None)
