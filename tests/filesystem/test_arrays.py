"""Array operations of our own do what numpy's do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.filesystem.arrays import distinct, is_in


@given(st.lists(st.integers(0, 20)))
def test_distinct_values_rise_and_come_once(values: list[int]) -> None:
    assert distinct(np.array(values, np.int64)).tolist() == sorted(set(values))


@pytest.mark.parametrize("kind", [np.uint32, np.int64, np.uint64])
def test_distinct_values_keep_their_kind(kind: type[np.generic]) -> None:
    assert distinct(np.array([3, 1, 3], kind)).dtype == kind


@given(st.lists(st.integers(0, 20)), st.lists(st.integers(0, 20)))
def test_values_are_in_where_python_says_so(values: list[int], wanted: list[int]) -> None:
    found = is_in(np.array(values, np.int64), np.array(wanted, np.int64))
    assert found.tolist() == [value in wanted for value in values]


def test_values_are_in_however_far_apart_and_of_whatever_kind() -> None:
    values = np.array([0, 7, 2**40, 2**40 + 1], np.uint64)
    assert is_in(values, np.array([7, 2**40], np.int64)).tolist() == [False, True, True, False]
