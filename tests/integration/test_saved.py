"""What we save and keep, other programs read: the same files, the same digests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from explorer.analysis.opened import load_image, open_image, source_of
from explorer.oci import Reference
from explorer.store.images import ImageStore
from explorer.transfer.layers import Packing
from explorer.transfer.load import load
from explorer.transfer.save import Format, save
from tests.conftest import PROJECT
from tests.integration.engines import Docker, Podman, started
from tests.integration.filesystem import differences, read_image
from tests.integration.programs import need, run

pytestmark = pytest.mark.integration

NAME = "layerscope.example/tour:1.0"


@pytest.fixture
def filled(store: ImageStore) -> ImageStore:
    load(source_of(str(PROJECT / "resources" / "sample.tar")), store)
    return store


def saved(folder: Path, form: Format, packing: Packing | None) -> tuple[Path, str]:
    path = folder / "saved"
    done = save([(load_image(NAME), [Reference.parse(NAME)])], path, form, packing=packing)
    return path, str(done.descriptors[0].digest)


@pytest.mark.parametrize("packing", [None, "gzip"])
def test_docker_loads_what_we_save(
    filled: ImageStore, tmp_path: Path, packing: Packing | None
) -> None:
    path, _ = saved(tmp_path, "docker-archive", packing)
    with started("docker") as engine:
        assert isinstance(engine, Docker)
        assert NAME in engine.docker("load", "-i", path)
        (about,) = json.loads(engine.docker("image", "inspect", NAME))
        assert about["Id"] == str(load_image(NAME).image_id)
        assert not differences(read_image(open_image(NAME)), engine.loaded(NAME))


@pytest.mark.parametrize(
    ("form", "packing"),
    [("docker-archive", None), ("oci-archive", "gzip"), ("oci-archive", "zstd")],
)
def test_podman_loads_what_we_save(
    filled: ImageStore, tmp_path: Path, form: Format, packing: Packing | None
) -> None:
    path, _ = saved(tmp_path, form, packing)
    with started("podman-vfs") as engine:
        assert isinstance(engine, Podman)
        assert not differences(read_image(open_image(NAME)), engine.loaded(path, NAME))


@pytest.mark.parametrize("form", ["docker-archive", "oci-archive", "oci"])
@pytest.mark.parametrize("packing", [None, "gzip", "zstd"])
def test_skopeo_reads_what_we_save(
    filled: ImageStore, tmp_path: Path, form: Format, packing: Packing | None
) -> None:
    need("skopeo", root=False)
    path, digest = saved(tmp_path, form, packing)
    copy = tmp_path / "copy"
    run("skopeo", "copy", "--preserve-digests", f"{form}:{path}", f"dir:{copy}")
    if form != "docker-archive":  # which has no manifest of its own
        assert str(load_image(str(path)).digest) == digest
    theirs = json.loads((copy / "manifest.json").read_bytes())
    assert theirs["config"]["digest"] == str(load_image(NAME).image_id)


def test_skopeo_reads_the_store_itself(filled: ImageStore, tmp_path: Path) -> None:
    need("skopeo", root=False)
    name = f"oci:{filled.layout.root}:{NAME}"
    about = json.loads(run("skopeo", "inspect", name))
    assert about["Digest"] == str(filled.find(NAME).digest)
