"""A build as planning sees it: a Dockerfile, files, images that are known, and what was built."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from explorer.analysis.opened import OpenImage, open_image
from explorer.build.bases import Base, Resolved, Unresolved
from explorer.build.files.memory import MemoryTree
from explorer.build.plan.model import Cache, Plan, StepPlan
from explorer.build.plan.planning import Planner
from explorer.build.plan.recording import record_stage
from explorer.build.plan.records import BuildRecords, LayerRecord
from explorer.build.plan.surroundings import Surroundings
from explorer.build.tree import Tree
from explorer.dockerfile.document import Document
from explorer.dockerfile.stages.inputs import Inputs
from explorer.dockerfile.stages.program import understand
from explorer.oci.platform import Platform
from explorer.store.cache import Caches
from tests.factory import ImageBuilder, docker_archive_v25, file

DOCKERFILE = "/project/Dockerfile"
AMD64 = Platform("linux", "amd64")


class Images:
    """Images by name, each of one layer that holds a word; and folders that are named contexts."""

    def __init__(self, words: dict[str, str], caches: Path) -> None:
        self.words = words
        self.folders: dict[str, Tree] = {}
        self._caches = Caches.at(caches)
        self._kept: dict[tuple[str, str], Base] = {}

    def resolve(self, name: str, platform: Platform) -> Resolved:
        if name in self.folders:
            return self.folders[name]
        word = self.words.get(name)
        if word is None:
            return Unresolved(name, "it is not here")
        key = word, str(platform)
        if key not in self._kept:
            self._kept[key] = Base(name, self._image(*key), key)
        return replace(self._kept[key], name=name)

    def _image(self, word: str, platform: str) -> OpenImage:
        built = ImageBuilder(platform).add(file("word", word)).tag("example.test/x:1").build()
        path = self._caches.plain._folder.path.parent / f"{word}-{platform.replace('/', '-')}.tar"
        path.parent.mkdir(parents=True, exist_ok=True)
        return open_image(str(docker_archive_v25(built).write(path)), caches=self._caches)


class Bench:
    """Plans and pretends to build."""

    def __init__(self, root: Path) -> None:
        self.records = BuildRecords(root)
        self.images = Images({"alpine": "one", "node:22": "two"}, root / "images")
        self.files: dict[bytes, bytes] = {b"/a.txt": b"a", b"/src/app.ts": b"app"}
        self.arguments: dict[str, str] = {}
        self.platform = AMD64
        self.stage_trees: dict[int, Tree] = {}
        self._builds = itertools.count(1)

    def plan(self, text: str, context: Tree | None = None) -> Plan:
        inputs = Inputs(
            arguments=self.arguments,
            platform=self.platform,
            build_platform=AMD64,
            contexts=dict.fromkeys(self.images.folders),
        )
        program = understand(Document.parse(text), inputs)
        around = Surroundings(
            context=context or MemoryTree(self.files, title="the build context"),
            bases=self.images,
            stage=self.stage_trees.get,
        )
        return Planner(around, self.records).plan(program, DOCKERFILE)

    def build(self, text: str, context: Tree | None = None, *, size: int = 7) -> Plan:
        """Plan, and record every step as if it had been carried out."""
        plan = self.plan(text, context)
        build = f"build {next(self._builds)}"
        layer = LayerRecord("sha256:" + "0" * 64, "sha256:" + "1" * 64, size, 1)
        for stage in plan.stages:
            record_stage(self.records, stage, DOCKERFILE, build, lambda _step: layer)
        return plan


def layered(plan: Plan) -> list[StepPlan]:
    """The steps that leave a layer."""
    return [step for step in plan.steps if step.layer]


def verdicts(plan: Plan) -> list[str]:
    """What becomes of the steps that leave a layer."""
    return [step.cache.value for step in layered(plan)]


def keys(plan: Plan) -> list[str | None]:
    """The keys of the steps that leave a layer."""
    return [step.key.digest if step.key else None for step in layered(plan)]


def reasons(plan: Plan) -> list[tuple[str, ...]]:
    """Why each step that leaves a layer is no hit."""
    return [step.because for step in layered(plan)]


def files(**texts: str) -> Mapping[bytes, bytes]:
    """Files in the root of a context."""
    return {f"/{name}".encode(): text.encode() for name, text in texts.items()}


__all__ = ["AMD64", "DOCKERFILE", "Bench", "Cache", "Images", "files", "keys", "layered",
           "reasons", "verdicts"]  # fmt: skip
