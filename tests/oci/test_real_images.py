"""Manifests and configurations of real images, as their builders wrote them."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.errors import DamagedImage
from explorer.oci.base import base_boundary
from explorer.oci.config import ImageConfig, chain_ids
from explorer.oci.digest import Digest
from explorer.oci.docker_manifest import parse_docker_manifest
from explorer.oci.manifest import ImageIndex, Manifest, parse_manifest
from explorer.oci.platform import Platform
from explorer.oci.process import effective_process
from explorer.oci.steps import steps

LAYOUTS = [
    "docker-library__busybox/busybox-musl-amd64",
    "docker-library__busybox/busybox-musl-arm64v8",
    "regclient__regclient/testdata/testrepo",
    "regclient__regclient/testdata/external",
    "google__go-containerregistry/pkg/v1/layout/testdata/test_index",
    "google__go-containerregistry/pkg/v1/layout/testdata/test_gc_index",
    "google__go-containerregistry/pkg/v1/layout/testdata/test_index_media_type",
    "google__go-containerregistry/pkg/v1/layout/testdata/test_index_one_image",
    "chainguard-dev__apko/internal/cli/testdata/top_image",
    "buildpacks__imgutil/layout/testdata/layout/busybox",
    "anchore__stereoscope/pkg/image/oci/testdata/multiplatform_oci_dir",
]

ARTIFACTS = {
    "regclient__regclient/testdata/external",
    "google__go-containerregistry/pkg/v1/layout/testdata/test_index_media_type",
}


def _documents(layout: Path) -> Iterator[tuple[bytes, Manifest | ImageIndex]]:
    """Every manifest and index that can be reached, each once."""
    waiting = [(layout / "index.json").read_bytes()]
    seen = set()
    while waiting:
        data = waiting.pop()
        found = parse_manifest(data)
        yield data, found
        for entry in found.manifests if isinstance(found, ImageIndex) else ():
            blob = layout / entry.digest.blob_path
            if entry.digest not in seen and blob.is_file() and entry.media_type.endswith("+json"):
                seen.add(entry.digest)
                waiting.append(blob.read_bytes())


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_document_of_a_layout_is_read_without_a_problem(fixtures: Path, name: str) -> None:
    layout = fixtures / name
    documents = [found for _, found in _documents(layout)]
    assert len(documents) > 1
    for found in documents:
        assert not [text for text in found.problems if "schemaVersion" not in text]
        assert parse_manifest(found.encode()) == found


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_configuration_fits_its_layers(fixtures: Path, name: str) -> None:
    layout = fixtures / name
    manifests = [found for _, found in _documents(layout) if isinstance(found, Manifest)]
    images = [found for found in manifests if found.is_image]
    assert bool(images) is (name not in ARTIFACTS)
    for image in images:
        blob = layout / image.config.digest.blob_path
        if not blob.is_file():
            continue
        data = blob.read_bytes()
        image.config.digest.verify(data)
        config = ImageConfig.parse(data)
        assert config.problems == ()
        assert len(config.rootfs_diff_ids) == len(image.layers)
        assert len(chain_ids(config.rootfs_diff_ids)) == len(image.layers)
        if config.history:
            assert all(step.sure for step in steps(config.history, len(image.layers)))


def test_busybox_is_what_it_is_known_to_be(fixtures: Path) -> None:
    layout = fixtures / "docker-library__busybox/busybox-musl-arm64v8"
    config = ImageConfig.parse((layout / "image-config.json").read_bytes())
    assert str(config.platform) == "linux/arm64/v8"
    assert config.platform.matches(Platform("linux", "arm64"))
    assert effective_process(config).argv == ("sh",)
    (step, *_) = steps(config.history, len(config.rootfs_diff_ids))
    assert step.instruction.summary.startswith("BusyBox 1.37")


def test_an_index_of_several_platforms_gives_the_one_asked_for(fixtures: Path) -> None:
    layout = fixtures / "regclient__regclient/testdata/testrepo"
    found = parse_manifest((layout / "index.json").read_bytes())
    assert isinstance(found, ImageIndex)
    first = next(entry for entry in found.manifests if entry.ref_name == "v1")
    inner = parse_manifest((layout / first.digest.blob_path).read_bytes())
    assert isinstance(inner, ImageIndex)
    chosen = inner.select(Platform.parse("linux/arm64/v8"))
    assert chosen is not None
    assert str(chosen.platform).startswith("linux/arm64")


def _archive(path: Path) -> tuple[ImageConfig, int]:
    """The configuration of the first image of a ``docker save`` archive, and its layer count."""
    with tarfile.open(path) as archive:
        member = archive.extractfile("manifest.json")
        assert member is not None
        item = parse_docker_manifest(member.read())[0]
        member = archive.extractfile(item.config)
        assert member is not None
        return ImageConfig.parse(member.read()), len(item.layers)


@pytest.mark.parametrize("name", ["test-docker-image.tar", "test-kaniko-image.tar"])
def test_fourteen_layers_on_a_busybox_of_one(fixtures: Path, name: str) -> None:
    config, layers = _archive(fixtures / "wagoodman__dive/.data" / name)
    found = steps(config.history, layers)
    assert layers == 14
    assert len(found) == 15
    assert all(step.sure for step in found)
    assert found[3].instruction.text == "RUN mkdir -p /root/example/really/nested"
    boundary = base_boundary(found)
    assert boundary is not None
    assert (boundary.layer_count, boundary.step) == (1, 2)


def test_docker_25_saves_an_index_without_manifests_beside_a_sound_list(fixtures: Path) -> None:
    path = fixtures / "google__go-containerregistry/pkg/v1/tarball/testdata/hello-world-v25.tar"
    with tarfile.open(path) as archive:
        member = archive.extractfile("index.json")
        assert member is not None
        index = parse_manifest(member.read())
    assert isinstance(index, ImageIndex)
    assert index.manifests == ()
    config, layers = _archive(path)
    assert layers == 1
    assert effective_process(config).argv == ("/hello",)


def test_a_list_of_images_that_is_null_is_refused(fixtures: Path) -> None:
    path = fixtures / "google__go-containerregistry/pkg/v1/tarball/testdata/null_manifest.tar"
    with pytest.raises(DamagedImage, match="lists no image"):
        _archive(path)


def test_a_manifest_is_known_by_the_digest_of_its_bytes(fixtures: Path) -> None:
    layout = fixtures / "docker-library__busybox/busybox-musl-amd64"
    data = (layout / "image-manifest.json").read_bytes()
    index = parse_manifest((layout / "index.json").read_bytes())
    assert isinstance(index, ImageIndex)
    assert index.manifests[0].digest == Digest.of(data)
