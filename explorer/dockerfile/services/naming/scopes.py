"""All the places that mean the same variable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.services.naming.sites import Site, Use, definitions_of, sites_of
from explorer.dockerfile.stages.model import Program, Stage


@dataclass(frozen=True, slots=True)
class Placed:
    """A site, its line, and its stage; ``None`` before the first FROM and in FROM lines."""

    site: Site
    line: int
    stage: int | None


@dataclass(frozen=True, slots=True)
class Scope:
    """A variable's extent: some stages, and perhaps the global arguments.

    A stage belongs to it with all that build upon it, and with those below it as far as they
    define the variable. The global arguments do where a stage takes the value from there.
    """

    name: str
    stages: frozenset[int]
    is_global: bool
    sites: tuple[Placed, ...]


def scope_of(program: Program, name: str, stage: int | None) -> Scope:
    """The scope of a variable of a stage, or of a global argument."""
    return _Finder(program, name).scope(stage)


@dataclass(slots=True)
class _Finder:
    program: Program
    name: str
    _stages: set[int] = field(default_factory=set)
    _is_global: bool = False

    def scope(self, stage: int | None) -> Scope:
        defining = self._defining()
        above = self._above()
        taking = (
            {index for index, uses in defining.items() if Use.BARE_ARG in uses}
            if self.name in self.program.declared
            else set[int]()
        )
        self._is_global = stage is None
        waiting = list(taking) if stage is None else [stage]
        while waiting:
            for member in self._tree(waiting.pop(), defining, above):
                if member not in self._stages:
                    self._stages.add(member)
                    if member in taking and not self._is_global:
                        self._is_global = True
                        waiting += taking
        return Scope(self.name, frozenset(self._stages), self._is_global, tuple(self._sites()))

    def _defining(self) -> dict[int, set[Use]]:
        """How each stage defines the variable."""
        text = self.program.document.text
        defining: dict[int, set[Use]] = {}
        for stage in self.program.stages:
            for instruction in _instructions(stage, ("ENV", "ARG", "ONBUILD")):
                for site in definitions_of(instruction, text):
                    if site.name == self.name:
                        defining.setdefault(stage.index, set()).add(site.use)
        return defining

    def _above(self) -> dict[int, list[int]]:
        """The stages that build upon each."""
        above: dict[int, list[int]] = {}
        for stage in self.program.stages:
            if stage.origin.stage is not None:
                above.setdefault(stage.origin.stage, []).append(stage.index)
        return above

    def _tree(
        self, stage: int, defining: dict[int, set[Use]], above: dict[int, list[int]]
    ) -> Iterator[int]:
        """The lowest stage below this one that defines the variable, and all upon it.

        Where none does, what stands upon it has a variable of its own.
        """
        lowest: int | None = None
        below: int | None = stage
        while below is not None:
            if below in defining:
                lowest = below
            below = self.program.stages[below].origin.stage
        if lowest is None:
            yield stage
            return
        waiting = [lowest]
        while waiting:
            member = waiting.pop()
            yield member
            waiting += above.get(member, ())

    def _sites(self) -> Iterator[Placed]:
        text = self.program.document.text
        first = self.program.stages[0].instruction.start if self.program.stages else len(text)
        if self._is_global:
            for instruction in self.program.document.instructions:
                if instruction.start >= first:
                    break
                yield from self._named(instruction, None, text)
        for stage in self.program.stages:
            if self._is_global:
                yield from self._named(stage.instruction, None, text)
            if stage.index in self._stages:
                for instruction in _instructions(stage):
                    yield from self._named(instruction, stage.index, text)

    def _named(self, instruction: Instruction, stage: int | None, text: str) -> Iterator[Placed]:
        # A continuation may divide the name; then it is whole in the joined text alone.
        written = text[instruction.start : instruction.end]
        if self.name not in written and self.name not in instruction.text:
            return
        for site in sites_of(instruction, text):
            if site.name == self.name:
                yield Placed(site, instruction.line, stage)


def _instructions(stage: Stage, names: tuple[str, ...] = ()) -> Iterator[Instruction]:
    for step in stage.steps:
        if step.trigger is None and (not names or step.instruction.name in names):
            yield step.instruction
