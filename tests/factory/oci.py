"""Writers of OCI image layouts (image-spec, image-layout.md), as archives.

Every function gives an `Archive`; ``.write(path)`` makes the tar and
``.extract(folder)`` the directory.
"""

from typing import Any, Final, Literal

from tests.factory.archives import Archive
from tests.factory.entries import directory, file
from tests.factory.nodes import INDEX_TYPES, Node
from tests.factory.toc import to_json

RefNames = Literal["full", "tag", "containerd", "none"]
"""How a layout names its images.

``full``: the whole reference in ``org.opencontainers.image.ref.name`` (Podman,
Skopeo). ``tag``: the tag alone there (umoci, crane). ``containerd``: the whole
reference in ``io.containerd.image.name`` and the tag in ``ref.name``
(BuildKit, ``ctr export``).
"""

LAYOUT: Final = b'{"imageLayoutVersion":"1.0.0"}'


def blob_path(digest: str) -> str:
    """Where a layout keeps a blob."""
    algorithm, _, digits = digest.partition(":")
    return f"blobs/{algorithm}/{digits}"


def oci_layout(*nodes: Node, names: RefNames = "full") -> Archive:
    """An OCI layout of images, indexes and artifacts, each under its tags."""
    blobs: dict[str, bytes] = {}
    for node in nodes:
        blobs |= node.blobs()
    return layout_of(to_json(index_json(*nodes, names=names)), blobs)


def layout_of(index: bytes, blobs: dict[str, bytes]) -> Archive:
    """An OCI layout with any ``index.json`` and any blobs."""
    members = [directory("blobs"), directory("blobs/sha256")]
    members += [file(blob_path(digest), blobs[digest]) for digest in sorted(blobs)]
    return Archive((*members, file("index.json", index), file("oci-layout", LAYOUT)))


def index_json(*nodes: Node, names: RefNames = "full") -> dict[str, Any]:
    """The ``index.json`` of a layout: a descriptor for each tag, or one where there is none."""
    manifests: list[dict[str, Any]] = []
    for node in nodes:
        for tag in node.tags or (None,):
            annotations = _ref_names(tag, names)
            described = node.descriptor()
            if annotations:
                described["annotations"] = {**described.get("annotations", {}), **annotations}
            manifests.append(described)
    return {"schemaVersion": 2, "mediaType": INDEX_TYPES["oci"], "manifests": manifests}


def split_tag(reference: str) -> tuple[str, str]:
    """Repository and tag; the tag is ``latest`` where none is given."""
    repository, colon, tag = reference.rpartition(":")
    if not colon or "/" in tag:
        return reference, "latest"
    return repository, tag


def _ref_names(tag: str | None, names: RefNames) -> dict[str, str]:
    key = "org.opencontainers.image.ref.name"
    if tag is None or names == "none":
        return {}
    if names == "full":
        return {key: tag}
    if names == "tag":
        return {key: split_tag(tag)[1]}
    return {"io.containerd.image.name": tag, key: split_tag(tag)[1]}
