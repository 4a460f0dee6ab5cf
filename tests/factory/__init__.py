"""Container images made to order, for tests: valid, odd, hostile; the same bytes every time.

    base = ImageBuilder("linux/amd64").add(
        directory("etc"),
        file("etc/motd", "hello\\n"),
        created_by="ADD rootfs.tar / # buildkit",
    )
    tour = (
        base.add(whiteout("etc/motd"), created_by="RUN rm /etc/motd # buildkit")
        .empty('CMD ["sh"]')
        .configure(Cmd=["sh"])
        .tag("example.test/tour:1.0")
        .build()
    )
    docker_archive_v25(tour).write(tmp_path / "tour.tar")
    oci_layout(index(tour, attestation(tour))).extract(tmp_path / "layout")

Besides this face: `strategies` (hypothesis), `reference` (what layers mean),
`folder` (the same on a real file system), `hostile` (a catalogue of bad tars),
`damage` (broken variants of any file), `windows`.
"""

from tests.factory.archives import Archive, archive, rootfs
from tests.factory.compression import Compression, compress
from tests.factory.docker import (
    docker_archive_containerd,
    docker_archive_legacy,
    docker_archive_v25,
    jib_archive,
    kaniko_archive,
    podman_archive,
)
from tests.factory.entries import (
    block_device,
    character_device,
    directory,
    end_marker,
    fifo,
    file,
    global_pax,
    hardlink,
    opaque,
    symlink,
    whiteout,
)
from tests.factory.entry import MTIME, Entry, Part, Raw, tar_bytes
from tests.factory.images import Image, ImageBuilder, image
from tests.factory.layers import Layer, layer, layer_from_tar
from tests.factory.nodes import Artifact, Index, Node, artifact, attestation, index
from tests.factory.oci import blob_path, index_json, layout_of, oci_layout
from tests.factory.sparse_files import sparse
from tests.factory.toc import sha256
from tests.factory.windows import windows_layer

__all__ = [
    "MTIME",
    "Archive",
    "Artifact",
    "Compression",
    "Entry",
    "Image",
    "ImageBuilder",
    "Index",
    "Layer",
    "Node",
    "Part",
    "Raw",
    "archive",
    "artifact",
    "attestation",
    "blob_path",
    "block_device",
    "character_device",
    "compress",
    "directory",
    "docker_archive_containerd",
    "docker_archive_legacy",
    "docker_archive_v25",
    "end_marker",
    "fifo",
    "file",
    "global_pax",
    "hardlink",
    "image",
    "index",
    "index_json",
    "jib_archive",
    "kaniko_archive",
    "layer",
    "layer_from_tar",
    "layout_of",
    "oci_layout",
    "opaque",
    "podman_archive",
    "rootfs",
    "sha256",
    "sparse",
    "symlink",
    "tar_bytes",
    "whiteout",
    "windows_layer",
]
