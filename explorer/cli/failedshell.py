"""A shell in what a failed step left, on the terminal that the command line runs in."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import click

from explorer.build.events import Event, Planned, StepFailed
from explorer.oci.layout import visible

if TYPE_CHECKING:
    from explorer.build.engine import Tell
    from explorer.build.pty import Pty
    from explorer.build.request import BuildRequest
    from explorer.build.shells import Opened

_MOST: Final = 1 << 14


@dataclass(slots=True)
class Watched:
    """Passes the events of a build on, and keeps what a shell needs to know."""

    tell: Tell
    _texts: dict[str, str] = field(default_factory=dict)
    failed: StepFailed | None = None

    def take(self, event: Event) -> None:
        """Take what the engine tells."""
        if isinstance(event, Planned):
            self._texts.update((step.id, step.text) for step in event.steps)
        elif isinstance(event, StepFailed):
            self.failed = event
        self.tell(event)

    def talk(self, request: BuildRequest) -> None:
        """Open the shell, and return when it has ended. Raises what opening one raises."""
        from explorer.build.shells import FailedStep, open_shell

        failed = self.failed
        if failed is None or not failed.left:
            _say("There is no shell: nothing is left of a step that failed")
            return
        step = FailedStep(request, failed.step, self._texts.get(failed.step, ""), failed.left)
        line = failed.line

        async def run() -> int:
            with contextlib.ExitStack() as stack:
                ended = await open_shell(step, lambda opened: _connect(opened, line, stack))
            if ended.why:
                _say(ended.why)
            return ended.code

        asyncio.run(run())


def must_be_terminal() -> None:
    """Raise :class:`click.UsageError` where nobody could type."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("--on-failure shell needs a terminal to type in")


def _connect(opened: Opened, line: int, stack: contextlib.ExitStack) -> None:
    """Tie our own terminal to the shell's until the stack is left."""
    _say(f"A shell in what line {line} left; what you change there is gone when it ends")
    for note in opened.notes:
        _say(note)
    loop, pty = asyncio.get_running_loop(), opened.pty
    stack.callback(pty.close)
    stack.enter_context(_raw(sys.stdin.fileno()))
    _resize(pty)
    loop.add_signal_handler(signal.SIGWINCH, _resize, pty)
    stack.callback(loop.remove_signal_handler, signal.SIGWINCH)
    loop.add_reader(sys.stdin.fileno(), _typed, pty)
    stack.callback(loop.remove_reader, sys.stdin.fileno())
    stack.callback(_printed, pty)  # the last of it
    pty.watch(lambda: _printed(pty))


def _typed(pty: Pty) -> None:
    data = os.read(sys.stdin.fileno(), _MOST)
    if data:
        pty.write(data)
    else:
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())


def _printed(pty: Pty) -> None:
    data = pty.read(_MOST)
    if data == b"":
        pty.watch(None)
    while data:
        data = data[os.write(sys.stdout.fileno(), data) :]


def _resize(pty: Pty) -> None:
    size = shutil.get_terminal_size()
    with contextlib.suppress(OSError):
        size = os.get_terminal_size(sys.stdout.fileno())
    pty.resize(size.lines, size.columns)


@contextlib.contextmanager
def _raw(fd: int) -> Iterator[None]:
    """Every key as it is pressed, to whoever is at the other end."""
    import termios  # not everywhere
    import tty

    before = termios.tcgetattr(fd)
    tty.setraw(fd)
    try:
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)


def _say(words: str) -> None:
    sys.stderr.write(f"{visible(words)}\n")
    sys.stderr.flush()
