"""A real Debian image, as we show it and as real programs unpack it."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from explorer.analysis.opened import OpenImage, open_image
from explorer.filesystem.entry import EntryType
from explorer.sources.reading import plain_access
from tests.integration import debian, kernel
from tests.integration.engines import Containerd, Docker, Podman, Umoci, started
from tests.integration.filesystem import Filesystem, differences, read_folder, read_image
from tests.integration.once import once
from tests.integration.programs import ProgramFailed, need, run

pytestmark = [pytest.mark.integration, pytest.mark.slow]


@pytest.fixture(scope="session")
def layout(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    need("mmdebstrap", "buildah", "umoci")

    def make(folder: Path) -> Path:
        try:
            base = debian.bootstrap(folder)
        except ProgramFailed as error:
            pytest.skip(f"no Debian can be had here: {error}")
        return debian.build(folder, base)

    return once(tmp_path_factory, request.config, "debian", make)


@pytest.fixture(scope="module")
def image(layout: Path) -> Iterator[OpenImage]:
    opened = open_image(f"oci:{layout}:{debian.TAG}", verify=True)
    yield opened
    opened.close(keep=False)


@pytest.fixture(scope="module")
def ours(image: OpenImage) -> Filesystem:
    return read_image(image)


@pytest.fixture
def archive(layout: Path, tmp_path: Path) -> Path:
    """The image in one file, as containerd and Podman load it."""
    need("skopeo", root=False)
    path = tmp_path / "image.tar"
    target = f"oci-archive:{path}:{debian.REFERENCE}"
    run("skopeo", "--insecure-policy", "copy", "-q", f"oci:{layout}:{debian.TAG}", target)
    return path


def test_it_is_a_debian_with_all_that_was_done_to_it(image: OpenImage, ours: Filesystem) -> None:
    """So that the comparisons below compare something."""
    assert len(image.layers) == 3
    assert [layer.verified for layer in image.layers] == [True] * 3
    assert image.problems == ()
    assert len(ours.paths) > 2000
    marks = [(len(marks.whiteouts), len(marks.opaques)) for marks in image.stack.marks]
    assert all(whiteouts for whiteouts, _ in marks[1:])
    assert any(opaques for _, opaques in marks[1:])
    assert ours.paths[b"usr/bin/id"].xattrs == ((b"security.capability", debian.CAPABILITY),)
    assert frozenset({b"usr/bin/id", b"usr/bin/id-again"}) in ours.links
    assert ours.paths[b"usr/bin/sixtyfour"].mode == 0o4755
    kinds = {entry.kind for entry in ours.paths.values()}
    assert kinds == {"file", "dir", "symlink", "fifo", "char"}
    assert image.state(1).entry(image.node("/srv/null")).type is EntryType.CHAR  # type: ignore[union-attr]


def test_umoci_unpacks_what_we_show(layout: Path, ours: Filesystem, tmp_path: Path) -> None:
    real = Umoci(tmp_path).unpacked(layout, debian.TAG, tmp_path / "bundle")
    assert differences(ours, real) == []


def test_the_kernel_stacks_what_we_show(image: OpenImage, ours: Filesystem) -> None:
    if reason := kernel.why_not():
        pytest.skip(reason)
    tars = [plain_access(layer.layer, image.caches, verified=True) for layer in image.layers]
    with kernel.overlay([BytesIO(tar.read_at(0, tar.size)) for tar in tars]) as merged:
        assert differences(ours, read_folder(merged)) == []


def test_docker_shows_what_we_show(layout: Path, ours: Filesystem, tmp_path: Path) -> None:
    need("skopeo", root=False)
    path = tmp_path / "docker.tar"
    target = f"docker-archive:{path}:{debian.REFERENCE}"
    run("skopeo", "--insecure-policy", "copy", "-q", f"oci:{layout}:{debian.TAG}", target)
    with started("docker") as docker:
        assert isinstance(docker, Docker)
        docker.docker("load", "-q", "-i", path)
        assert differences(ours, docker.loaded(debian.REFERENCE)) == []


def test_containerd_shows_what_we_show(archive: Path, ours: Filesystem) -> None:
    with started("containerd") as containerd:
        assert isinstance(containerd, Containerd)
        assert differences(ours, containerd.imported(archive, debian.REFERENCE)) == []


@pytest.mark.parametrize("driver", ["overlay", "vfs"])
def test_podman_shows_what_we_show(archive: Path, ours: Filesystem, driver: str) -> None:
    with started(f"podman-{driver}") as podman:
        assert isinstance(podman, Podman)
        assert differences(ours, podman.loaded(archive, debian.REFERENCE)) == []
