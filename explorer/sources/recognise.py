"""What a file or folder is, by its content and never by its name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.blobs.access import RandomAccess, SharedFile
from explorer.blobs.compression import Compression, detect
from explorer.errors import DamagedImage, ExplorerError, NotFound, Refused
from explorer.filesystem.index import LayerIndex
from explorer.progress import Job
from explorer.sources.docker_archive import DockerArchive
from explorer.sources.engines.images import EngineImages
from explorer.sources.image import ImageSource
from explorer.sources.members import FolderMembers, TarMembers
from explorer.sources.oci_layout import OciLayout
from explorer.sources.outer import look_inside
from explorer.sources.rootfs import RootFilesystem
from explorer.sources.stored import stored_image
from explorer.sources.transport import ENGINES, REGISTRY, STORE, Location
from explorer.store.cache import Caches
from explorer.store.images import ImageStore

if TYPE_CHECKING:
    from explorer.sources.registry.line import Connect

_MARKERS = {b"manifest.json", b"index.json", b"oci-layout", b"repositories"}
# A tar that is cut between two members looks like a whole one, but for this.
_NO_END = "the archive has no end marker: it is cut short, or whatever wrote it left the marker out"
# What people drop by mistake, and what to tell them.
_FOREIGN: tuple[tuple[int, bytes, str], ...] = (
    (0, b"PK\x03\x04", "it is a zip archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "it is a 7-Zip archive"),
    (0, b"Rar!", "it is a RAR archive"),
    (0, b"age-encryption.org", "it is encrypted (age)"),
    (0, b"-----BEGIN PGP", "it is encrypted (OpenPGP)"),
    (0, b"Salted__", "it is encrypted (OpenSSL)"),
    (0, b"\x7fELF", "it is a program"),
    (0, b"QFI\xfb", "it is a disk image (qcow2)"),
    (0, b"hsqs", "it is a squashfs filesystem"),
    (0, b"SIF_MAGIC", "it is a Singularity image"),
    (32769, b"CD001", "it is an ISO 9660 image"),
)


def open_source(
    location: Location, caches: Caches, job: Job | None = None, connect: Connect | None = None
) -> ImageSource:
    """The images at a place. An engine or a registry is asked when they are listed.

    ``connect`` makes the connections to registries, where the usual ones do not do.

    Raises :class:`NotFound`, :class:`Refused` (permissions), :class:`DamagedImage` (not an image,
    or too damaged to tell), :class:`explorer.errors.StorageFull`, and
    :class:`explorer.errors.Cancelled`.
    """
    path = location.path
    if location.transport == STORE:
        return stored_image(ImageStore.at(path), location.reference)
    if location.transport == REGISTRY:
        from explorer.sources.registry.source import open_registry  # what speaks to them is large

        return open_registry(location.reference, caches, job or Job(), connect)
    if location.transport in ENGINES:
        return EngineImages(location.transport, location.reference, caches, job)
    try:
        is_folder = path.is_dir()
    except OSError as error:
        raise Refused(f"{path} cannot be opened", why=error.strerror or "") from error
    if is_folder:
        return _open_folder(location)
    if location.transport == "oci":
        raise NotFound(f"{path} is no folder", hint="For a file use oci-archive:")
    return _open_file(location, caches, job or Job())


def _open_folder(location: Location) -> ImageSource:
    path = location.path
    if location.transport not in ("", "oci"):
        raise DamagedImage(f"{path} is no archive", why="it is a folder", hint="Use oci:")
    try:
        names = {entry.name for entry in path.iterdir()}
    except OSError as error:
        raise Refused(f"{path} cannot be opened", why=error.strerror or "") from error
    if "index.json" in names:
        return OciLayout("oci", str(path), FolderMembers(path))
    if "manifest.json" in names and not location.transport:
        return DockerArchive(str(path), FolderMembers(path))
    raise DamagedImage(
        f"{path} is no image",
        why="the folder has neither an index.json (OCI layout) nor a manifest.json",
        hint="Name the folder that holds index.json",
    )


def _open_file(location: Location, caches: Caches, job: Job) -> ImageSource:
    file = SharedFile(location.path)
    if file.size == 0:
        raise DamagedImage(f"{location.path.name} is empty", hint="Save the image again")
    compression = detect(file.read_at(0, 8))
    access, index = look_inside(file, compression, caches, job)
    if not len(index):
        raise _not_an_image(location.path, file, index)
    source = _source(location, file, compression, access, index)
    if not index.damage and access.size <= index.length:
        source.warnings = _with_end_missing(source)
    return source


def _with_end_missing(source: DockerArchive | OciLayout | RootFilesystem) -> tuple[str, ...]:
    if isinstance(source, RootFilesystem):  # one thing to say of it: what it is taken for, and why
        return (f"{source.warnings[0]}; {_NO_END}",)
    return (*source.warnings, _NO_END)


def _source(
    location: Location,
    file: SharedFile,
    compression: Compression,
    access: RandomAccess,
    index: LayerIndex,
) -> DockerArchive | OciLayout | RootFilesystem:
    top = {index.name(int(node)) for node in (index.parent == 0).nonzero()[0][:5000]}
    if location.transport == "rootfs":
        return _bare(location, file, compression, index)
    if not (top & _MARKERS) and not (index.damage and _looks_saved(index)):
        return _bare(location, file, compression, index)
    return _archive(location, str(location.path), access, index)


def _archive(
    location: Location, name: str, access: RandomAccess, index: LayerIndex
) -> DockerArchive | OciLayout:
    members = TarMembers(access, index)
    damage = _of_archive(index.damage)
    source: DockerArchive | OciLayout
    try:
        if location.transport == "docker-archive":
            source = DockerArchive(name, members)
        elif location.transport == "oci-archive":
            source = OciLayout("oci-archive", name, members)
        else:
            source = _either(name, members)
    except DamagedImage as error:
        if damage:
            raise DamagedImage(
                f"{location.path.name} is not whole", why=damage, hint="Save or copy it again"
            ) from error
        raise
    source.damage = damage
    return source


def _of_archive(damage: str) -> str:
    """Damage that was found with the words for layers, in those for their archive."""
    return re.sub(r"^(A|The) layer", "The archive", damage)


def _either(name: str, members: TarMembers) -> DockerArchive | OciLayout:
    """Docker's archives since 25 are both: the index is followed where it leads somewhere."""
    docker: DockerArchive | None = None
    problem: ExplorerError | None = None
    if members.get("manifest.json") is not None:
        try:
            docker = DockerArchive(name, members)
        except DamagedImage as error:
            problem = error
    if members.get("index.json") is not None:
        try:
            layout = OciLayout("oci-archive", name, members)
        except DamagedImage as error:
            problem = problem or error
        else:
            usable = any(c.kind in ("image", "artifact") for c in layout.candidates())
            if usable or docker is None:
                _add_tags(layout, docker)
                return layout
    if docker is not None:
        return docker
    if problem is not None:
        raise problem
    raise DamagedImage(
        f"{name} is no image",
        why="it looks like a saved image, but has neither manifest.json nor index.json",
        hint="Save the image again with: docker save",
    )


def _add_tags(layout: OciLayout, docker: DockerArchive | None) -> None:
    layout.candidates()
    known = {image_id.encoded: image_id for image_id in layout.image_ids}
    for item in docker.items if docker is not None else ():
        stem = item.config.rpartition("/")[2].removesuffix(".json").removeprefix("sha256:")
        if stem in known:
            layout.extra_names[known[stem]] = item.repo_tags


def _bare(
    location: Location, file: SharedFile, compression: Compression, index: LayerIndex
) -> RootFilesystem:
    if location.transport not in ("", "rootfs"):
        raise DamagedImage(
            f"{location.path.name} is no {location.transport}",
            why="it is a tar without manifest.json or index.json",
            hint="Name it without a transport to see it as a root filesystem",
        )
    known = index if compression == "none" else None
    return RootFilesystem(str(location.path), file, compression, known)


def _looks_saved(index: LayerIndex) -> bool:
    """Whether a tar cut short was an image archive: their manifests often come last."""
    for entry in range(min(len(index), 1000)):
        path = index.path(int(index.node[entry]))
        if path.startswith(b"/blobs/sha256") or path.endswith((b"/layer.tar", b"/VERSION")):
            return True
    return False


def _not_an_image(path: Path, file: SharedFile, index: LayerIndex) -> DamagedImage:
    why = _of_archive(index.damage) or "it is a tar without any entry"
    if index.damage and index.length == 0:
        why = f"it is no tar archive ({index.damage.partition(': ')[2] or index.damage})"
    for offset, magic, text in _FOREIGN:
        if file.read_at(offset, len(magic)) == magic:
            why = text
    return DamagedImage(
        f"{path.name} is no image",
        why=why,
        hint="Open a file made by docker save, or an OCI layout",
    )
