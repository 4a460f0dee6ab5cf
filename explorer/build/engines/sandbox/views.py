"""What a build knows of its files at any step: previews that hold what the build has made."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Final

from explorer.build.engines.sandbox.remotes import remote_sources
from explorer.build.engines.sandbox.setting import Setting
from explorer.build.files.filesystem import Filesystem
from explorer.build.files.stacked import StackedTree
from explorer.build.preview import Preview, Previewer
from explorer.build.preview.ground import ImageGround
from explorer.build.tree import Tree
from explorer.dockerfile.commands import model
from explorer.dockerfile.stages.model import Program, Step
from explorer.progress import Job
from explorer.sources.reading import IndexedLayer
from explorer.store.cache import Caches

_NUMBERS: Final = itertools.count()
"""For layers that have no digest: no tree of them is like another."""
_MADE_ELSEWHERE: Final = model.Run(model.CommandLine((), is_shell=False))


class Views:
    """Previews of the stages of one build. Safe from several threads."""

    def __init__(self, setting: Setting, caches: Caches, job: Job) -> None:
        self._program = _without_fetching(setting.program)
        self._setting = setting
        self._previewer = Previewer(caches)
        self._job = job
        self._results: dict[tuple[int, int], IndexedLayer] = {}

    def know(self, stage: int, step: int, layer: IndexedLayer) -> None:
        """Take in what a step has left."""
        self._results[stage, step] = layer

    def layer_of(self, stage: int, step: int) -> IndexedLayer | None:
        """As :class:`explorer.build.preview.protocols.CachedLayers` has it."""
        return self._results.get((stage, step))

    def after(self, stage: int, step: int) -> Preview:
        """A stage after a step; -1 is its FROM alone."""
        setting = self._setting
        return self._previewer.preview(
            self._program, stage, step, setting.tree, setting.bases, self, self._job
        )

    def tree(self, stage: int, step: int) -> StackedTree:
        """The files of a stage after a step."""
        image = self.after(stage, step).image
        shown = tuple(str(layer.layer.diff_id or next(_NUMBERS)) for layer in image.layers)
        stamp = (stage, step, shown)
        title = f"stage {self._program.stages[stage].title}"
        return StackedTree(image.final, image.content, title, stamp)

    def filesystem(self, stage: int, step: int) -> Filesystem | None:
        """The same to write into; None where there is nothing at all yet."""
        image = self.after(stage, step).image
        return Filesystem(ImageGround(image)) if image.layers else None

    def end(self, stage: int) -> Tree | None:
        """The files of a stage after its last step; None where they are not all known."""
        setting = self._setting
        return self._previewer.tree(
            self._program, stage, setting.tree, setting.bases, self, self._job
        )


def _without_fetching(program: Program) -> Program:
    """The program as previews can follow it: what is fetched is, like a RUN's, known when done."""

    def followed(step: Step) -> Step:
        return replace(step, command=_MADE_ELSEWHERE) if remote_sources(step) else step

    stages = (
        replace(stage, steps=tuple(map(followed, stage.steps)))
        if any(map(remote_sources, stage.steps))
        else stage
        for stage in program.stages
    )
    return replace(program, stages=tuple(stages))
