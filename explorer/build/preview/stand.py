"""A stage after some of its steps."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from explorer.build.bases import Base
from explorer.build.files.assemble import assemble
from explorer.build.files.filesystem import Filesystem, Ground, Nothing
from explorer.build.files.pieces import Selection
from explorer.build.preview.configuration import Document
from explorer.build.preview.ground import ImageGround
from explorer.build.preview.keys import digest
from explorer.build.preview.model import LayerKind, PreviewLayer, Unknown
from explorer.dockerfile.problem import Problem
from explorer.dockerfile.stages.model import Step
from explorer.filesystem.stack import Stack
from explorer.oci import media
from explorer.sources.image import Layer
from explorer.sources.reading import IndexedLayer

_ROW = 96  # bytes of a branch for each row


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a step comes to, by itself: what it writes, as a layer too."""

    selection: Selection
    layer: IndexedLayer

    @property
    def weight(self) -> int:
        """Bytes of memory, roughly."""
        index = self.layer.index
        branches = (_ROW * len(piece.branch) for piece in self.selection.pieces)
        return (index.nbytes if index is not None else 0) + sum(branches)

    @classmethod
    def of(cls, selection: Selection, number: int) -> Outcome:
        """Make the layer with a number.

        Its blob is a tar that does not exist: it is read where the files lie.
        """
        made = assemble(selection)
        layer = Layer(
            index=number,
            digest=None,
            diff_id=None,
            chain_id=None,
            media_type=media.OCI_LAYER,
            compression="none",
            stored=made.size,
            blob=made.contents,
            known_index=made.index,
        )
        # There is no digest that it could fail to hash to.
        indexed = IndexedLayer(layer, made.index, verified=True, size=made.size)
        return cls(selection, indexed)


@dataclass(frozen=True, slots=True, eq=False)
class Stand:
    """An immutable value that each step makes another one of.

    ``key`` tells its files from those of any other. ``ground`` is the filesystem of the lowest
    layers and ``selections`` what was put on it since; together they are the filesystem of all
    ``layers``. ``scratch`` tells that there is no filesystem at all yet. ``trail`` has the key
    that held when each of the layers was the highest; those of a base but its last are empty.
    ``stack_below`` is the stack of the base.
    """

    key: str
    ground: Ground = field(default_factory=Nothing)
    scratch: bool = False
    selections: tuple[Selection, ...] = ()
    layers: tuple[IndexedLayer, ...] = ()
    kinds: tuple[PreviewLayer, ...] = ()
    problems: tuple[Problem, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    history: tuple[Document, ...] = ()
    trail: tuple[str, ...] = ()
    stack_below: Stack | None = None

    @classmethod
    def upon(cls, base: Base) -> Stand:
        """A stage that begins with an image."""
        layers = base.image.layers
        return cls(
            key=digest("base", base.stamp),
            ground=ImageGround(base.image),
            layers=tuple(layers),
            kinds=tuple(PreviewLayer(number, LayerKind.BASE) for number in range(len(layers))),
            history=_history(base),
            trail=("",) * len(layers),
            stack_below=base.image.stack,
        )

    def filesystem(self) -> Filesystem:
        """The filesystem, for the next step to be carried out on."""
        return Filesystem(self.ground, self.selections)

    def put(self, outcome: Outcome, key: str, stage: int, step: Step | None, text: str) -> Stand:
        """One more layer, of what a step writes."""
        selection = outcome.selection
        index = None if step is None else step.index
        uncertain = bool(self.unknown or selection.remote)
        kind = PreviewLayer(len(self.layers), LayerKind.PREDICTED, stage, index, uncertain)
        found = () if step is None else (mishap.problem(step) for mishap in selection.mishaps)
        reasons = (f"{each.word.value} is downloaded when it runs" for each in selection.remote)
        return replace(
            self,
            key=key,
            scratch=False,
            selections=(*self.selections, selection),
            layers=(*self.layers, outcome.layer),
            kinds=(*self.kinds, kind),
            problems=(*self.problems, *found),
            unknown=(*self.unknown, *(Unknown(stage, index or 0, reason) for reason in reasons)),
            history=(*self.history, {"created_by": text}),
            trail=(*self.trail, key),
        )

    def stack(self, layer: IndexedLayer, key: str, stage: int, step: Step, text: str) -> Stand:
        """One more layer, that an earlier build left; the ground has to be made anew."""
        number = len(self.layers)
        kind = PreviewLayer(number, LayerKind.CACHED, stage, step.index, bool(self.unknown))
        moved = replace(layer.layer, index=number)
        placed = IndexedLayer(moved, layer.index, layer.verified, layer.size, layer.problem)
        return replace(
            self,
            key=key,
            scratch=False,
            layers=(*self.layers, placed),
            kinds=(*self.kinds, kind),
            history=(*self.history, {"created_by": text}),
            trail=(*self.trail, key),
        )

    def on(self, ground: Ground) -> Stand:
        """The same upon a filesystem that holds all of it."""
        return replace(self, ground=ground, selections=())

    def noted(self, text: str) -> Stand:
        """A step that makes no layer."""
        return replace(self, history=(*self.history, {"created_by": text, "empty_layer": True}))

    def without(self, unknown: Unknown, text: str) -> Stand:
        """A step that would change files, nobody knows which."""
        key = digest(self.key, "unknown", text)
        done = replace(self.noted(text), key=key, scratch=False)
        return replace(done, unknown=(*self.unknown, unknown))

    def touched_by(self, other: Stand) -> Stand:
        """The same with what is wrong and unknown in a stage that files were copied from."""
        problems = (each for each in other.problems if each not in self.problems)
        unknown = (each for each in other.unknown if each not in self.unknown)
        return replace(
            self, problems=(*self.problems, *problems), unknown=(*self.unknown, *unknown)
        )


def _history(base: Base) -> tuple[Document, ...]:
    """The history of a base, with one entry for each of its layers that makes one."""
    raw = base.config.raw.get("history")
    entries = [dict(e) for e in raw if isinstance(e, dict)] if isinstance(raw, list) else []
    making = sum(not entry.get("empty_layer") for entry in entries)
    if making != len(base.image.layers):
        return tuple({"created_by": ""} for _ in base.image.layers)
    return tuple(entries)
