"""Writers of the archives ``docker load`` takes, as each program writes them.

The members are what `manifest.json` lists (moby, "Docker Image Specification
v1.2"); the programs differ in names, in compression and in what else is there.
"""

from typing import Any

from tests.factory.archives import Archive
from tests.factory.entries import directory, file, symlink
from tests.factory.entry import Entry
from tests.factory.images import Image
from tests.factory.layers import Layer
from tests.factory.nodes import INDEX_TYPES, Index, Node
from tests.factory.oci import blob_path, index_json, layout_of, split_tag
from tests.factory.toc import sha256, to_json

NO_MANIFESTS = to_json({"schemaVersion": 2, "mediaType": INDEX_TYPES["oci"], "manifests": None})
"""The ``index.json`` that docker save 25.0 wrote."""


def docker_archive_legacy(*images: Image) -> Archive:
    """``docker save`` before version 25: ``ID/layer.tar``, ``ID.json``, ``repositories``.

    A layer that comes again is a symbolic link to the first ``layer.tar``.
    """
    plain = [each.uncompressed() for each in images]
    members: dict[str, Entry] = {}
    manifest = []
    seen: dict[str, str] = {}
    for each in plain:
        ids = _legacy_ids(each)
        for number, (identity, layer) in enumerate(zip(ids, each.layers, strict=True)):
            parent = ids[number - 1] if number else None
            members |= _legacy_layer(identity, parent, layer, seen)
        members[_config_name(each)] = file(_config_name(each), each.config)
        paths = [f"{identity}/layer.tar" for identity in ids]
        manifest.append(_manifest_item(each, _config_name(each), paths))
    return Archive((*members.values(), *_tail(manifest, plain)))


def docker_archive_v25(*images: Image, empty_index: bool = False) -> Archive:
    """``docker save`` from version 25: an OCI layout with ``manifest.json`` beside it.

    ``empty_index`` writes what 25.0 wrote: an index without manifests, and no
    manifest blobs.
    """
    plain = [each.uncompressed() for each in images]
    blobs: dict[str, bytes] = {}
    manifest = []
    for each in plain:
        blobs |= each.blobs()
        if empty_index:
            del blobs[each.digest]
        paths = [blob_path(layer.digest) for layer in each.layers]
        sources = {layer.diff_id: layer.descriptor() for layer in each.layers}
        item = _manifest_item(each, blob_path(each.image_id), paths)
        manifest.append(item | {"LayerSources": sources})
    index = NO_MANIFESTS if empty_index else to_json(index_json(*plain, names="containerd"))
    return layout_of(index, blobs).plus(*_tail(manifest, plain))


def docker_archive_containerd(*nodes: Node) -> Archive:
    """``docker save`` with the containerd store: nested indexes, layers as they were pulled.

    ``manifest.json`` lists the first image of each index alone.
    """
    blobs: dict[str, bytes] = {}
    manifest = []
    for node in nodes:
        blobs |= node.blobs()
        each = _first_image(node)
        paths = [blob_path(layer.digest) for layer in each.layers]
        item = _manifest_item(each.tagged(*node.tags), blob_path(each.image_id), paths)
        manifest.append(item)
    index = to_json(index_json(*nodes, names="containerd"))
    return layout_of(index, blobs).plus(file("manifest.json", to_json(manifest)))


def podman_archive(*images: Image) -> Archive:
    """``podman save`` and ``skopeo copy ... docker-archive:``.

    Plain layers as ``DIFF_ID.tar``, with the legacy names as symbolic links to them.
    """
    plain = [each.uncompressed() for each in images]
    members: dict[str, Entry] = {}
    manifest = []
    for each in plain:
        names = [_digits(layer.digest) + ".tar" for layer in each.layers]
        for name, identity, layer in zip(names, _legacy_ids(each), each.layers, strict=True):
            members.setdefault(name, file(name, layer.blob))
            link = f"{identity}/layer.tar"
            members[link] = symlink(link, "../" + name)
            members[f"{identity}/VERSION"] = file(f"{identity}/VERSION", b"1.0")
            members[f"{identity}/json"] = file(f"{identity}/json", to_json({"id": identity}))
        members[_config_name(each)] = file(_config_name(each), each.config)
        manifest.append(_manifest_item(each, _config_name(each), names))
    return Archive((*members.values(), *_tail(manifest, plain)))


def kaniko_archive(*images: Image) -> Archive:
    """kaniko (and crane): ``sha256:ID`` as the configuration, layers as ``DIGEST.tar.gz``."""
    members: dict[str, Entry] = {}
    manifest = []
    for each in images:
        members[each.image_id] = file(each.image_id, each.config)
        names = [_digits(layer.digest) + ".tar.gz" for layer in each.layers]
        for name, layer in zip(names, each.layers, strict=True):
            members[name] = file(name, layer.blob)
        manifest.append(_manifest_item(each, each.image_id, names))
    return Archive((*members.values(), file("manifest.json", to_json(manifest))))


def jib_archive(image: Image) -> Archive:
    """Jib: ``config.json`` as the configuration, layers as ``DIGEST.tar.gz``."""
    names = [_digits(layer.digest) + ".tar.gz" for layer in image.layers]
    layers = [file(name, each.blob) for name, each in zip(names, image.layers, strict=True)]
    manifest = to_json([_manifest_item(image, "config.json", names)])
    return Archive((*layers, file("config.json", image.config), file("manifest.json", manifest)))


def _legacy_layer(
    identity: str, parent: str | None, layer: Layer, seen: dict[str, str]
) -> dict[str, Entry]:
    about = {"id": identity, **({"parent": parent} if parent else {})}
    path = f"{identity}/layer.tar"
    first = seen.setdefault(layer.digest, path)
    stored = file(path, layer.blob) if first == path else symlink(path, "../" + first)
    members = (
        directory(identity),
        file(f"{identity}/VERSION", b"1.0"),
        file(f"{identity}/json", to_json(about)),
        stored,
    )
    return {member.path.decode(): member for member in members}


def _legacy_ids(image: Image) -> list[str]:
    """The identifiers of schema 1: one for each layer in its place."""
    return [_digits(sha256(b"layer of " + chain.encode())) for chain in image.chain_ids]


def _manifest_item(image: Image, config: str, layers: list[str]) -> dict[str, Any]:
    return {"Config": config, "RepoTags": list(image.tags) or None, "Layers": layers}


def _tail(manifest: list[dict[str, Any]], images: list[Image]) -> list[Entry]:
    repositories: dict[str, dict[str, str]] = {}
    for each in images:
        for tag in each.tags:
            repository, name = split_tag(tag)
            top = _legacy_ids(each)[-1] if each.layers else _digits(each.image_id)
            repositories.setdefault(repository, {})[name] = top
    tail = [file("manifest.json", to_json(manifest))]
    return tail + ([file("repositories", to_json(repositories))] if repositories else [])


def _first_image(node: Node) -> Image:
    while isinstance(node, Index):
        node = node.members[0]
    if not isinstance(node, Image):
        raise ValueError("docker save writes images")
    return node


def _config_name(image: Image) -> str:
    return _digits(image.image_id) + ".json"


def _digits(digest: str) -> str:
    return digest.partition(":")[2]
