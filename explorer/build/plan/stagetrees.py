"""The files that stages end with, where that can be told without running anything."""

from __future__ import annotations

import itertools
from weakref import WeakKeyDictionary

from explorer.analysis.opened import OpenImage
from explorer.build.bases import Bases
from explorer.build.files.stacked import StackedTree
from explorer.build.preview import CachedLayers, Previewer
from explorer.build.tree import Tree
from explorer.dockerfile.stages.model import Program
from explorer.progress import Job

_numbers: WeakKeyDictionary[OpenImage, int] = WeakKeyDictionary()
_next_number = itertools.count()


class StageTrees:
    """Foretells stages; for :class:`~explorer.build.plan.surroundings.Surroundings`."""

    def __init__(
        self,
        program: Program,
        context: Tree | None,
        bases: Bases,
        previewer: Previewer | None = None,
        plan: CachedLayers | None = None,
        job: Job | None = None,
    ) -> None:
        self._program = program
        self._context = context
        self._bases = bases
        self._previewer = previewer
        self._plan = plan
        self._job = job

    def __call__(self, stage: int) -> Tree | None:
        """The files that a stage ends with; ``None`` where a step has to run first.

        Raises as :meth:`explorer.build.preview.Previewer.preview`.
        """
        if self._previewer is None:
            self._previewer = Previewer()
        last = len(self._program.stages[stage].steps) - 1
        seen = self._previewer.preview(
            self._program, stage, last, self._context, self._bases, self._plan, self._job
        )
        if seen.uncertain or seen.fails:
            return None
        image, title = seen.image, f"stage {self._program.stages[stage].title}"
        number = _numbers.setdefault(image, next(_next_number))
        return StackedTree(image.final, image.content, title, ("stage", number))
