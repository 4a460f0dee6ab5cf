"""Previews beside what Debian's buildah builds, for every public case that runs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.store.cache import Caches
from tests.build.preview.buildah import Buildah, buildah, foretold
from tests.build.preview.cases import FOLDER, Case, cases
from tests.build.preview.expected import DIFFERENCES, FILES
from tests.build.preview.table import compare
from tests.integration.programs import need

_CASES = cases()
_absent = pytest.mark.skipif(not _CASES, reason=f"{FOLDER.name} is not here")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Buildah]:
    """A buildah for all cases."""
    need("buildah")
    with buildah(tmp_path_factory.mktemp("buildah") / "store") as found:
        yield found


@_absent
@pytest.mark.integration
@pytest.mark.parametrize("case", _CASES, ids=str)
def test_a_preview_is_what_buildah_builds(
    case: Case, program: Buildah, tmp_path: Path, caches: Caches
) -> None:
    row = compare(case, program, tmp_path, caches)
    if case.name in DIFFERENCES:
        assert row.verdict == "explained", "the two agree: strike it from the list"
    else:
        assert row.verdict == "equal", row.lines


@_absent
@pytest.mark.parametrize("case", [c for c in _CASES if c.name in FILES], ids=str)
def test_what_buildah_cannot_tell_is_as_the_reference_says(
    case: Case, tmp_path: Path, caches: Caches
) -> None:
    context, dockerfile = case.prepare(tmp_path)
    built = foretold(context, dockerfile, caches)
    assert built.filesystem is not None, built.failed
    found = {p.decode() for p, seen in built.filesystem.paths.items() if seen.kind != "dir"}
    assert found == FILES[case.name]
