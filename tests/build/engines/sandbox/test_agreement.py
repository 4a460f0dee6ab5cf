"""What a plan foretells is what a build does, over generated sequences of edits."""

from __future__ import annotations

import pytest

from tests.build.engines.sandbox.editing import sequences


def test_plans_and_builds_agree() -> None:
    tally = sequences(6)
    assert tally.steps["hit/hit"] and tally.steps["miss/miss"]


@pytest.mark.slow
@pytest.mark.fuzz
def test_plans_and_builds_agree_in_500_sequences() -> None:
    tally = sequences(500)
    assert tally.sequences == 500
