"""Shells in tests: in what a failed step left, talked to by a script."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from explorer.build.events import StepFailed
from explorer.build.request import BuildRequest
from explorer.build.shells import Ended, FailedStep, Opened, open_shell
from tests.build.engines.building import Project


def failed_step(project: Project, dockerfile: str, **options: float) -> FailedStep:
    """Build, and take what failed."""
    told = project.build(dockerfile, **options)
    event = told.of(StepFailed)[0]
    request = BuildRequest(project.folder / "Dockerfile", project.folder, text=dockerfile)
    return FailedStep(request, event.step, told.text(event.step), event.left)


@dataclass
class Talk:
    """What was said in a shell."""

    opened: Opened | None = None
    ended: Ended | None = None
    printed: bytes = b""
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def lines(self) -> list[str]:
        """What was printed, line by line."""
        return self.printed.decode().replace("\r\n", "\n").split("\n")

    def take(self, opened: Opened) -> None:
        """It runs: read whatever it prints."""
        self.opened = opened
        opened.pty.resize(30, 100)
        opened.pty.watch(self._read)
        self._news.set()

    def _read(self) -> None:
        assert self.opened is not None
        data = self.opened.pty.read()
        if data == b"":
            self.opened.pty.close()
        self.printed += data or b""
        self._news.set()

    async def until(self, words: str) -> None:
        """Wait until something is printed."""
        async with asyncio.timeout(60):
            while words.encode() not in self.printed:
                await self._news.wait()
                self._news.clear()

    def type(self, words: str) -> None:
        """Type a line."""
        assert self.opened is not None
        self.opened.pty.write(f"{words}\n".encode())


def talk(
    failed: FailedStep, script: Callable[[Talk], Awaitable[None]], argv: tuple[str, ...] = ()
) -> Talk:
    """Open a shell, follow a script, and wait until it has ended."""

    async def run() -> Talk:
        talk = Talk()
        async with asyncio.timeout(100), asyncio.TaskGroup() as group:
            shell = group.create_task(open_shell(failed, talk.take, argv))
            while talk.opened is None and not shell.done():
                await asyncio.wait([shell], timeout=0.01)
            if talk.opened is not None:
                await script(talk)
            talk.ended = await shell
            while talk.opened is not None and talk.opened.pty.is_open:
                await asyncio.sleep(0.01)
        return talk

    try:
        return asyncio.run(run())
    except ExceptionGroup as several:
        raise several.exceptions[0] from None


def says(*lines: str) -> Callable[[Talk], Awaitable[None]]:
    """A script that only types, and leaves."""

    async def script(talk: Talk) -> None:
        for line in (*lines, "exit"):
            talk.type(line)

    return script


def main(arguments: list[str]) -> int:
    """Open a shell that stays, and say so: for who kills this process."""
    folder, step, text, left = arguments

    async def run() -> None:
        talk = Talk()
        dockerfile = Path(folder) / "Dockerfile"
        failed = FailedStep(BuildRequest(dockerfile, Path(folder)), step, text, left)
        async with asyncio.TaskGroup() as group:
            group.create_task(open_shell(failed, talk.take))
            while talk.opened is None:
                await asyncio.sleep(0.01)
            talk.type("sleep 1000 & echo > /changed; sleep 1000 & echo rea''dy")
            await talk.until("ready")
            sys.stdout.write("ready\n")
            sys.stdout.flush()

    asyncio.run(run())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
