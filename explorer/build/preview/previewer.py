"""Makes previews, and keeps what was computed for the next keystroke."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

from explorer.analysis.opened import OpenImage
from explorer.build.bases import Bases, NoBases, Unresolved
from explorer.build.files.archives import Archive, open_archive
from explorer.build.files.stacked import StackedTree
from explorer.build.preview import configuration
from explorer.build.preview.attributes import AttributeMemo
from explorer.build.preview.images import picture
from explorer.build.preview.keeping import Kept
from explorer.build.preview.keys import digest
from explorer.build.preview.model import Preview
from explorer.build.preview.protocols import CachedLayers
from explorer.build.preview.stand import Outcome, Stand
from explorer.build.preview.walk import Walk
from explorer.build.tree import Tree
from explorer.dockerfile.stages.model import Program
from explorer.errors import NotFound
from explorer.filesystem.stack import Stack
from explorer.progress import Job
from explorer.store.cache import Caches

_MOST = 1024  # of each kind of thing that is kept
_ROOM = 128 << 20  # bytes, for each kind
_NODE = 96  # bytes of a stack for each of its nodes, states that were looked at included


class Previewer:
    """Makes previews one after another; each takes what the ones before it computed.

    Typing in one line computes nothing anew but that line and those after it. Several threads may
    ask; they take turns. A preview may be read from any number of threads.
    """

    def __init__(self, caches: Caches | None = None) -> None:
        self._caches = caches or Caches.at()
        self._outcomes = Kept[Outcome](_MOST, _ROOM, lambda outcome: outcome.weight)
        self._images = Kept[OpenImage](_MOST, _ROOM, lambda image: _weight(image.stack))
        self._stacks = Kept[Stack](_MOST, _ROOM, _weight)
        self._archives = Kept[Archive](_MOST, _ROOM, lambda archive: archive.weight)
        self._attributes = AttributeMemo()
        self._lock = threading.Lock()

    def preview(
        self,
        program: Program,
        stage: int,
        step: int,
        context: Tree | None = None,
        bases: Bases | None = None,
        plan: CachedLayers | None = None,
        job: Job | None = None,
    ) -> Preview:
        """A stage as it will be after one of its steps; -1 is its FROM alone.

        ``context`` is the build context, ``bases`` resolves images and named contexts. What cannot
        be known is told in the preview; nothing runs and nothing is fetched.

        Raises:
            NotFound: there is no such stage or step.
            Cancelled: the job was cancelled.
        """
        _must_be_there(program, stage, step)
        with self._lock:
            walk = Walk(self, program, context, bases or NoBases(), plan, job or Job())
            stand = walk.stand(stage, step)
            at = program.stages[stage]
            image = self.image(stand, configuration.document(program, at, step), at.title)
            return Preview(
                stage=stage,
                step=step,
                image=image,
                layers=stand.kinds,
                effective=configuration.effective(image.image.config),
                base=walk.base(at),
                problems=stand.problems,
                unknown=stand.unknown,
            )

    def tree(
        self,
        program: Program,
        stage: int,
        context: Tree | None = None,
        bases: Bases | None = None,
        plan: CachedLayers | None = None,
        job: Job | None = None,
    ) -> Tree | None:
        """The files that a stage ends with; ``None`` where they are not all known.

        Raises as :meth:`preview`.
        """
        last = len(program.stages[stage].steps) - 1 if 0 <= stage < len(program.stages) else -1
        _must_be_there(program, stage, last)
        with self._lock:
            walk = Walk(self, program, context, bases or NoBases(), plan, job or Job())
            stand = walk.stand(stage, last)
            if stand.unknown or isinstance(walk.base(program.stages[stage]), Unresolved):
                return None
            image = self.image(stand, {}, "")
            title = f"stage {program.stages[stage].title}"
            return StackedTree(image.final, image.content, title, stand.key)

    # -- what is kept ---------------------------------------------------------------------------

    def outcome(self, key: str, make: Callable[[], Outcome]) -> Outcome:
        """What a step came to, computed unless it is known."""
        return self._outcomes.take(key, make)

    def image(self, stand: Stand, doc: configuration.Document, title: str) -> OpenImage:
        """A stand as an image with a configuration."""
        key = digest(stand.key, json.dumps(doc), json.dumps(stand.history), title)
        return self._images.take(key, lambda: self._picture(stand, doc, title))

    def _picture(self, stand: Stand, doc: configuration.Document, title: str) -> OpenImage:
        """One layer after another is put on the highest stack that is known."""
        known = [self._stacks.get(key) for key in stand.trail]
        below = next((stack for stack in reversed(known) if stack is not None), stand.stack_below)
        image = picture(stand, doc, title, self._caches, below)
        # What was taken over whole has no stack below that is one layer shorter.
        by_length = {len(stack): stack for stack in (image.stack_below, image.stack)}
        for number, key in enumerate(stand.trail, 1):
            if key and number in by_length:
                self._stacks.put(key, by_length[number])
        return image

    def attributed(self, tree: Tree, job: Job) -> Tree:
        """A tree with the extended attributes of its files."""
        return self._attributes.tree(tree, job)

    def archive(self, tree: Tree, path: bytes, job: Job) -> Archive:
        """An archive, indexed. Raises as :func:`open_archive`."""
        return self._archives.take(
            digest(tree.stamp, path), lambda: open_archive(tree, path, self._caches, job)
        )


def _must_be_there(program: Program, stage: int, step: int) -> None:
    if not 0 <= stage < len(program.stages):
        raise NotFound(f"There is no stage {stage}")
    if not -1 <= step < len(program.stages[stage].steps):
        raise NotFound(f"Stage {stage} has no step {step}")


def preview(
    program: Program,
    stage: int,
    step: int,
    context: Tree | None = None,
    bases: Bases | None = None,
    plan: CachedLayers | None = None,
) -> Preview:
    """One preview, nothing kept; see :meth:`Previewer.preview`."""
    return Previewer().preview(program, stage, step, context, bases, plan)


def _weight(stack: Stack) -> int:
    return len(stack.trie) * _NODE
