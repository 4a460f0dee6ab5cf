"""A build as planning sees it: a Dockerfile, files, images that are known, and what was built."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

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

DOCKERFILE = "/project/Dockerfile"
AMD64 = Platform("linux", "amd64")


@dataclass
class Images:
    """Images by name with their digests."""

    digests: dict[str, str] = field(default_factory=dict)
    trees: dict[str, Tree] = field(default_factory=dict)

    def digest(self, name: str, platform: Platform) -> str | None:
        found = self.digests.get(name)
        return f"{found}-{platform}" if found else None

    def tree(self, name: str, platform: Platform) -> Tree | None:
        return self.trees.get(name)


class Bench:
    """Plans and pretends to build."""

    def __init__(self, root: Path) -> None:
        self.records = BuildRecords(root)
        self.images = Images({"alpine": "one", "node:22": "two"})
        self.files: dict[bytes, bytes] = {b"/a.txt": b"a", b"/src/app.ts": b"app"}
        self.arguments: dict[str, str] = {}
        self.contexts: dict[str, Tree] = {}
        self.platform = AMD64
        self.stage_trees: dict[int, Tree] = {}
        self._builds = itertools.count(1)

    def plan(self, text: str, context: Tree | None = None) -> Plan:
        inputs = Inputs(
            arguments=self.arguments,
            platform=self.platform,
            build_platform=AMD64,
            contexts=dict.fromkeys(self.contexts),
        )
        program = understand(Document.parse(text), inputs)
        around = Surroundings(
            context=context or MemoryTree(self.files, title="the build context"),
            contexts=self.contexts,
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
