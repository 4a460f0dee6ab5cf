"""Finding what is attached to an image: in its index, by subject, by tag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from explorer.analysis.attestations.kinds import PREDICATE_ANNOTATIONS, kind_of
from explorer.analysis.attestations.values import Attached, Place
from explorer.analysis.manifests.shelf import Answer, Shelf
from explorer.analysis.manifests.tree import Branch, Kind, Tree, read_tree
from explorer.errors import ExplorerError
from explorer.oci import Descriptor, Digest, ImageIndex, Manifest, Platform

MOST: Final = 1000
"""Documents that are listed; real images have fewer than ten."""
_MOST_IN_ONE: Final = 200
_TAGS: Final = ("sig", "att", "sbom")
_COSIGN_SAVED: Final = "dev.cosignproject.cosign/"


@dataclass(frozen=True, slots=True)
class Found:
    """The documents, those of the image first, then those of the index it stands in."""

    documents: tuple[Attached, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Hit:
    place: Place
    subject: Digest
    descriptor: Descriptor
    tag: str = ""


def find_attached(shelf: Shelf, digest: Digest, tree: Tree | None = None) -> Found:
    """What speaks of the image with this manifest, and of the indexes it stands in.

    ``tree`` spares reading the indexes again. What cannot be read is left out with a warning;
    raises what the shelf as a whole does.
    """
    tree = tree or read_tree(shelf, measured=False)
    subjects = (digest, *tree.above(digest))
    platforms = {branch.digest: branch.platform for branch in tree.walk()}
    hits = _unique(_hits(shelf, tree, subjects))
    answers = shelf.manifests([hit.descriptor for hit in hits])
    documents: list[Attached] = []
    warnings: list[str] = []
    for hit, answer in zip(hits, answers, strict=True):
        if isinstance(answer, ExplorerError):
            warnings.append(f"{hit.descriptor.digest.short} cannot be read: {answer.what}")
            continue
        documents += _documents(hit, answer, platforms.get(hit.subject))
    if len(documents) > MOST:
        warnings.append(f"only the first {MOST:,} of {len(documents):,} documents are listed")
    return Found(tuple(documents[:MOST]), tuple(warnings))


def _hits(shelf: Shelf, tree: Tree, subjects: Sequence[Digest]) -> Iterator[_Hit]:
    for branch in tree.walk():
        if branch.kind is Kind.ATTESTATION and branch.subject in subjects:
            assert branch.subject is not None
            yield _Hit(Place.INDEX, branch.subject, branch.descriptor)
    referring = shelf.referrers(subjects)
    for subject in subjects:
        for descriptor in referring[subject]:
            yield _Hit(Place.REFERRER, subject, descriptor)
    tags = {f"{s.algorithm}-{s.encoded}.{end}": s for s in subjects for end in _TAGS}
    for tag, descriptor in shelf.tagged(list(tags)).items():
        yield _Hit(Place.TAG, tags[tag], descriptor, tag)
    yield from _saved_by_cosign(tree, subjects)


def _saved_by_cosign(tree: Tree, subjects: Sequence[Digest]) -> Iterator[_Hit]:
    """``cosign save`` gives no tags: it marks the entries of the layout's index."""
    images = [root for root in tree.roots if root.digest in subjects]
    for root in tree.roots if images else ():
        mark = root.descriptor.annotations.get("kind", "")
        if mark.startswith(_COSIGN_SAVED) and _is_beside(root, mark):
            yield _Hit(Place.TAG, images[0].digest, root.descriptor)


def _is_beside(root: Branch, mark: str) -> bool:
    return root.kind is not Kind.IMAGE or mark.endswith(("/sigs", "/atts", "/sboms"))


def _unique(hits: Iterator[_Hit]) -> list[_Hit]:
    """BuildKit's newer manifests stand in the index and name a subject: listed once."""
    found: dict[tuple[Digest, Digest], _Hit] = {}
    for hit in hits:
        found.setdefault((hit.subject, hit.descriptor.digest), hit)
        if len(found) >= MOST:
            break
    return list(found.values())


def _documents(hit: _Hit, manifest: Answer, platform: Platform | None) -> Iterator[Attached]:
    if isinstance(manifest, ImageIndex):
        kind, title = kind_of("", "", manifest.artifact_type)
        yield Attached(
            kind, title, hit.place, hit.subject, platform, hit.descriptor, None,
            manifest.artifact_type, "", hit.tag, manifest.annotations,
        )  # fmt: skip
        return
    assert isinstance(manifest, Manifest)
    own = manifest.artifact_type or hit.descriptor.artifact_type or _config_type(manifest)
    outer = {**hit.descriptor.annotations, **manifest.annotations}
    for blob in manifest.layers[:_MOST_IN_ONE] or (None,):
        notes = {**outer, **(blob.annotations if blob is not None else {})}
        predicate = _predicate(notes)
        kind, title = kind_of(predicate, blob.media_type if blob is not None else "", own)
        yield Attached(
            kind, title, hit.place, hit.subject, platform, hit.descriptor, blob,
            own, predicate, hit.tag, notes,
        )  # fmt: skip


def _config_type(manifest: Manifest) -> str:
    """Artifacts made before OCI 1.1 say what they are by their configuration's type."""
    said = manifest.config.media_type
    return "" if said.startswith("application/vnd.oci.") else said


def _predicate(notes: Mapping[str, str]) -> str:
    return next((notes[key] for key in PREDICATE_ANNOTATIONS if notes.get(key)), "")
