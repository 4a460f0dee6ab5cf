"""One pass over a program, from the bottom of a stage up to a step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from explorer.build.bases import Base, Bases, Resolved, Unresolved
from explorer.build.files.archives import Archive
from explorer.build.files.memory import MemoryTree
from explorer.build.files.mishap import Mishap
from explorer.build.files.pieces import Selection
from explorer.build.files.select import Place, make_workdir, select
from explorer.build.files.stacked import StackedTree
from explorer.build.preview.attributes import AttributedTree
from explorer.build.preview.ground import ImageGround
from explorer.build.preview.keys import digest, transfer_key
from explorer.build.preview.model import Unknown
from explorer.build.preview.protocols import CachedLayers, Memo
from explorer.build.preview.sending import unsent
from explorer.build.preview.stand import Outcome, Stand
from explorer.build.tree import Tree
from explorer.dockerfile.commands import model
from explorer.dockerfile.problem import Problem
from explorer.dockerfile.stages.model import NeedKind, Origin, OriginKind, Program, Stage, Step
from explorer.dockerfile.words import Word
from explorer.progress import Job

_UNCLEAR = "it is not written in a way that can be resolved"
_MOST_NOTES = 20
_HAS_TO_RUN = "it has to run: what it changes is not known before"


class Walk:
    """Carries out the steps of stages on values; each stage is walked once."""

    def __init__(
        self,
        memo: Memo,
        program: Program,
        context: Tree | None,
        bases: Bases,
        plan: CachedLayers | None,
        job: Job,
    ) -> None:
        self._memo = memo
        self._program = program
        self._context = None if context is None else memo.attributed(context, job)
        self._bases = bases
        self._plan = plan
        self._job = job
        self._resolved: dict[tuple[str, str], Resolved] = {}
        self._ends: dict[int, Stand] = {}

    # -- stages ---------------------------------------------------------------------------------

    def stand(self, index: int, step: int) -> Stand:
        """A stage after a step; stages it needs are walked to their ends first."""
        stage = self._program.stages[index]
        self._walk_needed(stage, step)
        stand = self._start(stage)
        for each in stage.steps[: step + 1]:
            self._job.check()
            stand = self._after(stand, stage, each)
        return stand

    def base(self, stage: Stage) -> Base | Unresolved | None:
        """The image at the very bottom of a stage."""
        origin = self._bottom(stage).origin
        if origin.kind in (OriginKind.IMAGE, OriginKind.CONTEXT):
            found = self._resolve(origin, stage)
            return found if isinstance(found, Base | Unresolved) else None
        return Unresolved(origin.name, _UNCLEAR) if origin.kind is OriginKind.UNKNOWN else None

    def _bottom(self, stage: Stage) -> Stage:
        while (below := stage.origin.stage) is not None and below < stage.index:
            stage = self._program.stages[below]
        return stage

    def _walk_needed(self, stage: Stage, step: int) -> None:
        """Walk the stages that a stage needs in their order: a chain of thousands is no problem."""
        wanted = {stage.index}
        for other in reversed(self._program.stages[: stage.index + 1]):
            if other.index in wanted:
                last = step if other is stage else len(other.steps)
                wanted.update(
                    need.origin.stage
                    for need in other.needs
                    if need.origin.stage is not None
                    and need.origin.stage < other.index
                    and (need.kind is NeedKind.FROM or (need.step or 0) <= last)
                    and need.kind is not NeedKind.MOUNT
                )
        for index in sorted(wanted - {stage.index} - self._ends.keys()):
            other = self._program.stages[index]
            stand = self._start(other)
            for each in other.steps:
                self._job.check()
                stand = self._after(stand, other, each)
            self._ends[index] = stand

    def _start(self, stage: Stage) -> Stand:
        origin = stage.origin
        if origin.stage is not None and origin.stage in self._ends:
            return self._ends[origin.stage]
        if origin.kind is OriginKind.SCRATCH:
            return Stand(key="scratch", scratch=True)
        if origin.kind in (OriginKind.IMAGE, OriginKind.CONTEXT):
            found = self._resolve(origin, stage)
            if isinstance(found, Base):
                return Stand.upon(found)
            if not isinstance(found, Unresolved):
                return self._on_folder(found, stage)
        return Stand(key=digest("unresolved", origin.name))

    def _on_folder(self, tree: Tree, stage: Stage) -> Stand:
        """A folder in place of an image: one layer of all it holds."""
        word = Word(".", 0, 0)
        command = model.Copy(model.Transfer((word,), (), Word("/", 0, 0)))
        key = digest("folder", tree.stamp)
        below = Stand(key="scratch", scratch=True)

        def make() -> Outcome:
            place = Place(below.filesystem(), "/", is_scratch=True)
            return Outcome.of(select(command, tree, place, self._open), 0)

        return below.put(self._memo.outcome(key, make), key, stage.index, None, tree.title)

    def _resolve(self, origin: Origin, stage: Stage) -> Resolved:
        key = origin.name, str(stage.platform)
        if key not in self._resolved:
            found = self._bases.resolve(origin.name, stage.platform)
            if not isinstance(found, Base | Unresolved):
                found = self._memo.attributed(found, self._job)
            self._resolved[key] = found
        return self._resolved[key]

    def _open(self, tree: Tree, path: bytes) -> Archive:
        return self._memo.archive(tree, path, self._job)

    # -- steps ----------------------------------------------------------------------------------

    def _after(self, stand: Stand, stage: Stage, step: Step) -> Stand:
        command = step.command
        match command:
            case model.Copy() | model.Add():
                return self._copied(stand, stage, step, command)
            case model.Workdir():
                return self._entered(stand, stage, step, command)
            case model.Run():
                return self._ran(stand, stage, step)
            case model.OnBuild() | None:
                return stand
            case _:
                return stand.noted(_text(step))

    def _entered(self, stand: Stand, stage: Stage, step: Step, command: model.Workdir) -> Stand:
        path, user = step.settings_after.workdir, step.settings.user
        if not path.strip("/"):
            return stand.noted(_text(step))
        key = digest(stand.key, "workdir", path, user, command.path.start, command.path.end)

        def make() -> Outcome:
            place = Place(stand.filesystem(), path, user, stand.scratch)
            return Outcome.of(make_workdir(path, place, command.path), len(stand.layers))

        return stand.put(self._memo.outcome(key, make), key, stage.index, step, _text(step))

    def _copied(
        self, stand: Stand, stage: Stage, step: Step, command: model.Copy | model.Add
    ) -> Stand:
        tree, other = self._source(stage, step, command)
        if isinstance(tree, Unresolved):
            return self._lost(stand, stage, step, command, tree)
        workdir = step.settings.workdir
        key = digest(stand.key, transfer_key(command), workdir, tree.stamp)

        def make() -> Outcome:
            place = Place(stand.filesystem(), workdir, step.settings.user, stand.scratch)
            return Outcome.of(select(command, tree, place, self._open), len(stand.layers))

        outcome = self._memo.outcome(key, make)
        done = stand.put(outcome, key, stage.index, step, _text(step))
        found = [*_unread(outcome.selection, step), *self._unsent(outcome.selection, stage, step)]
        done = replace(done, problems=(*done.problems, *found))
        return done if other is None else done.touched_by(other)

    def _unsent(self, selection: Selection, stage: Stage, step: Step) -> Iterator[Problem]:
        """Patterns that match nothing in a directory of the context that is not sent."""
        command = step.command
        if self._context is None or (isinstance(command, model.Copy) and command.source):
            return
        for missed in selection.unmatched:
            mishap = unsent(self._program, stage, self._context, missed)
            if mishap is not None:
                yield mishap.problem(step)

    def _lost(
        self, stand: Stand, stage: Stage, step: Step, command: model.Copy | model.Add,
        missing: Unresolved,
    ) -> Stand:  # fmt: skip
        """A source that is not here: the step's layer is empty, and what follows uncertain."""
        place = command.source if isinstance(command, model.Copy) else None
        mishap = Mishap(str(missing), place, hint=missing.hint, is_error=False)
        key = digest(stand.key, "lost", missing.name, transfer_key(command))
        outcome = Outcome.of(Selection(mishaps=(mishap,)), len(stand.layers))
        unknown = Unknown(stage.index, step.index, str(missing))
        done = stand.put(outcome, key, stage.index, step, _text(step))
        return done.touched_by(Stand(key="", unknown=(unknown,)))

    def _source(
        self, stage: Stage, step: Step, command: model.Copy | model.Add
    ) -> tuple[Tree | Unresolved, Stand | None]:
        """What a COPY or ADD reads from, and the stage that is, if it is one."""
        if isinstance(command, model.Copy) and command.source and command.source.value:
            for need in stage.needs:
                if need.kind is NeedKind.COPY and need.step == step.index:
                    return self._tree(need.origin, stage)
            return Unresolved(command.source.value, _UNCLEAR), None
        if self._context is not None:
            return self._context, None
        if not command.transfer.sources:
            return MemoryTree({}, title="the build context"), None
        return Unresolved("The build context", "no folder is given"), None

    def _tree(self, origin: Origin, stage: Stage) -> tuple[Tree | Unresolved, Stand | None]:
        if origin.stage is not None:
            stand = self._ends.get(origin.stage)
            if stand is None:
                return Unresolved(origin.name, "it comes after this stage"), None
            image = self._memo.image(stand, {}, "")
            title = f"stage {self._program.stages[origin.stage].title}"
            return StackedTree(image.final, image.content, title, stand.key), stand
        if origin.kind is OriginKind.SCRATCH:
            return MemoryTree({}, title="scratch"), None
        if origin.kind is OriginKind.UNKNOWN:
            return Unresolved(origin.name, _UNCLEAR), None
        found = self._resolve(origin, stage)
        return (found.tree() if isinstance(found, Base) else found), None

    def _ran(self, stand: Stand, stage: Stage, step: Step) -> Stand:
        layer = self._plan.layer_of(stage.index, step.index) if self._plan is not None else None
        if layer is None:
            return stand.without(Unknown(stage.index, step.index, _HAS_TO_RUN), _text(step))
        key = digest(stand.key, "cached", str(layer.layer.diff_id or layer.layer.digest))
        done = stand.stack(layer, key, stage.index, step, _text(step))
        return done.on(ImageGround(self._memo.image(done, {}, "")))


def _unread(selection: Selection, step: Step) -> Iterator[Problem]:
    """What is selected from a folder but could not be read there."""
    for piece in selection.pieces:
        if isinstance(piece.tree, AttributedTree):
            for note in piece.tree.notes(piece.branch.path)[:_MOST_NOTES]:
                yield Mishap(note, piece.word, is_error=False).problem(step)


def _text(step: Step) -> str:
    """As a history has it."""
    return f"{step.instruction.text} # buildkit"
