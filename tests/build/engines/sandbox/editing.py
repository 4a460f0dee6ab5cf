"""Generated Dockerfiles, contexts and edits: is what a plan says what a build does?

``python -m tests.build.engines.sandbox.editing 500`` runs as many sequences and counts. Nothing
runs in a sandbox: in its place a function, exact about what a command would read, makes the layer.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from explorer.build.engines.sandbox.engine import SandboxEngine
from explorer.build.engines.sandbox.layers import BuiltLayer
from explorer.build.engines.sandbox.making import Maker
from explorer.build.events import Cached, Done, Event, Started
from explorer.build.plan.model import Cache
from explorer.build.plan.request import Request, plan_request
from explorer.build.request import BuildRequest
from explorer.dockerfile.commands import model
from explorer.dockerfile.stages.model import Stage, Step
from explorer.filesystem.entry import Entry, EntryType
from explorer.filesystem.layertar import END, member
from explorer.oci import Descriptor, media

_LINES = (
    "COPY a.txt /a.txt",
    "COPY a.txt b.txt /both/",
    "COPY dir /dir",
    "COPY . /all",
    "COPY *.txt /texts/",
    "COPY --chmod=600 b.txt /b.txt",
    "COPY --chown=7:8 dir/c /c/",
    "COPY --link dir/c /linked/c",
    "COPY --exclude=*.txt . /rest",
    "ADD b.txt /added/",
    "COPY <<X /here\nvalue $V\nX",
    "WORKDIR /work",
    "WORKDIR deeper",
    "COPY a.txt .",
    "ARG V=1",
    "ARG W",
    "ENV E=1",
    "ENV E=$V",
    "LABEL l=$V",
    "USER 5",
    "RUN one",
    "RUN two $V",
    'RUN ["three"]',
    "RUN <<X\nfour\nX",
    "RUN --mount=target=/m,source=dir five",
    "RUN --network=none six",
)
_FROM_A_STAGE = (
    "COPY --from={0} /out /from/{0}",
    "COPY --from={0} /out/x /x{0}",
    "COPY --from={0} --link /out /linked/{0}",
    "RUN --mount=from={0},target=/m seven",
)
_FILES = ("a.txt", "b.txt", "dir/c", "dir/d", "dir/sub/e")


@dataclass
class World:
    """A project that is edited; the randomness is the seed's alone."""

    folder: Path
    random: random.Random
    stages: list[list[str]] = field(default_factory=list)
    bases: list[str] = field(default_factory=list)
    arguments: dict[str, str] = field(default_factory=dict)
    target: str = ""

    @classmethod
    def new(cls, folder: Path, seed: int) -> World:
        """Some project."""
        world = cls(folder, random.Random(seed))
        for name in _FILES:
            world.write(name, "0")
        for number in range(world.random.randint(1, 3)):
            earlier = [f"s{each}" for each in range(number)]
            world.bases.append(world.random.choice(["scratch", *earlier]))
            world.stages.append([])
            for _ in range(world.random.randint(1, 4)):
                world.stages[number].append(world.line(number))
        return world

    def write(self, name: str, text: str) -> None:
        """A file of the context; its time differs with each writing."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def line(self, number: int) -> str:
        """Some instruction for a stage."""
        if number and self.random.random() < 0.35:
            other = f"s{self.random.randrange(number)}"
            return self.random.choice(_FROM_A_STAGE).format(other)
        return self.random.choice(_LINES)

    @property
    def text(self) -> str:
        """The Dockerfile. What a stage is copied from is always there."""
        parts: list[str] = []
        for number, (base, lines) in enumerate(zip(self.bases, self.stages, strict=True)):
            parts += [f"FROM {base} AS s{number}", *lines, f"RUN make {number}"]
        return "\n".join(parts) + "\n"

    def edit(self) -> str:
        """Change something; says what."""
        edits: tuple[Callable[[], None], ...] = (
            self._change, self._change, self._touch, self._mode, self._rename, self._grow,
            self._argument, self._insert, self._remove, self._replace, self._swap, self._ignore,
            self._target,
        )  # fmt: skip
        chosen = self.random.choice(edits)
        chosen()
        return chosen.__name__.strip("_")

    def _some_file(self) -> Path:
        files = sorted(p for p in (self.folder / "dir").rglob("*") if p.is_file())
        return self.random.choice([self.folder / "a.txt", self.folder / "b.txt", *files])

    def _change(self) -> None:
        self._some_file().write_text(str(self.random.randrange(4)))

    def _touch(self) -> None:
        os.utime(self._some_file(), (self.random.randrange(10**9), self.random.randrange(10**9)))

    def _mode(self) -> None:
        self._some_file().chmod(self.random.choice([0o644, 0o755]))

    def _rename(self) -> None:
        files = sorted(p for p in (self.folder / "dir").iterdir() if p.is_file() and p.name != "c")
        if files:
            self.random.choice(files).rename(self.folder / f"dir/r{self.random.randrange(3)}")

    def _grow(self) -> None:
        self.write(f"dir/n{self.random.randrange(3)}", "new")

    def _argument(self) -> None:
        self.arguments = {self.random.choice("VW"): self.random.choice("123")}

    def _stage(self) -> int:
        return self.random.randrange(len(self.stages))

    def _insert(self) -> None:
        number = self._stage()
        lines = self.stages[number]
        lines.insert(self.random.randint(0, len(lines)), self.line(number))

    def _remove(self) -> None:
        lines = self.stages[self._stage()]
        if lines:
            lines.pop(self.random.randrange(len(lines)))

    def _replace(self) -> None:
        self._remove()
        self._insert()

    def _swap(self) -> None:
        lines = self.stages[self._stage()]
        if len(lines) > 1:
            one, two = self.random.sample(range(len(lines)), 2)
            lines[one], lines[two] = lines[two], lines[one]

    def _ignore(self) -> None:
        rules = self.random.choice(["", "dir/sub\n", "dir/n*\n", "# nothing\n"])
        self.write(".dockerignore", rules)

    def _target(self) -> None:
        self.target = self.random.choice(["", "s0"])


async def _ran(self: Maker, stage: Stage, step: Step, below: Sequence[BuiltLayer]) -> Descriptor:
    """A command that writes a little of what it could see: often the same of something else."""
    run = step.command
    assert isinstance(run, model.Run)
    seen = [f"{layer.diff_id}" for layer in below]
    seen += [" ".join(run.line.words), str(sorted(stage.variables_at(step.index).items()))]
    for mount in run.mounts:
        seen += [
            str(layer.diff_id) for layer in await self._files_of(stage, step, mount.source_stage)
        ]
    await asyncio.sleep(0)
    digest = hashlib.sha256("\0".join(seen).encode()).digest()
    name = f"out/{run.line.words[-1].split()[0][:8].strip()}".encode()
    content = b"x" * (digest[0] % 3)
    entries = [
        (Entry(b"/out", EntryType.DIR, 0o755), b""),
        (Entry(b"/out/x", EntryType.FILE, 0o644, size=len(content)), content),
        (Entry(b"/" + name, EntryType.FILE, 0o644, size=1), b"y"),
    ]
    pieces = [piece for entry, data in entries for piece in member(entry, [data] if data else [])]
    return self._ingest.stream([*pieces, END], media.OCI_LAYER)


@dataclass
class Tally:
    """What was compared."""

    sequences: int = 0
    builds: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    edits: Counter[str] = field(default_factory=Counter)


def follow(folder: Path, seed: int, tally: Tally) -> None:
    """One sequence: plan, build, compare, edit, and so on.

    Raises AssertionError where the two do not agree.
    """
    world = World.new(folder / "project", seed)
    engine = SandboxEngine()
    done: list[str] = []
    for _ in range(world.random.randint(3, 6)):
        _agree(world, engine, tally, f"seed {seed}, after {done}")
        done.append(world.edit())
    tally.sequences += 1
    tally.edits.update(done[:-1])


def _agree(world: World, engine: SandboxEngine, tally: Tally, where: str) -> None:
    dockerfile = world.folder / "Dockerfile"
    dockerfile.write_text(world.text)
    options: dict[str, Any] = {"arguments": world.arguments, "target": world.target}
    planned = plan_request(Request(world.text, world.folder, dockerfile, **options))
    events: list[Event] = []
    request = BuildRequest(dockerfile, world.folder, **options)
    end = asyncio.run(engine.build(request, events.append))
    assert isinstance(end, Done), f"{where}: {end}\n{world.text}"
    built = {e.step: "hit" if isinstance(e, Cached) else "miss"
             for e in events if isinstance(e, Cached | Started)}  # fmt: skip
    for stage in planned.plan.stages:
        for step in stage.steps if stage.used else ():
            if step.layer:
                did = built.pop(f"{stage.index}.{step.index}")
                assert step.cache is Cache.UNKNOWN or step.cache.value == did, (
                    f"{where}: {step.text!r} was foretold as {step.cache.value} "
                    f"({'; '.join(step.because)}), and was a {did}\n{world.text}"
                )
                tally.steps[f"{step.cache.value}/{did}"] += 1
    assert not built, f"{where}: {built} were not foretold"
    tally.builds += 1


def sequences(count: int, first: int = 0) -> Tally:
    """As many sequences, each with a store of its own."""
    tally = Tally()
    for seed in range(first, first + count):
        with (
            tempfile.TemporaryDirectory(prefix="edits-") as name,
            pytest.MonkeyPatch.context() as p,
        ):
            p.setenv("LAYERSCOPE_DATA_DIR", f"{name}/data")
            p.setenv("LAYERSCOPE_CACHE_DIR", f"{name}/cache")
            p.setattr(Maker, "_ran", _ran)
            follow(Path(name), seed, tally)
    return tally


def main() -> int:
    """Run sequences and print what was compared."""
    tally = sequences(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
    sys.stdout.write(
        f"{tally.sequences} sequences, {tally.builds} builds, {tally.steps.total()} steps agree "
        f"(foretold/was): {dict(sorted(tally.steps.items()))}\nedits: {dict(tally.edits)}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
