"""What holds at a place: its stage, and the variables that can be used there."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from explorer.dockerfile.commands import model
from explorer.dockerfile.stages.model import Program, Settings, Stage, Step
from explorer.dockerfile.stages.settings import from_config


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a program.

    ``stage`` is ``None`` before the first FROM. ``step`` is the index of the step on the line, or
    of the one that would come next. ``on_from`` tells that the line belongs to a FROM.
    """

    program: Program
    line: int
    stage: Stage | None
    step: int
    on_from: bool

    @classmethod
    def at(cls, program: Program, line: int) -> Place:
        """The place of a line."""
        stage = program.stage_at(line)
        if stage is None:
            return cls(program, line, None, 0, False)
        on_from = line <= stage.instruction.last_line
        triggers = sum(step.trigger is not None for step in stage.steps)
        own = stage.steps[triggers:]
        step = triggers + bisect_left(own, line, key=lambda step: step.instruction.last_line)
        return cls(program, line, stage, step, on_from)

    @property
    def here(self) -> Step | None:
        """The step on the line."""
        if self.stage is None or self.step >= len(self.stage.steps):
            return None
        step = self.stage.steps[self.step]
        return step if step.line <= self.line and step.trigger is None else None

    @property
    def settings(self) -> Settings:
        """Working directory, user and the like as they hold before the line."""
        if self.stage is None:
            return Settings()
        if self.step < len(self.stage.steps):
            return self.stage.steps[self.step].settings
        return settings_at_end(self.program, self.stage)

    @property
    def earlier(self) -> tuple[Stage, ...]:
        """The stages before this one."""
        return self.program.stages[: self.stage.index] if self.stage else ()

    def variables(self, offset: int = 0) -> dict[str, str]:
        """What can be used here, with values; an argument without a value has an empty one.

        Of an ARG on this line those count that end before an offset.
        """
        if self.stage is None or self.on_from:
            declared = dict.fromkeys(self.program.declared, "")
            return {**declared, **self.program.arguments}
        values = self.stage.variables_at(self.step)
        for step in self.stage.steps[: self.step]:
            if isinstance(step.command, model.Arg):
                for declaration in step.command.declarations:
                    values.setdefault(declaration.name.value, "")
        here = self.here
        if here is not None and isinstance(here.command, model.Arg):
            for declaration in here.command.declarations:
                if here.span_of(declaration.default or declaration.name).end < offset:
                    value = declaration.default.value if declaration.default else ""
                    values[declaration.name.value] = value
        return values


def settings_at_end(program: Program, stage: Stage) -> Settings:
    """What holds after the last step of a stage, or where it has none, of those below it."""
    while not stage.steps and stage.origin.stage is not None:
        stage = program.stages[stage.origin.stage]
    return stage.steps[-1].settings_after if stage.steps else from_config(stage.base)
