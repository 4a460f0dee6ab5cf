"""Media types of manifests, configurations and layers, and what they say about the content.

OCI image specification, media-types.md; Docker's image manifest version 2, schema 2; and the few
other types seen in the wild. Parameters (``; charset=utf-8``) and letter case do not matter.
"""

from __future__ import annotations

from typing import Final

OCI_INDEX: Final = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
OCI_CONFIG: Final = "application/vnd.oci.image.config.v1+json"
OCI_ARTIFACT: Final = "application/vnd.oci.artifact.manifest.v1+json"
OCI_EMPTY: Final = "application/vnd.oci.empty.v1+json"
OCI_LAYOUT_HEADER: Final = "application/vnd.oci.layout.header.v1+json"

OCI_LAYER: Final = "application/vnd.oci.image.layer.v1.tar"
OCI_LAYER_GZIP: Final = "application/vnd.oci.image.layer.v1.tar+gzip"
OCI_LAYER_ZSTD: Final = "application/vnd.oci.image.layer.v1.tar+zstd"
OCI_FOREIGN: Final = "application/vnd.oci.image.layer.nondistributable.v1.tar"
OCI_FOREIGN_GZIP: Final = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
OCI_FOREIGN_ZSTD: Final = "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd"

DOCKER_INDEX: Final = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST: Final = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_SCHEMA1: Final = "application/vnd.docker.distribution.manifest.v1+json"
DOCKER_SCHEMA1_SIGNED: Final = "application/vnd.docker.distribution.manifest.v1+prettyjws"
DOCKER_CONFIG: Final = "application/vnd.docker.container.image.v1+json"
DOCKER_PLUGIN_CONFIG: Final = "application/vnd.docker.plugin.v1+json"
DOCKER_LAYER: Final = "application/vnd.docker.image.rootfs.diff.tar"
DOCKER_LAYER_GZIP: Final = "application/vnd.docker.image.rootfs.diff.tar.gzip"
DOCKER_LAYER_ZSTD: Final = "application/vnd.docker.image.rootfs.diff.tar.zstd"
DOCKER_FOREIGN: Final = "application/vnd.docker.image.rootfs.foreign.diff.tar"
DOCKER_FOREIGN_GZIP: Final = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"

IN_TOTO: Final = "application/vnd.in-toto+json"

INDEXES: Final = frozenset({OCI_INDEX, DOCKER_INDEX})
MANIFESTS: Final = frozenset({OCI_MANIFEST, DOCKER_MANIFEST, OCI_ARTIFACT})
SCHEMA1: Final = frozenset({DOCKER_SCHEMA1, DOCKER_SCHEMA1_SIGNED})
CONFIGS: Final = frozenset({OCI_CONFIG, DOCKER_CONFIG, DOCKER_PLUGIN_CONFIG})
ACCEPTED: Final = (OCI_INDEX, DOCKER_INDEX, OCI_MANIFEST, DOCKER_MANIFEST, OCI_ARTIFACT)
"""What to ask a registry for, the best first."""

ATTESTATION_ANNOTATION: Final = "vnd.docker.reference.type"
"""BuildKit marks a manifest of attestations in an index with this, = ``attestation-manifest``."""
ATTESTATION_SUBJECT_ANNOTATION: Final = "vnd.docker.reference.digest"

_LAYERS: Final = {
    OCI_LAYER: "",
    OCI_LAYER_GZIP: "gzip",
    OCI_LAYER_ZSTD: "zstd",
    OCI_FOREIGN: "",
    OCI_FOREIGN_GZIP: "gzip",
    OCI_FOREIGN_ZSTD: "zstd",
    DOCKER_LAYER: "",
    DOCKER_LAYER_GZIP: "gzip",
    DOCKER_LAYER_ZSTD: "zstd",
    DOCKER_FOREIGN: "",
    DOCKER_FOREIGN_GZIP: "gzip",
    # Written by some builders although no specification names them.
    "application/vnd.docker.image.rootfs.foreign.diff.tar.zstd": "zstd",
    "application/vnd.docker.image.rootfs.diff.tar+zstd": "zstd",
    "application/vnd.docker.image.rootfs.diff.tar+gzip": "gzip",
    "application/vnd.docker.container.image.rootfs.diff+x-gtar": "",
    "application/tar": "",
    "application/x-tar": "",
    "application/tar+gzip": "gzip",
    "application/x-tar+gzip": "gzip",
    "application/tar+zstd": "zstd",
    "application/x-gtar": "",
}
_FOREIGN: Final = frozenset(name for name in _LAYERS if "foreign" in name or "nondistrib" in name)
_SUFFIXES: Final = {
    "+gzip": "gzip",
    ".gzip": "gzip",
    "+gz": "gzip",
    ".gz": "gzip",
    "+zstd": "zstd",
    ".zstd": "zstd",
    "+bzip2": "bzip2",
    "+xz": "xz",
}


def essence(media_type: str) -> str:
    """The media type without parameters, in lower case (RFC 2045 and RFC 6838)."""
    return media_type.partition(";")[0].strip().lower()


def is_index(media_type: str) -> bool:
    """An OCI image index or a Docker manifest list."""
    return essence(media_type) in INDEXES


def is_manifest(media_type: str) -> bool:
    """An OCI image manifest, a Docker schema 2 manifest, or an OCI artifact manifest."""
    return essence(media_type) in MANIFESTS


def is_schema1(media_type: str) -> bool:
    """Docker's first manifest format, signed or not; Layerscope does not read it."""
    return essence(media_type) in SCHEMA1


def is_config(media_type: str) -> bool:
    """The configuration of an image that can run (not of an artifact)."""
    return essence(media_type) in CONFIGS


def is_layer(media_type: str) -> bool:
    """A filesystem changeset: a tar, compressed or not.

    An artifact may call anything a layer; those are blobs to show, not tars to stack. A type that
    is unknown but says ``.tar`` in its name is given the benefit of the doubt.
    """
    name = essence(media_type)
    return name in _LAYERS or _stem(name).endswith((".tar", "+tar", "/tar"))


def compression_of(media_type: str) -> str | None:
    """How the blob is compressed: ``gzip``, ``zstd``, ``bzip2``, ``xz``, or ``None``.

    It is what the type claims; writers get it wrong, so readers look at the content first.
    """
    name = essence(media_type)
    known = _LAYERS.get(name)
    if known is not None:
        return known or None
    return next((value for end, value in _SUFFIXES.items() if name.endswith(end)), None)


def is_foreign(media_type: str) -> bool:
    """A layer that its owner lets nobody redistribute, to be fetched from the ``urls``."""
    return essence(media_type) in _FOREIGN


def is_encrypted(media_type: str) -> bool:
    """A layer locked by OCI image encryption (ocicrypt); nothing can be read of it here."""
    return essence(media_type).endswith("+encrypted")


def is_attestation(media_type: str) -> bool:
    """A statement about an image (provenance, SBOM), not a part of its filesystem."""
    name = essence(media_type)
    return name == IN_TOTO or name.startswith(("application/vnd.in-toto.", "application/vnd.dsse."))


def is_docker(media_type: str) -> bool:
    """One of Docker's own types, rather than the OCI's."""
    return essence(media_type).startswith("application/vnd.docker.")


def _stem(name: str) -> str:
    for end in _SUFFIXES:
        if name.endswith(end):
            return name.removesuffix(end)
    return name
