"""Builds that are killed at some moment: ``python -m tests.build.engines.killing [ROUNDS [SEED]]``.

Each round starts a build in a process of its own, sends SIGKILL to it (or to its sandbox's worker)
at a random moment, and then looks: at what still runs, whether the store is whole, and whether the
next build succeeds and clears up. One line for each round.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from explorer.build.engines.sandbox.engine import SandboxEngine
from explorer.build.events import Done
from explorer.build.plan.records import BuildRecords
from explorer.store.images import ImageStore
from explorer.store.images.fsck import check
from tests.build.engines.building import Project, add_base

PATIENCE = 10.0
"""Seconds until everything that a killed build had started must be gone."""
DOCKERFILE = """\
FROM base AS one
ARG ROUND
ENV MARK={mark}
COPY big /big
RUN --mount=type=cache,target=/cache echo $ROUND >> /cache/rounds; cp /big /big2; sleep 0.05
RUN mkdir -p /d && for n in $(seq 60); do echo $ROUND$n > /d/$n; done; rm /big
FROM base AS two
ARG ROUND
ENV MARK={mark}
RUN --mount=type=secret,id=it (sleep 0.1 & sleep 0.1 & wait); echo $ROUND > /two
RUN chown -R app /home && ln /two /three && mknod /p p
FROM one
COPY --from=two /two /three /
COPY . /context
RUN cat /two /three /d/* | wc -l
"""


@dataclass(frozen=True)
class Round:
    """What one round came to; ``seconds`` until nothing of the build ran any more."""

    victim: str
    after: float
    seconds: float
    left: str
    faults: tuple[str, ...]

    def __str__(self) -> str:
        verdict = "; ".join(self.faults) or "whole, next build done, nothing left"
        moment = f"{self.victim:6} killed after {self.after:5.2f} s"
        return f"{moment}, quiet {self.seconds:4.2f} s later; left {self.left:32} {verdict}"


class Killing:
    """A store and a project, for as many rounds as wanted."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.random = random.Random(seed)
        os.environ["LAYERSCOPE_DATA_DIR"] = str(folder / "data")
        os.environ["LAYERSCOPE_CACHE_DIR"] = str(folder / "cache")
        self.store = ImageStore.at()
        add_base(self.store)
        self.project = Project(folder / "project", SandboxEngine(self.store, BuildRecords.at()))
        self.project.write("big", random.Random(1).randbytes(2 << 20))
        self.project.write("Dockerfile", DOCKERFILE.format(mark=folder))
        began = time.monotonic()
        assert self.build("first")
        self.length = time.monotonic() - began

    def build(self, name: str) -> bool:
        """Build in this process; whether it went well."""
        told = self.project.build(arguments={"ROUND": name})
        if not isinstance(told.end, Done):
            sys.stdout.write(f"{told.end}\n{told.output}\n")
        return isinstance(told.end, Done)

    def round(self, number: int) -> Round:
        """Kill one build, and see."""
        after = self.random.uniform(0, self.length * 1.1)
        victim = "worker" if self.random.random() < 0.25 else "engine"
        engine = self._start(number)
        time.sleep(after)
        killed = (self._worker_of(engine) if victim == "worker" else None) or engine
        with contextlib.suppress(ProcessLookupError):
            os.kill(killed, signal.SIGKILL)
        began = time.monotonic()
        os.waitpid(engine, 0)
        while (still := self._running()) and time.monotonic() - began < PATIENCE:
            time.sleep(0.02)
        seconds = time.monotonic() - began
        left = ", ".join(self._left()) or "nothing"
        faults = [f"process {each} still runs" for each in still]
        faults += [fault.what for fault in check(self.store.layout).faults]
        if not self.build(f"after-{number}"):
            faults.append("the next build failed")
        faults += [f"{each} stayed" for each in self._left()]
        faults += [fault.what for fault in check(self.store.layout).faults]
        return Round("worker" if killed != engine else "engine", after, seconds, left,
                     tuple(faults))  # fmt: skip

    def _start(self, number: int) -> int:
        process = os.fork()
        if process == 0:
            code = 1
            try:
                nothing = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nothing, 1)
                os.dup2(nothing, 2)
                code = 0 if self.build(f"round-{number}") else 1
            finally:
                os._exit(code)
        return process

    def _worker_of(self, engine: int) -> int | None:
        with contextlib.suppress(OSError):
            for path in Path(f"/proc/{engine}/task").glob("*/children"):
                for child in path.read_text().split():
                    return int(child)
        return None

    def _running(self) -> list[str]:
        """Processes that have the folder of this test in their environment."""
        mark, own = str(self.folder).encode(), str(os.getpid())
        return [
            path.parent.name
            for path in Path("/proc").glob("[0-9]*/environ")
            if path.parent.name != own and mark in _content(path)
        ]

    def _left(self) -> Iterator[str]:
        data = self.folder / "data"
        for what, found in (
            ("scratch", list((data / "snapshots").glob("tmp-*"))),
            ("blob", list((data / "images" / "ingest").glob("*"))),
            ("file", [p for p in self.folder.rglob("*.new") if ".new" in p.suffix]),
            ("mount", [x for x in _content(Path("/proc/self/mounts")).split()
                       if os.fsencode(self.folder) in x]),
            ("group", [g for g in Path("/sys/fs/cgroup").glob("**/layerscope-*")
                       if not Path(f"/proc/{g.name.rpartition('-')[2]}").exists()]),
        ):  # fmt: skip
            if found:
                yield f"{len(found)} {what}"


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def main(arguments: list[str]) -> int:
    """Run the rounds; 1 if one went wrong."""
    rounds = int(arguments[0]) if arguments else 20
    seed = int(arguments[1]) if len(arguments) > 1 else random.randrange(1 << 16)
    wrong, slowest = 0, 0.0
    with tempfile.TemporaryDirectory(prefix="layerscope-killing-") as folder:
        killing = Killing(Path(folder), seed)
        try:
            for number in range(rounds):
                found = killing.round(number)
                wrong += bool(found.faults)
                slowest = max(slowest, found.seconds)
                sys.stdout.write(f"{number + 1:3} {found}\n")
                sys.stdout.flush()
        finally:
            for name in ("snapshots", "mounts"):
                _remove(Path(folder) / "data" / name)
    sys.stdout.write(f"{rounds} rounds (seed {seed}), {wrong} wrong; quiet after {slowest:.2f} s\n")
    return int(bool(wrong))


def _remove(folder: Path) -> None:
    """Folders that belong to ids of a sandbox."""
    import asyncio

    from explorer.build.engines.sandbox.client import Worker

    async def remove() -> None:
        worker = await Worker.start()
        try:
            await worker.remove(str(folder))
        finally:
            await worker.close()

    if folder.exists():
        asyncio.run(remove())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
