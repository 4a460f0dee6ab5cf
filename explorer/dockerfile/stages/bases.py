"""What each FROM builds upon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from explorer.dockerfile.commands.model import From
from explorer.dockerfile.expansion import Expander, Expansion, ExpansionError
from explorer.dockerfile.gotext import quote, shorten
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.problem import Phase
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.inputs import Inputs
from explorer.dockerfile.stages.model import Origin, OriginKind
from explorer.dockerfile.stages.platforms import read_platform
from explorer.dockerfile.stages.report import Report
from explorer.dockerfile.suggest import did_you_mean
from explorer.dockerfile.words import Word
from explorer.oci.platform import Platform
from explorer.oci.reference import Reference

SCRATCH: Final = "scratch"


@dataclass(frozen=True, slots=True)
class Base:
    """A FROM, resolved; the expansions tell which arguments its words used."""

    origin: Origin
    platform: Platform | None = None
    name_expansion: Expansion | None = None
    platform_expansion: Expansion | None = None


class Bases:
    """Resolves one FROM after another; a stage may build upon those before it."""

    def __init__(
        self, arguments: dict[str, str], inputs: Inputs, escape: str, report: Report
    ) -> None:
        self._arguments = arguments
        self._inputs = inputs
        self._expander = Expander(escape)
        self._report = report
        self._stages: dict[str, int] = {}

    def resolve(self, index: int, instruction: Instruction, command: From | None) -> Base:
        """The base of the stage with this index."""
        if command is None:
            return Base(Origin(OriginKind.UNKNOWN))
        name = self._expanded(instruction, command.base)
        origin = self._origin(instruction, command, name)
        platform, expansion = self._platform(instruction, command.platform)
        if command.name:
            self._stages[command.name] = index
            if command.name in self._inputs.contexts:
                origin = Origin(OriginKind.CONTEXT, command.name)
        return Base(origin, platform, name, expansion)

    def _expanded(self, instruction: Instruction, word: Word) -> Expansion | None:
        try:
            return self._expander.expand(word.value, self._arguments)
        except ExpansionError as error:
            self._add(Phase.BASES, str(error), instruction, word)
            return None

    def _origin(
        self, instruction: Instruction, command: From, expansion: Expansion | None
    ) -> Origin:
        if expansion is None:
            return Origin(OriginKind.UNKNOWN)
        name = expansion.text
        if not name:
            message = f"base name ({shorten(command.base.value)}) should not be blank"
            self._add(Phase.BASES, message, instruction, command.base)
            return Origin(OriginKind.UNKNOWN)
        stage = self._stages.get(name)
        if stage is not None:
            return Origin(OriginKind.STAGE, name, stage)
        if name == SCRATCH:
            return Origin(OriginKind.SCRATCH, name)
        if is_context(name, self._inputs):
            return Origin(OriginKind.CONTEXT, name)
        problem = reference_problem(name)
        if problem:
            self._add(Phase.RESOLVING, problem, instruction, command.base)
            return Origin(OriginKind.UNKNOWN, name)
        return Origin(OriginKind.IMAGE, name)

    def _platform(
        self, instruction: Instruction, word: Word | None
    ) -> tuple[Platform | None, Expansion | None]:
        if word is None or not word.value:
            return None, None
        expansion = self._expanded(instruction, word)
        if expansion is None:
            return None, None
        if not expansion.text:
            message = f"empty platform value from expression {shorten(word.value)}"
            self._add(Phase.BASES, self._hinted(message, expansion), instruction, word)
            return None, expansion
        platform = read_platform(expansion.text)
        if isinstance(platform, str):
            message = f"failed to parse platform {shorten(word.value)}: "
            self._add(Phase.BASES, message + self._hinted(platform, expansion), instruction, word)
            return None, expansion
        return platform, expansion

    def _hinted(self, message: str, expansion: Expansion) -> str:
        for name in expansion.unmatched:
            hinted = did_you_mean(message, name, self._arguments)
            if hinted != message:
                return hinted
        return message

    def _add(self, phase: Phase, message: str, instruction: Instruction, word: Word) -> None:
        span: Span = instruction.span_of(word)
        self._report.add(phase, message, span, instruction.line)


def is_context(name: str, inputs: Inputs) -> bool:
    """Whether a name is that of a build context; ``scratch`` never is."""
    if not inputs.contexts or name == SCRATCH:
        return False
    if name in inputs.contexts:
        return True
    reference = Reference.parse_or_none(name)
    return reference is not None and any(
        Reference.parse_or_none(context) == reference for context in inputs.contexts
    )


def reference_problem(name: str) -> str:
    """Why a name is no reference to an image, in BuildKit's words; ``""`` where it is one."""
    if Reference.parse_or_none(name) is not None:
        return ""
    why = "invalid reference format"
    path = _path(name)
    if path != path.lower():
        why += f": repository name ({shorten(path)}) must be lowercase"
    return f"failed to parse stage name {quote(shorten(name))}: {why}"


def _path(name: str) -> str:
    """The path of a name as Docker completes it, without its host and tag."""
    host, slash, rest = name.partition("/")
    if not slash:
        rest = f"library/{name}"
    elif not ({".", ":"} & set(host) or host == "localhost" or host != host.lower()):
        rest = name
    return rest.partition(":")[0]
