"""What is damaged: real images and tars, and images made to order in every form.

Damage to an archive mostly ends at a digest. So it is also done below: to the tar of a layer, and
to documents, in images whose digests are then right again.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from tests.factory import (
    Archive,
    Image,
    ImageBuilder,
    attestation,
    compress,
    directory,
    docker_archive_containerd,
    docker_archive_legacy,
    docker_archive_v25,
    file,
    hardlink,
    image,
    index,
    kaniko_archive,
    layer,
    layer_from_tar,
    layout_of,
    oci_layout,
    opaque,
    podman_archive,
    sha256,
    sparse,
    symlink,
    whiteout,
)
from tests.factory.damage import variants
from tests.factory.hostile import cases
from tests.fuzz.documents import odd_documents

FIXTURES = Path(__file__).resolve().parents[3] / "shared" / "fixtures"
LARGEST = 2 << 20  # bytes of a fixture that is damaged

Variant = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Seed:
    """Something whole, and the damaged forms of it, without end and always the same."""

    name: str
    forms: Callable[[int], Iterator[Variant]]

    def variants(self, count: int, seed: int) -> Iterator[Variant]:
        """The first ``count`` damaged forms for a seed of chance."""
        return islice(self.forms(seed), count)


def seeds() -> list[Seed]:
    """All there is to damage, in a fixed order."""
    return [*_made(), *_layers(), *_documents(), *_real()]


def _all(data: bytes, seed: int) -> Iterator[Variant]:
    return variants(data, 1 << 30, seed)


# -- made to order ---------------------------------------------------------------------------


def _tour(platform: str = "linux/amd64") -> Image:
    return (
        ImageBuilder(platform)
        .add(
            directory("etc"),
            file("etc/motd", "hello\n", xattrs={"user.note": b"\0raw"}),
            hardlink("motd", "etc/motd"),
            symlink("link", "etc"),
            sparse("holes", 10**9, {0: b"data", 5000: b"more"}),
            file("long/" + "n" * 150, bytes(3000)),
            created_by="ADD rootfs.tar / # buildkit",
        )
        .empty("ENV A=1")
        .add(whiteout("etc/motd"), file("etc/new", "x" * 700), compression="zstd")
        .add(opaque("etc"), directory("etc"), file("etc/last"), compression="none")
        .add(file("big", bytes(range(256)) * 40), compression="estargz")
        .configure(Env=["A=1"], Cmd=["sh"])
        .tag("example.test/tour:1.0")
        .build()
    )


def _archives() -> dict[str, Archive]:
    tour = _tour()
    both = index(tour, _tour("linux/arm64"), attestation(tour), tags=("example.test/tour:1.0",))
    return {
        "docker before 25": docker_archive_legacy(tour),
        "docker from 25": docker_archive_v25(tour),
        "docker 25.0": docker_archive_v25(tour, empty_index=True),
        "containerd": docker_archive_containerd(both),
        "podman": podman_archive(tour),
        "kaniko": kaniko_archive(tour),
        "oci": oci_layout(both),
    }


def _made() -> Iterator[Seed]:
    archives = _archives()
    for name, archive in archives.items():
        yield Seed(f"made/{name}", partial(_all, archive.to_bytes()))
    for form in ("gzip", "zstd", "xz", "bz2"):
        data = compress(archives["oci"].to_bytes(), form)
        yield Seed(f"made/oci in {form}", partial(_all, data))


def _layers() -> Iterator[Seed]:
    """Damaged tars in images that are otherwise whole."""
    for number, tour_layer in enumerate(_tour().layers):
        yield Seed(f"layer/{number}", partial(_in_image, tour_layer.tar))
    yield Seed("layer/hostile", partial(_in_image, b"".join(_hostile_bodies())))


def _hostile_bodies() -> Iterator[bytes]:
    for case in cases():
        if case.verdict == "valid" and len(case.tar) < 5000:
            yield case.tar.rstrip(b"\0") + bytes(-len(case.tar.rstrip(b"\0")) % 512)


def _in_image(tar: bytes, seed: int) -> Iterator[Variant]:
    below = layer(directory("etc"), file("etc/motd", "below"), file("big", "below"))
    for number, (name, data) in enumerate(_all(tar, seed)):
        form = ("none", "gzip", "zstd")[number % 3]
        spoiled = layer_from_tar(data, form)  # type: ignore[arg-type]
        made = image(below, spoiled, layer(whiteout("etc/motd"), file("top")))
        yield f"{name}, {form}", oci_layout(made).to_bytes()


def _documents() -> Iterator[Seed]:
    """Damaged JSON, and JSON that is whole but says odd things, under digests that fit it."""
    for name, of in _DOCUMENTS.items():
        yield Seed(f"document/{name}", partial(_spoiled, of, _all))
        yield Seed(f"odd document/{name}", partial(_spoiled, of, odd_documents))
    archive = docker_archive_legacy(_tour())
    for form in (_all, odd_documents):
        label = "document" if form is _all else "odd document"
        yield Seed(f"{label}/manifest.json", partial(_with_member, archive, "manifest.json", form))


Forms = Callable[[bytes, int], Iterator[Variant]]
Rebuild = Callable[[bytes, int], bytes]


def _spoiled(of: tuple[Callable[[], bytes], Rebuild], forms: Forms, seed: int) -> Iterator[Variant]:
    original, rebuild = of
    for number, (name, data) in enumerate(forms(original(), seed)):
        yield name, rebuild(data, number)


def _with_config(config: bytes, number: int) -> bytes:
    spoiled = replace(_tour(), config=config)
    if number % 2:
        return kaniko_archive(spoiled).to_bytes()
    return _layout(spoiled.manifest, spoiled.blobs())


def _layout(manifest: bytes, blobs: dict[str, bytes]) -> bytes:
    described = {
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "digest": sha256(manifest),
        "size": len(manifest),
    }
    index_json = json.dumps({"schemaVersion": 2, "manifests": [described]}).encode()
    return layout_of(index_json, {**blobs, sha256(manifest): manifest}).to_bytes()


_DOCUMENTS: dict[str, tuple[Callable[[], bytes], Rebuild]] = {
    "configuration": (lambda: _tour().config, _with_config),
    "manifest": (lambda: _tour().manifest, lambda data, _: _layout(data, _tour().blobs())),
    "index": (
        lambda: oci_layout(_tour()).content("index.json"),
        lambda data, _: layout_of(data, _tour().blobs()).to_bytes(),
    ),
}


def _with_member(archive: Archive, name: str, forms: Forms, seed: int) -> Iterator[Variant]:
    for what, data in forms(archive.content(name), seed):
        yield what, archive.replaced(name, data).to_bytes()


# -- real ------------------------------------------------------------------------------------


def _real() -> Iterator[Seed]:
    if not FIXTURES.is_dir():
        return
    for path in sorted(FIXTURES.rglob("*.tar*")):
        if path.is_file() and path.stat().st_size <= LARGEST:
            yield Seed(str(path.relative_to(FIXTURES)), partial(_of_file, path))
    for path in sorted(FIXTURES.rglob("oci-layout")):
        if sum(p.stat().st_size for p in path.parent.rglob("*") if p.is_file()) <= LARGEST:
            name = str(path.parent.relative_to(FIXTURES))
            yield Seed(name, partial(_of_folder, path.parent))


def _of_file(path: Path, seed: int) -> Iterator[Variant]:
    yield from _all(path.read_bytes(), seed)


def _of_folder(folder: Path, seed: int) -> Iterator[Variant]:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            member = tarfile.TarInfo(str(path.relative_to(folder)))
            member.size = path.stat().st_size
            with path.open("rb") as source:
                archive.addfile(member, source)
    yield from _all(buffer.getvalue(), seed)
