"""What is no image, or not whole, or locked: how each is made, and what has to be said of it."""

from __future__ import annotations

import json
import os
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.factory import (
    Archive,
    Image,
    Layer,
    blob_path,
    compress,
    directory,
    docker_archive_legacy,
    docker_archive_v25,
    file,
    image,
    layer,
    layer_from_tar,
    oci_layout,
    podman_archive,
    rootfs,
    symlink,
    tar_bytes,
    whiteout,
)

Make = Callable[[Path], str]
ENCRYPTED = "application/vnd.oci.image.layer.v1.tar+gzip+encrypted"


@dataclass(frozen=True, slots=True)
class Row:
    """An input, the exit code, a part of the message, and the paths that are shown all the same.

    ``kept`` is None where the whole is refused.
    """

    name: str
    make: Make
    code: int
    says: str
    kept: tuple[str, ...] | None = None

    def __str__(self) -> str:
        return self.name


def small() -> Image:
    """Two layers with little in them."""
    return image(
        layer(directory("etc"), file("etc/motd", "hello\n"), file("big", bytes(600))),
        layer(whiteout("etc/motd"), file("etc/new")),
        tags=["a:1"],
    )


def rows() -> list[Row]:
    """The table."""
    return [*_foreign(), *_folders(), *_cut(), *_flipped(), *_locked(), *_escapes()]


def _bytes(data: bytes) -> Make:
    def make(folder: Path) -> str:
        (folder / "input").write_bytes(data)
        return str(folder / "input")

    return make


def _archive(archive: Archive) -> Make:
    return _bytes(archive.to_bytes())


def _foreign() -> list[Row]:
    noise = random.Random(0).randbytes(5000)
    inputs = {
        "empty": (b"", "input is empty"),
        "one byte": (b"x", "it is no tar archive"),
        "text": (b"This is a text.\n" * 100, "it is no tar archive"),
        "noise": (noise, "it is no tar archive"),
        "7-Zip": (b"7z\xbc\xaf\x27\x1c" + noise, "7-Zip"),
        "RAR": (b"Rar!\x1a\x07" + noise, "RAR"),
        "a program": (b"\x7fELF" + noise, "it is a program"),
        "a disk": (b"QFI\xfb" + noise, "disk image (qcow2)"),
        "squashfs": (b"hsqs" + noise, "squashfs"),
        "ISO 9660": (b"\xff" * 32769 + b"CD001" + noise, "ISO 9660"),
        "encrypted with age": (b"age-encryption.org/v1\n" + noise, "encrypted (age)"),
        "encrypted with OpenPGP": (b"-----BEGIN PGP MESSAGE-----\n" + noise, "encrypted (OpenPGP)"),
        "encrypted with OpenSSL": (b"Salted__" + noise, "encrypted (OpenSSL)"),
        "a block of zeros": (bytes(512), "a tar without any entry"),
        "only an end marker": (tar_bytes([]), "a tar without any entry"),
        "gzip of a text": (compress(b"text\n" * 300, "gzip"), "it is no tar archive"),
        "zstd of nothing": (compress(b"", "zstd"), "a tar without any entry"),
        "a gzip header and rubbish": (b"\x1f\x8b\x08" + b"rubbish" * 50, "is no image"),
    }
    found = [Row(name, _bytes(data), 4, says) for name, (data, says) in inputs.items()]
    return [
        *found,
        Row("zip", _zip, 4, "it is a zip archive"),
        Row("nothing there", lambda folder: str(folder / "absent.tar"), 3, "no such file"),
        Row("below a file", lambda folder: _bytes(b"x")(folder) + "/x.tar", 3, "No image"),
        Row("a pipe", _pipe, 4, "not a regular file"),
        Row("a device without end", lambda _: "/dev/zero", 4, "not a regular file"),
    ]


def _zip(folder: Path) -> str:
    with zipfile.ZipFile(folder / "input", "w") as archive:
        archive.writestr("manifest.json", "[]")
    return str(folder / "input")


def _pipe(folder: Path) -> str:
    os.mkfifo(folder / "pipe")
    return str(folder / "pipe")


def _folders() -> list[Row]:
    contents = {
        "empty": b"",
        "cut": b"{",
        "null": b"null",
        "a list": b"[]",
        "not text": b"\xff",
        "deep": b"[" * 100_000,
        "large": b" " * (5 << 20),
    }
    return [
        Row("a folder without index.json", _folder({"blobs/x": b""}), 4, "neither an index.json"),
        Row("an empty folder", _folder({}), 4, "neither an index.json"),
        *(
            Row(f"index.json, {name}", _folder({"index.json": data}), 4, "index")
            for name, data in contents.items()
        ),
        Row("an index of nothing", _folder({"index.json": b'{"manifests": []}'}), 3, "no image"),
    ]


def _folder(files: dict[str, bytes]) -> Make:
    def make(folder: Path) -> str:
        layout = folder / "layout"
        layout.mkdir()
        for name, data in files.items():
            (layout / name).parent.mkdir(exist_ok=True)
            (layout / name).write_bytes(data)
        return str(layout)

    return make


def _cut() -> list[Row]:
    docker, podman = docker_archive_v25(small()).to_bytes(), podman_archive(small()).to_bytes()
    body = image(layer(file("first"), file("cut", bytes(5000)), compression="none"))
    tar = body.layers[0].tar[:3000]
    bare = rootfs(file("a"), file("b", bytes(5000))).to_bytes()
    packed = rootfs(file("a"), file("b", random.Random(1).randbytes(5000))).to_bytes("gzip")
    return [
        Row("docker archive, cut early", _bytes(docker[:3000]), 4, "input is not whole"),
        Row("podman archive, cut", _bytes(podman[:-3000]), 4, "input is not whole"),
        Row("root filesystem, cut", _bytes(bare[:1500]), 4, "truncated", ("/a",)),
        Row("root filesystem in gzip, cut", _bytes(packed[:3000]), 4, "damaged", ("/a",)),
        Row(
            "a layer cut in a body",
            _archive(oci_layout(image(layer_from_tar(tar), layer(file("top"))))),
            4,
            "layer 0: The layer is truncated",
            ("/first", "/top"),
        ),
    ]


def _flipped() -> list[Row]:
    good, made = small(), image(layer(file("a", "content"), compression="none"))
    blob, tar = bytearray(good.layers[1].blob), bytearray(made.layers[0].tar)
    blob[len(blob) // 2] ^= 8
    tar[512] ^= 1
    compressed = oci_layout(good).replaced(blob_path(good.layers[1].digest), bytes(blob))
    plain = docker_archive_legacy(made)
    (name,) = (name for name in plain.names if name.endswith("layer.tar"))
    manifest = bytearray(good.blobs()[good.digest])
    manifest[len(manifest) // 2] ^= 1
    document = oci_layout(good).replaced(blob_path(good.digest), bytes(manifest))
    header = tar_bytes([file("a"), file("b").with_fields(chksum=b"000000\0 "), file("c")])
    checksum = oci_layout(image(layer_from_tar(header)))
    below = ("/big", "/etc", "/etc/motd")
    return [
        Row("a bit of a gzip layer", _archive(compressed), 4, "layer 1: its content", below),
        Row(
            "a bit of content", _bytes(plain.replaced(name, bytes(tar)).to_bytes()), 4,
            "layer 0: its content does not hash", ("/a",),
        ),
        Row("a bit of a manifest", _archive(document), 4, "does not match its digest"),
        Row("a checksum in a layer", _archive(checksum), 4, "wrong checksum", ("/a",)),
    ]  # fmt: skip


def _locked() -> list[Row]:
    locked = layer_from_tar(random.Random(1).randbytes(3000), "none", media_type=ENCRYPTED)
    both: tuple[Layer, ...] = (layer(file("a")), locked, layer(file("z")))
    # It is as it should be, so nothing is wrong: a warning, and no failure.
    return [
        Row("one layer encrypted", _archive(oci_layout(image(*both))), 0,
            "layer 1: it is encrypted", ("/a", "/z")),
        Row("every layer encrypted", _archive(oci_layout(image(locked))), 0,
            "layer 0: it is encrypted", ()),
    ]  # fmt: skip


def _escapes() -> list[Row]:
    archive = docker_archive_legacy(small())
    targets = ("../secret", "/etc/hostname", "x/../../../etc/hostname")
    found = []
    for target in targets:
        manifest = json.dumps([{"Config": "link", "RepoTags": [], "Layers": [target]}])
        led_out = archive.replaced("manifest.json", manifest).plus(symlink("link", target))
        found.append(
            Row(f"a link to {target}", _archive(led_out), 4, "the configuration link is absent")
        )
    left = ("/etc", "/etc/new")
    return [
        *found,
        Row("a layout's link to a file beside it", _outside, 0, "layer 0 is not here", left),
    ]


def _outside(folder: Path) -> str:
    made = small()
    layout = oci_layout(made).extract(folder / "layout")
    blob = layout / blob_path(made.layers[0].digest)
    blob.rename(folder / "outside")
    blob.symlink_to(folder / "outside")
    return str(layout)
