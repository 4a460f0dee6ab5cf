"""What our engine builds beside what Debian's buildah builds, for every public case."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build.engines.building import need_a_sandbox
from tests.build.engines.expected import DIFFERENCES, NOT_HERE
from tests.build.engines.table import row, running_cases
from tests.build.preview.cases import FOLDER, Case, cases
from tests.integration.programs import need

_CASES = [*cases(), *running_cases()]


@pytest.mark.skipif(not _CASES, reason=f"{FOLDER.name} is not here")
@pytest.mark.integration
@pytest.mark.parametrize("case", _CASES, ids=str)
def test_the_engine_builds_what_buildah_builds(case: Case, tmp_path: Path) -> None:
    need("buildah")
    if reason := NOT_HERE.get(case.name):
        pytest.skip(reason)
    if case.raw["uses_run"]:
        need_a_sandbox()
    found = row(case, tmp_path)
    if case.name in DIFFERENCES:
        assert found.verdict == "explained", "the two agree: strike it from the list"
    else:
        assert found.verdict == "equal", found.lines
