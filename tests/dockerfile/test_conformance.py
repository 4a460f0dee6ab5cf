"""The public tables of BuildKit and its matcher of ignore files hold."""

from __future__ import annotations

import pytest

from tests.dockerfile.conformance import Case, needs_conformance
from tests.dockerfile.suites import all_suites
from tests.dockerfile.table import results

CASES = [case for suite in all_suites() for case in suite.cases]


@needs_conformance
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_public_table(case: Case) -> None:
    if case.left_out:
        pytest.skip(case.left_out)
    case.run()


@needs_conformance
def test_no_public_table_is_empty() -> None:
    assert all(suite.cases for suite in all_suites())


@needs_conformance
def test_the_printed_table_counts_every_case() -> None:
    rows = results()
    assert sum(row.passed + len(row.failed) + len(row.left_out) for row in rows) == len(CASES)
    assert not any(row.failed for row in rows)
