"""Every real image, as we show it and as real programs unpack it."""

from __future__ import annotations

import shutil
from io import BytesIO
from pathlib import Path

import pytest

from explorer.analysis.opened import OpenImage, open_image
from explorer.oci import Platform
from explorer.sources.reading import plain_access
from explorer.store.cache import Caches
from tests.conformance.outcome import Opens
from tests.conformance.rows import ROWS
from tests.factory import image, layer_from_tar
from tests.integration import kernel
from tests.integration.engines import Umoci, started
from tests.integration.filesystem import differences, read_folder, read_image
from tests.integration.programs import ProgramFailed, need, run

pytestmark = pytest.mark.integration

TARS = "vbatts__tar-split/archive/tar/testdata"
# Python's tarfile reads these otherwise than Go, and so than Docker, containerd and umoci do.
NOT_FOR_PYTHON = {
    f"{TARS}/{name}.tar"
    for name in (
        "gnu-incremental", "gnu-multi-hdrs", "invalid-go17", "pax-global-records",
        "pax-multi-hdrs", "pax-nil-sparse-data", "pax-nil-sparse-hole",
    )
}  # fmt: skip
# GNU's own types of entries, which only GNU tar unpacks.
OF_GNU = (f"{TARS}/gnu-nil-sparse-data.tar", f"{TARS}/gnu-nil-sparse-hole.tar")
# What umoci 0.4 does not take, by what it says.
UMOCI_SAYS = (
    "unknown typeflag",
    "is not correct mediatype",
    "descriptor does not point to ispec.MediaTypeImageManifest",
)
IMAGES = [
    row
    for row in ROWS
    if isinstance(row, Opens) and None not in row.layers and "sparse-big" not in row.name
]


def opened(fixtures: Path, row: Opens) -> OpenImage:
    transport, colon, path = row.name.rpartition(":/")
    name = f"{transport}:{fixtures / path}" if colon else str(fixtures / path)
    return open_image(name, Platform.parse(row.wanted) if row.wanted else None)


def tars(found: OpenImage) -> list[bytes]:
    """The plain tars of all layers, lowest first."""
    accesses = [plain_access(layer.layer, found.caches) for layer in found.layers]
    return [access.read_at(0, access.size) for access in accesses]


def _name(row: Opens) -> str:
    return f"{row.name}@{row.wanted}" if row.wanted else row.name


@pytest.mark.parametrize("row", IMAGES, ids=_name)
def test_we_show_what_the_kernel_stacks(fixtures: Path, row: Opens) -> None:
    if reason := kernel.why_not():
        pytest.skip(reason)
    if row.name in NOT_FOR_PYTHON:
        return  # see below
    found = opened(fixtures, row)
    with kernel.overlay([BytesIO(tar) for tar in tars(found)]) as merged:
        assert differences(read_image(found), read_folder(merged)) == []


@pytest.mark.parametrize("row", IMAGES, ids=_name)
def test_we_show_what_umoci_unpacks(fixtures: Path, tmp_path: Path, row: Opens) -> None:
    need("umoci", "skopeo")
    found = opened(fixtures, row)
    umoci = Umoci(tmp_path)
    try:
        if _copied(found, tmp_path / "copy"):
            real = umoci.unpacked(tmp_path / "copy", "x", tmp_path / "bundle")
        else:
            real = umoci.filesystem(image(*map(layer_from_tar, tars(found))))
    except ProgramFailed as error:
        assert any(text in str(error) for text in UMOCI_SAYS), error
        return
    assert differences(read_image(found), real) == []


def _copied(found: OpenImage, layout: Path) -> bool:
    """Whether skopeo, too, finds its way to the image, and makes a layout of it for umoci."""
    about = found.image
    if about.transport == "rootfs":
        return False
    reference = f"{about.transport}:{about.location}"
    reference += f":{about.names[0]}" if about.names else ""
    platform = ["--override-os", about.platform.os, "--override-arch", about.platform.architecture]
    if about.platform.variant:
        platform += ["--override-variant", about.platform.variant]
    try:
        run("skopeo", *platform, "--insecure-policy", "copy", "-q", reference, f"oci:{layout}:x")
    except ProgramFailed:
        shutil.rmtree(layout, ignore_errors=True)
        return False
    return True


def test_we_read_headers_as_containerd_does(fixtures: Path) -> None:
    with started("containerd") as containerd:
        for name in sorted(NOT_FOR_PYTHON - {f"{TARS}/gnu-incremental.tar"}):
            real = containerd.filesystem(image(layer_from_tar((fixtures / name).read_bytes())))
            ours = read_image(open_image(str(fixtures / name)))
            assert (name, differences(ours, real)) == (name, [])


@pytest.mark.parametrize("name", OF_GNU)
def test_we_read_gnus_own_entries_as_gnu_tar_does(
    fixtures: Path, tmp_path: Path, caches: Caches, name: str
) -> None:
    need("tar")
    folder = tmp_path / "root"
    folder.mkdir()
    run("tar", "-C", folder, "--same-owner", "--numeric-owner", "-p", "-xf", fixtures / name)
    ours = read_image(open_image(str(fixtures / name), caches=caches))
    assert differences(ours, read_folder(folder)) == []
