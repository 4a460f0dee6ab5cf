"""The arguments that FROM lines see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from explorer.dockerfile.commands.model import Arg
from explorer.dockerfile.expansion import Expander, ExpansionError
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.problem import Phase
from explorer.dockerfile.stages.inputs import Inputs
from explorer.dockerfile.stages.report import Report
from explorer.dockerfile.words import Word


@dataclass(frozen=True, slots=True)
class GlobalArg:
    """An ARG before the first FROM."""

    instruction: Instruction
    command: Arg


class GlobalArguments:
    """Predefined arguments, and those declared before the first FROM, evaluated in order.

    With ``overridden`` off, the values of ``--build-arg`` are left out.
    """

    def __init__(
        self,
        declared: Iterable[GlobalArg],
        inputs: Inputs,
        escape: str,
        report: Report,
        *,
        overridden: bool = True,
    ) -> None:
        self.values = inputs.predefined()
        self.names: list[str] = []
        self._given = inputs.arguments if overridden else {}
        self._expander = Expander(escape)
        self._report = report
        for arg in declared:
            for declaration in arg.command.declarations:
                self._declare(arg.instruction, declaration.name, declaration.default)

    def _declare(self, instruction: Instruction, name: Word, default: Word | None) -> None:
        self.names.append(name.value)
        value = self._given.get(name.value)
        if value is None and default is not None:
            value = self._expanded(instruction, default)
        if value is not None:
            self.values[name.value] = value

    def _expanded(self, instruction: Instruction, default: Word) -> str | None:
        try:
            return self._expander.expand(default.value, self.values).text
        except ExpansionError as error:
            span = instruction.span_of(default)
            self._report.add(Phase.ARGUMENTS, str(error), span, instruction.line)
            return None
