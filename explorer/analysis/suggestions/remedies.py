"""What to do about a loss, in the words of a Dockerfile."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from explorer.analysis.opened import OpenImage
from explorer.analysis.suggestions import words
from explorer.analysis.suggestions.caches import CACHES, Cache, inside
from explorer.analysis.suggestions.losses import Loss
from explorer.analysis.suggestions.values import Kind, Suggestion
from explorer.filesystem.arrays import distinct
from explorer.filesystem.index import Array
from explorer.oci.base import base_boundary


class Remedies:
    """Makes suggestions of losses, and looks up once what that takes."""

    def __init__(self, image: OpenImage) -> None:
        self._image = image
        boundary = base_boundary(image.steps, image.image.config.labels)
        self._base = boundary.last_layer if boundary is not None else -1
        self._masks: list[tuple[Cache, Array]] | None = None

    def suggest(self, loss: Loss, least: int) -> Iterator[Suggestion]:
        """The suggestions about one loss: one, and one for each cache that was deleted.

        What saves less than ``least`` bytes is left out.
        """
        rest = np.ones(len(loss.files), bool)
        for cache, mask in self._caches() if loss.kind is Kind.DELETED else ():
            rows = mask[loss.files.nodes] & rest
            if int(loss.files.sizes[rows].sum()) >= least:
                rest &= ~rows
                yield self._suggestion(loss.only(rows), cache)
        if int(loss.files.sizes[rest].sum()) >= least:
            yield self._suggestion(loss.only(rest), None)

    def _suggestion(self, loss: Loss, cache: Cache | None) -> Suggestion:
        make = {
            Kind.DELETED: self._deleted,
            Kind.MOVED: self._moved,
            Kind.METADATA: self._metadata,
            Kind.REPLACED: self._replaced,
            Kind.REPEATED: self._repeated,
        }[loss.kind]
        title, why, do = make(loss)
        if loss.stored_in <= self._base and loss.kind is not Kind.REPEATED:
            do = self._of_base(loss, do)
        elif cache is not None:
            do = cache.do
        if cache is not None:
            title = f"{words.size(loss.size)} of {cache.what} stay in layer {loss.stored_in}"
        layers = (loss.stored_in, loss.hidden_by)
        return Suggestion(loss.kind, title, why, do, loss.size, layers, loss.largest)

    # -- one for each kind --------------------------------------------------------------------

    def _deleted(self, loss: Loss) -> tuple[str, str, str]:
        size, stored, hider = self._told(loss)
        title = f"{size} that layer {loss.hidden_by} deletes stay in layer {loss.stored_in}"
        why = (
            f"{words.sentence(stored)} stores {self._files(loss)}; {hider} deletes "
            f"{_them(loss)}. Layers only add: deleting hides bytes, and each pull carries them on"
        )
        if self._copies(loss.stored_in):
            do = (
                f"Do not copy {_them(loss)} in layer {loss.stored_in}: name {_them(loss)} in "
                ".dockerignore, or take what a RUN needs with RUN --mount=type=bind"
            )
        elif self._runs(loss.stored_in) and self._runs(loss.hidden_by):
            do = (
                f"Delete {_them(loss)} in the RUN of layer {loss.stored_in} itself, joined with && "
                "to what makes them"
            )
        else:
            do = f"Leave {_them(loss)} out of layer {loss.stored_in}, or build in an earlier stage"
        return title, why, do

    def _moved(self, loss: Loss) -> tuple[str, str, str]:
        size, stored, hider = self._told(loss)
        title = f"{size} that layer {loss.hidden_by} moves are stored twice"
        why = (
            f"{words.sentence(hider)} moves {self._files(loss)} of {stored}. "
            "A layer cannot move: it deletes, and stores everything again at the new place"
        )
        do = f"Put {_them(loss)} in the right place at once, in layer {loss.stored_in}"
        return title, why, do

    def _metadata(self, loss: Loss) -> tuple[str, str, str]:
        size, stored, hider = self._told(loss)
        aspects, flags = self._new_metadata(loss)
        title = f"{size} are stored again for a new {aspects}"
        why = (
            f"{words.sentence(hider)} changes nothing but the {aspects} of {self._files(loss)} "
            f"of {stored}. A change of any kind stores a whole file again"
        )
        if self._copies(loss.stored_in) and flags:
            do = f"Say it where they are copied, in layer {loss.stored_in}: COPY {flags} ..."
        else:
            do = f"Change the {aspects} in layer {loss.stored_in}, where the files are made"
        return title, why, do

    def _replaced(self, loss: Loss) -> tuple[str, str, str]:
        size, stored, hider = self._told(loss)
        title = f"{size} in layer {loss.stored_in} are replaced by layer {loss.hidden_by}"
        why = (
            f"{words.sentence(hider)} writes {self._files(loss)} of {stored} anew. "
            "Both versions are carried in every pull"
        )
        if self._runs(loss.stored_in) and self._runs(loss.hidden_by):
            do = f"Join the RUN of layer {loss.hidden_by} with that of layer {loss.stored_in}"
        elif self._copies(loss.hidden_by):
            do = f"Copy the final version alone, and do not make one in layer {loss.stored_in}"
        else:
            do = f"Write {_them(loss)} once: in an earlier stage, and COPY --from=... the result"
        return title, why, do

    def _repeated(self, loss: Loss) -> tuple[str, str, str]:
        size, stored, hider = self._told(loss)
        title = f"{size} are stored again without any difference"
        why = (
            f"{words.sentence(hider)} stores {self._files(loss)} just as {stored} has {_them(loss)}"
        )
        do = f"Leave {_them(loss)} out of layer {loss.hidden_by}"
        if self._runs(loss.hidden_by):
            do += ": something there writes or touches files that need no change"
        return title, why, do

    # -- what they are made of ----------------------------------------------------------------

    def _told(self, loss: Loss) -> tuple[str, str, str]:
        return (
            words.size(loss.size),
            words.layer(self._image, loss.stored_in),
            words.layer(self._image, loss.hidden_by),
        )

    def _files(self, loss: Loss) -> str:
        largest = words.path(self._image, loss.largest)
        count = len(loss.files)
        return largest if count == 1 else f"{words.files(count)} (the largest is {largest})"

    def _of_base(self, loss: Loss, otherwise: str) -> str:
        if loss.hidden_by <= self._base:
            return f"That is within the base image: choose another, or tell its makers. {otherwise}"
        if loss.kind is Kind.METADATA:
            return (
                "They come with the base image: leave them as they are, or copy only what needs "
                "changing"
            )
        if loss.kind is Kind.REPLACED:
            return (
                "They come with the base image. Leave them as they are where that is possible; "
                "what a package manager keeps its books in is written anew by every RUN that "
                "installs, so install everything in one"
            )
        return (
            "They come with the base image, and no instruction above can take them out: choose a "
            "smaller one, or copy what is needed into a new stage"
        )

    def _keyword(self, layer: int) -> str:
        instruction = self._image.instructions.get(layer)
        return instruction.keyword if instruction is not None else ""

    def _copies(self, layer: int) -> bool:
        return self._keyword(layer) in ("COPY", "ADD")

    def _runs(self, layer: int) -> bool:
        return self._keyword(layer) == "RUN"

    def _caches(self) -> list[tuple[Cache, Array]]:
        """The caches that any layer has, with the nodes in them as a mask."""
        if self._masks is None:
            trie = self._image.stack.trie
            masks = ((cache, inside(trie, cache)) for cache in CACHES)
            self._masks = [(cache, mask) for cache, mask in masks if mask.any()]
        return self._masks

    def _new_metadata(self, loss: Loss) -> tuple[str, str]:
        """What changed in words, and the flags of COPY that say it."""
        stack = self._image.stack
        column = {
            name: (
                stack.column(name, loss.files.providers),
                stack.column(name, stack.inodes(loss.files.after)),
            )
            for name in ("mode", "uid", "gid")
        }
        changed = [name for name, (old, new) in column.items() if (old != new).any()]
        parts = ["mode"] if "mode" in changed else []
        parts += ["owner"] if {"uid", "gid"} & set(changed) else []
        return words.listed(parts or ["attribute"]), " ".join(_flags(parts, column))


def _flags(parts: list[str], column: dict[str, tuple[Array, Array]]) -> Iterator[str]:
    if "mode" in parts:
        modes = distinct(column["mode"][1])
        yield f"--chmod={int(modes[0]):04o}" if len(modes) == 1 else "--chmod=..."
    if "owner" in parts:
        owners = {(int(u), int(g)) for u, g in zip(column["uid"][1], column["gid"][1], strict=True)}
        only = owners.pop() if len(owners) == 1 else None
        yield f"--chown={only[0]}:{only[1]}" if only is not None else "--chown=..."


def _them(loss: Loss) -> str:
    return "it" if len(loss.files) == 1 else "them"
