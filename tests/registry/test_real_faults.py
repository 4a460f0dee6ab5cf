"""Some of what ``python -m tests.registry.faulty`` does by the hundred."""

from __future__ import annotations

import pytest

from tests.registry.faulty.__main__ import table, transfers

SEED = 1


@pytest.mark.slow
def test_transfers_through_a_failing_proxy_end_whole_or_say_why() -> None:
    pulls, pushes = transfers(12, 12, SEED)  # raises for one that does neither
    assert (pulls.all, pushes.all) == (12, 12), table([pulls, pushes], SEED)
    assert pulls.whole >= 6
    assert pushes.whole >= 6
    assert pulls.again == pushes.again == 0
