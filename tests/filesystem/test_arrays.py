"""Array operations of our own do what numpy's do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.filesystem.arrays import distinct


@given(st.lists(st.integers(0, 20)))
def test_distinct_values_rise_and_come_once(values: list[int]) -> None:
    assert distinct(np.array(values, np.int64)).tolist() == sorted(set(values))


@pytest.mark.parametrize("kind", [np.uint32, np.int64, np.uint64])
def test_distinct_values_keep_their_kind(kind: type[np.generic]) -> None:
    assert distinct(np.array([3, 1, 3], kind)).dtype == kind
