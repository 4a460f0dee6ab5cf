"""An index as a tree: a branch for each platform, what it stores, and what it shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from explorer.analysis.manifests.shelf import Answer, Shelf
from explorer.errors import DamagedImage, ExplorerError, NotFound
from explorer.oci import Descriptor, Digest, ImageIndex, Manifest, Platform, media

MOST: Final = 5000
_DEEPEST: Final = 8


class Kind(StrEnum):
    """What a branch is."""

    INDEX = "index"
    IMAGE = "image"
    ATTESTATION = "attestation"
    ARTIFACT = "artifact"
    MISSING = "missing"
    """The index names it, and it is not here."""
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Branch:
    """A manifest or an index, and what stands in it.

    ``stored`` is bytes of the layers as they travel, each once; ``shared`` how many of them other
    images of the tree have as well. Of an index both are about everything below it. ``subject`` is
    the manifest that an attestation is about. ``depth`` is 0 for what is named.
    """

    kind: Kind
    descriptor: Descriptor
    platform: Platform | None = None
    manifest: Manifest | None = field(default=None, repr=False)
    layers: tuple[Descriptor, ...] = field(default=(), repr=False)
    stored: int = 0
    shared: int = 0
    subject: Digest | None = None
    children: tuple[Branch, ...] = field(default=(), repr=False)
    problem: str = ""
    depth: int = 0

    @property
    def digest(self) -> Digest:
        """The digest of the manifest or index."""
        return self.descriptor.digest

    @property
    def name(self) -> str:
        """What the place calls it, or nothing."""
        return self.descriptor.ref_name

    def walk(self) -> Iterator[Branch]:
        """The branch, then everything below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Tree:
    """Everything below what is named at a place."""

    roots: tuple[Branch, ...]
    warnings: tuple[str, ...] = ()

    def walk(self) -> Iterator[Branch]:
        """All branches, in order."""
        for root in self.roots:
            yield from root.walk()

    def around(self, digest: Digest) -> Tree:
        """Only what belongs to one image: the indexes it stands in; else its own manifest, with
        those of other platforms that a layout lists beside it under the same name.
        """
        roots = [root for root in self.roots if any(b.digest == digest for b in root.walk())]
        kept = [root for root in roots if root.kind is Kind.INDEX] or roots
        if kept and kept[0].kind is not Kind.INDEX and kept[0].platform is not None:
            kept = [r for r in self.roots if r.platform is not None and r.name == kept[0].name]
        unique = {root.digest: root for root in reversed(kept)}
        return _counted(tuple(reversed(unique.values())), self.warnings)

    def above(self, digest: Digest) -> tuple[Digest, ...]:
        """The indexes that an image stands in, whether directly or not."""
        return tuple(
            dict.fromkeys(
                branch.digest
                for branch in self.walk()
                if branch.digest != digest and any(b.digest == digest for b in branch.walk())
            )
        )

    def images(self) -> tuple[Branch, ...]:
        """The images, each manifest once, with those that are not here."""
        found = {
            branch.digest: branch
            for branch in self.walk()
            if branch.kind in (Kind.IMAGE, Kind.MISSING, Kind.DAMAGED)
        }
        return tuple(found.values())

    @property
    def stored(self) -> int:
        """Bytes of all layers of all images, each once."""
        return sum(_blobs(self.images()).values())


def read_tree(shelf: Shelf, *, measured: bool = True) -> Tree:
    """The tree of a place; what cannot be read is a branch that says so.

    Without ``measured`` only indexes are read, and nothing is known of their images but what the
    index says: in a registry each manifest is a request, and may count as a pull. Raises what
    :class:`Shelf` does as a whole.
    """
    reader = _Reader(shelf, measured=measured)
    roots = reader.branches(shelf.roots(), (), None)
    return _counted(roots, tuple(dict.fromkeys(reader.warnings)))


def _counted(roots: tuple[Branch, ...], warnings: tuple[str, ...]) -> Tree:
    """A tree in which every branch knows what of it other images of the same tree have."""
    images = Counter(
        digest
        for image in Tree(roots).images()
        for digest in {layer.digest for layer in image.layers}
    )
    return Tree(tuple(_with_shared(root, images) for root in roots), warnings)


class _Reader:
    def __init__(self, shelf: Shelf, *, measured: bool) -> None:
        self._shelf = shelf
        self._measured = measured
        self._count = 0
        self.warnings: list[str] = []

    def branches(
        self,
        descriptors: Sequence[Descriptor],
        above: tuple[Digest, ...],
        platform: Platform | None,
    ) -> tuple[Branch, ...]:
        room = max(0, MOST - self._count)
        if len(descriptors) > room:
            self.warnings.append(f"only the first {MOST:,} manifests are shown")
            descriptors = descriptors[:room]
        self._count += len(descriptors)
        read = [one for one in descriptors if self._is_read(one, above)]
        answers = iter(self._shelf.manifests(read))
        return tuple(
            self._branch(one, next(answers), above, platform)
            if self._is_read(one, above)
            else _unread(one, one.platform or platform, len(above))
            for one in descriptors
        )

    def _is_read(self, descriptor: Descriptor, above: tuple[Digest, ...]) -> bool:
        return self._measured or not above or not media.is_manifest(descriptor.media_type)

    def _branch(
        self,
        descriptor: Descriptor,
        answer: Answer,
        above: tuple[Digest, ...],
        platform: Platform | None,
    ) -> Branch:
        depth, known = len(above), descriptor.platform or platform
        if isinstance(answer, ImageIndex):
            children = self._below(descriptor, answer, above, known)
            images = Tree(children).images()
            stored = sum(_blobs(images).values())
            return Branch(
                Kind.INDEX, descriptor, known, children=children, stored=stored, depth=depth
            )
        if isinstance(answer, ExplorerError):
            kind = Kind.MISSING if isinstance(answer, NotFound) else Kind.DAMAGED
            if isinstance(answer, DamagedImage) and not _claims_manifest(descriptor):
                kind = Kind.ARTIFACT
            if descriptor.is_attestation:
                kind = Kind.ATTESTATION
            subject = _subject(descriptor, None)
            problem = f"{answer.what}: {answer.why}" if answer.why else answer.what
            return Branch(kind, descriptor, known, subject=subject, problem=problem, depth=depth)
        return _leaf(descriptor, answer, known, depth)

    def _below(
        self,
        descriptor: Descriptor,
        index: ImageIndex,
        above: tuple[Digest, ...],
        platform: Platform | None,
    ) -> tuple[Branch, ...]:
        inside = (*above, descriptor.digest)
        if descriptor.digest in above or len(inside) > _DEEPEST:
            self.warnings.append(f"the index {descriptor.digest.short} leads back to itself")
            return ()
        return self.branches(index.manifests, inside, platform)


def _unread(descriptor: Descriptor, platform: Platform | None, depth: int) -> Branch:
    kind = Kind.ATTESTATION if descriptor.is_attestation else Kind.IMAGE
    return Branch(kind, descriptor, platform, subject=_subject(descriptor, None), depth=depth)


def _claims_manifest(descriptor: Descriptor) -> bool:
    kind = descriptor.media_type
    return not kind or media.is_manifest(kind) or media.is_index(kind)


def _leaf(
    descriptor: Descriptor, manifest: Manifest, platform: Platform | None, depth: int
) -> Branch:
    attests = descriptor.is_attestation or manifest.is_attestation
    kind = Kind.IMAGE if manifest.is_image else Kind.ARTIFACT
    layers = {layer.digest: layer for layer in manifest.layers}
    return Branch(
        kind=Kind.ATTESTATION if attests else kind,
        descriptor=descriptor,
        platform=platform,
        manifest=manifest,
        layers=manifest.layers,
        stored=sum(layer.size for layer in layers.values()),
        subject=_subject(descriptor, manifest),
        depth=depth,
    )


def _subject(descriptor: Descriptor, manifest: Manifest | None) -> Digest | None:
    if manifest is not None and manifest.subject is not None:
        return manifest.subject.digest
    named = descriptor.annotations.get(media.ATTESTATION_SUBJECT_ANNOTATION, "")
    try:
        return Digest.parse(named) if named else None
    except ExplorerError:
        return None


def _blobs(images: Sequence[Branch]) -> dict[Digest, int]:
    return {layer.digest: layer.size for image in images for layer in image.layers}


def _with_shared(branch: Branch, images: Counter[Digest]) -> Branch:
    if branch.kind is Kind.INDEX:
        children = tuple(_with_shared(child, images) for child in branch.children)
        blobs = _blobs(Tree(children).images())
        shared = sum(size for digest, size in blobs.items() if images[digest] > 1)
        return replace(branch, children=children, shared=shared)
    if branch.kind is not Kind.IMAGE:
        return branch
    layers = {layer.digest: layer.size for layer in branch.layers}
    shared = sum(size for digest, size in layers.items() if images[digest] > 1)
    return replace(branch, shared=shared)
