"""What BuildKit really puts beside an image is found and understood."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.analysis.attestations import Kind, Place, Reading, find_attached, read_attached
from explorer.analysis.manifests import open_shelf, read_tree
from explorer.analysis.manifests.tree import Kind as Branches
from tests.build.engines.others import buildkitd

pytestmark = pytest.mark.integration

DOCKERFILE = """\
FROM scratch
ARG VERSION=dev
ARG TARGETARCH
LABEL version=$VERSION
COPY hello /hello
COPY hello /${TARGETARCH}
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with buildkitd(tmp_path_factory.mktemp("buildkit")) as found:
        yield found


def built(address: str, folder: Path, provenance: str) -> str:
    """An image for two platforms, with provenance."""
    (folder / "Dockerfile").write_text(DOCKERFILE)
    (folder / "hello").write_text("hello\n")
    archive = folder / "made.tar"
    command = [
        *("buildctl", "--addr", address, "build", "--frontend", "dockerfile.v0"),
        *("--local", f"context={folder}", "--local", f"dockerfile={folder}"),
        *("--opt", "platform=linux/amd64,linux/arm64", "--opt", "build-arg:VERSION=1.2"),
        *("--opt", f"attest:provenance={provenance}", "--output", f"type=oci,dest={archive}"),
    ]
    done = subprocess.run(command, check=False, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()[-1000:]
    return str(archive)


def read_all(name: str) -> dict[str, Reading]:
    """The one document of each platform."""
    found: dict[str, Reading] = {}
    with open_shelf(name) as shelf:
        assert shelf is not None
        tree = read_tree(shelf)
        for image in tree.images():
            (document,) = find_attached(shelf, image.digest, tree).documents
            assert (document.kind, document.place) == (Kind.PROVENANCE, Place.INDEX)
            found[str(image.platform)] = read_attached(shelf, document)
        kinds = [branch.kind for branch in tree.walk()]
        assert kinds.count(Branches.IMAGE) == kinds.count(Branches.ATTESTATION) == 2
    return found


@pytest.mark.parametrize("version", ["v0.2", "v1"])
def test_provenance_in_full_tells_arguments_and_the_dockerfile(
    address: str, tmp_path: Path, version: str
) -> None:
    found = read_all(built(address, tmp_path, f"mode=max,version={version}"))
    assert set(found) == {"linux/amd64", "linux/arm64"}
    for reading in found.values():
        made = reading.provenance
        assert made is not None
        assert made.version == version.removeprefix("v")
        assert made.arguments == (("VERSION", "1.2"),)
        assert [file.text for file in made.sources] == [DOCKERFILE]
        assert made.started is not None
        assert made.finished is not None
        assert made.finished >= made.started
        assert reading.warnings == ()


def test_provenance_in_brief_has_no_dockerfile(address: str, tmp_path: Path) -> None:
    for reading in read_all(built(address, tmp_path, "mode=min")).values():
        assert reading.provenance is not None
        assert reading.provenance.sources == ()
