"""Previews beside what BuildKit itself builds: every rule, and every public case on scratch."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.analysis.opened import open_image
from explorer.store.cache import Caches
from tests.build.preview.buildah import Built, foretold, settings_of
from tests.build.preview.buildkit import BuildKit, buildkit
from tests.build.preview.cases import Case, cases
from tests.build.preview.rules import COMMON, FOR_BUILDKIT, context
from tests.integration.filesystem import Filesystem, differences, read_image
from tests.integration.programs import ProgramFailed

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BuildKit]:
    """A daemon for all cases."""
    with buildkit(tmp_path_factory.mktemp("buildkit") / "state") as found:
        yield found


def built(program: BuildKit, folder: Path, dockerfile: Path, caches: Caches) -> Built:
    """What it makes of a Dockerfile."""
    try:
        archive = program.build(folder, dockerfile, folder.parent / "built.tar")
    except ProgramFailed as error:
        return Built(None, failed=str(error))
    image = open_image(f"oci-archive:{archive}", caches=caches)
    config = json.loads(image.image.config_json).get("config", {})
    return Built(read_image(image), settings_of(config))


def comparable(real: Filesystem, ours: Filesystem) -> Filesystem:
    """The same without the times of files that are made as the build runs.

    Nor with extended attributes: the files have them as BuildKit builds, but of what it exports
    only ``security.capability`` does.
    """
    undated = {path for path, seen in ours.paths.items() if seen.mtime == 0}
    paths = {p: replace(s, mtime=0) if p in undated else s for p, s in real.paths.items()}
    for path, seen in ours.paths.items():
        if path in paths and not any(n == b"security.capability" for n, _ in seen.xattrs):
            paths[path] = replace(paths[path], xattrs=seen.xattrs)
    return Filesystem(paths, real.links)


def test_every_rule_is_buildkits(program: BuildKit, tmp_path: Path, caches: Caches) -> None:
    folder = context(tmp_path / "context")
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(COMMON + FOR_BUILDKIT)
    ours = foretold(folder, dockerfile, caches)
    real = built(program, folder, dockerfile, caches)
    assert ours.filesystem is not None, ours.failed
    assert real.filesystem is not None, real.failed
    theirs = comparable(real.filesystem, ours.filesystem)
    found = differences(ours.filesystem, theirs, 100)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("case", [c for c in cases() if not c.images], ids=str)
def test_a_public_case_is_buildkits(
    case: Case, program: BuildKit, tmp_path: Path, caches: Caches
) -> None:
    folder, dockerfile = case.prepare(tmp_path)
    text = dockerfile.read_text()
    if text.startswith("# syntax="):  # another frontend would be fetched
        dockerfile.write_text(text.partition("\n")[2])
    ours = foretold(folder, dockerfile, caches)
    real = built(program, folder, dockerfile, caches)
    assert (ours.filesystem is None) == (real.filesystem is None), (ours.failed, real.failed)
    if ours.filesystem is not None and real.filesystem is not None:
        assert differences(ours.filesystem, comparable(real.filesystem, ours.filesystem)) == []
        assert ours.settings == real.settings
