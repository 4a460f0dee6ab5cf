"""Going through the instructions of one stage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from explorer.dockerfile.commands import model
from explorer.dockerfile.commands.mistake import Mistake
from explorer.dockerfile.commands.read import EMPTY_VOLUME
from explorer.dockerfile.gotext import quote, shorten
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.problem import Phase
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages import settings as setting
from explorer.dockerfile.stages.expanding import Expanding, UnexpandableError
from explorer.dockerfile.stages.inputs import DEFAULT_PATH, Inputs
from explorer.dockerfile.stages.model import Binding, Settings, Step, Undefined
from explorer.dockerfile.stages.ports import PortError, PortSpec
from explorer.dockerfile.stages.report import Report
from explorer.dockerfile.stages.scope import Scope
from explorer.dockerfile.stages.signals import is_signal
from explorer.dockerfile.stages.transfers import transfer_problems
from explorer.dockerfile.suggest import Suggester
from explorer.dockerfile.words import Flag, Word
from explorer.oci.config import ImageConfig

# These are read further, put in order, or declared, even where no variable is in them.
_CHANGED: Final = (model.Arg, model.Expose)


@dataclass(frozen=True, slots=True)
class Line:
    """An instruction and its command; ``trigger`` is the FROM that brings it in by ONBUILD."""

    instruction: Instruction
    command: model.Command | None
    trigger: Instruction | None = None

    @property
    def number(self) -> int:
        """The line that problems are reported at."""
        return (self.trigger or self.instruction).line

    def span_of(self, part: Word | Flag) -> Span:
        """The place of a part of it in the file."""
        return self.trigger.span if self.trigger else self.instruction.span_of(part)


@dataclass(slots=True)
class State:
    """What the steps of a stage change. ``declared`` are the names of its arguments."""

    variables: Scope = field(default_factory=Scope)
    environment: Scope = field(default_factory=Scope)
    declared: Scope = field(default_factory=Scope)
    settings: Settings = field(default_factory=Settings)

    @classmethod
    def from_image(cls, config: ImageConfig | None, system: str) -> State:
        """The beginning of a stage upon an image, or upon nothing."""
        environment = dict(config.environment()) if config else {}
        if system != "windows":
            environment.setdefault("PATH", DEFAULT_PATH)
        state = cls(settings=setting.from_config(config))
        for name, value in environment.items():
            state.variables.set(name, value)
            state.environment.set(name, value)
        return state

    def child(self) -> State:
        """The beginning of a stage upon this one."""
        settings = Settings(
            workdir=self.settings.workdir,
            workdir_set=self.settings.workdir_set,
            user=self.settings.user,
            shell=self.settings.shell,
            entrypoint=self.settings.entrypoint,
            cmd=self.settings.cmd,
        )
        return State(Scope(self.variables), Scope(self.environment), Scope(self.declared), settings)


def _is_final(command: model.Command, instruction: Instruction) -> bool:
    """Whether replacing variables leaves a command as it is."""
    if not instruction.header.is_plain or isinstance(command, _CHANGED):
        return False
    return not (isinstance(command, model.Run) and command.mount_flags)


class Walk:
    """Evaluates the steps of a stage one after another; ``state`` changes as they go."""

    def __init__(
        self,
        state: State,
        arguments: dict[str, str],
        inputs: Inputs,
        escape: str,
        report: Report,
        system: str,
        suggester: Suggester,
    ) -> None:
        self.state = state
        self.bindings: list[Binding] = []
        self._arguments = arguments
        self._inputs = inputs
        self._escape = escape
        self._report = report
        self._system = system
        self._suggester = suggester

    def steps(self, lines: Iterable[Line]) -> tuple[Step, ...]:
        """All steps of the stage."""
        return tuple(self._step(index, line) for index, line in enumerate(lines))

    def _step(self, index: int, line: Line) -> Step:
        before = self.state.settings
        command, undefined = line.command, tuple[Undefined, ...]()
        if command is not None and _is_final(command, line.instruction):
            self._apply(command, index)
            self._check(command, line)
        elif command is not None:
            expanding = Expanding(
                self._escape if line.trigger is None else "\\",
                self.state.variables,
                self.state.declared,
                self._suggester,
            )
            command = self._expanded(command, expanding, line)
            if isinstance(command, model.Arg):
                command = self._declare(command, expanding, index, line)
            elif command is not None:
                self._apply(command, index)
                self._check(command, line)
            undefined = tuple(expanding.undefined)
        return Step(
            index=index,
            instruction=line.instruction,
            command=command,
            settings=before,
            settings_after=self.state.settings,
            undefined=undefined,
            trigger=line.trigger,
        )

    def _expanded(
        self, command: model.Command, expanding: Expanding, line: Line
    ) -> model.Command | None:
        try:
            return expanding.command(command)
        except UnexpandableError as error:
            self._add(str(error), line, error.word)
        except Mistake as mistake:
            self._add(str(mistake), line, Word("", mistake.fault.start, mistake.fault.end))
        return None

    def _apply(self, command: model.Command, index: int) -> None:
        self.state.settings = setting.after(self.state.settings, command, self._system)
        if isinstance(command, model.Env):
            for pair in command.pairs:
                self._bind(index, pair.key.value, pair.value.value, is_env=True)

    def _bind(self, index: int, name: str, value: str, *, is_env: bool) -> None:
        self.bindings.append(Binding(index, name, value, is_env))
        self.state.variables.set(name, value)
        if is_env:
            self.state.environment.set(name, value)

    def _declare(
        self, command: model.Arg, expanding: Expanding, index: int, line: Line
    ) -> model.Arg:
        """Declare arguments; each default sees the ones before it."""
        done = []
        for declaration in command.declarations:
            name, default = declaration.name, declaration.default
            value = self._inputs.arguments.get(name.value)
            if value is None and default is not None:
                value = self._default(default, expanding, line)
            elif value is None:
                value = self._arguments.get(name.value)
            if value is not None:
                self._bind(index, name.value, value, is_env=False)
                place = default or name
                default = Word(value, place.start, place.end)
            self.state.declared.set(name.value, name.value)
            done.append(model.Declaration(name, default))
        return model.Arg(tuple(done))

    def _default(self, default: Word, expanding: Expanding, line: Line) -> str | None:
        try:
            return expanding.word(default).value
        except UnexpandableError as error:
            self._add(str(error), line, error.word)
            return None

    def _check(self, command: model.Command, line: Line) -> None:
        match command:
            case model.Copy() | model.Add():
                for message, word in transfer_problems(command):
                    self._add(message, line, word)
            case model.StopSignal(signal) if not is_signal(signal.value):
                self._add(f"invalid signal: {shorten(signal.value)}", line, signal)
            case model.Expose(ports):
                self._check_ports(ports, line)
            case model.Volume(paths):
                for path in paths:
                    if not path.value:
                        self._add(EMPTY_VOLUME, line, path)
            case model.Run(mounts=mounts):
                for mount in mounts:
                    self._check_mount(mount.target, mount.type, line, mount.place)
            case _:
                pass

    def _check_ports(self, ports: tuple[Word, ...], line: Line) -> None:
        for port in ports:
            try:
                PortSpec.parse(port.value)
            except PortError as error:
                self._add(str(error), line, port)

    def _check_mount(self, target: str, kind: str, line: Line, place: Word) -> None:
        if kind in ("secret", "ssh"):
            return
        path = setting.joined(self.state.settings.workdir, target, "linux")
        if path.rstrip("/") == "":
            self._add(f"invalid mount target {quote(shorten(path))}", line, place)

    def _add(self, message: str, line: Line, word: Word) -> None:
        self._report.add(Phase.STEPS, message, line.span_of(word), line.number)
