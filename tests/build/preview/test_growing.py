"""A stack that grows by a layer is the stack that all of them make at once."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings

from explorer.build.preview.growing import grown
from explorer.build.preview.inserting import insert
from explorer.filesystem.stack import Stack
from tests.factory import file, reference
from tests.factory.strategies import layer_stacks
from tests.stacks import open_stack

_relaxed = settings(
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def _assert_equal(ours: Stack, whole: Stack) -> None:
    assert list(ours.trie.paths(range(len(ours.trie)))) == list(
        whole.trie.paths(range(len(whole.trie)))
    )
    for name in ("parent", "end"):
        assert np.array_equal(getattr(ours.trie, name), getattr(whole.trie, name)), name
    for mine, theirs in zip(ours.trie.placed, whole.trie.placed, strict=True):
        assert np.array_equal(mine, theirs)
    for delta, other in zip(ours.deltas, whole.deltas, strict=True):
        assert np.array_equal(delta.nodes, other.nodes)
        assert np.array_equal(delta.before, other.before)
        assert np.array_equal(delta.after, other.after)
    for marks, others in zip(ours.marks, whole.marks, strict=True):
        assert np.array_equal(marks.whiteouts, others.whiteouts)
        assert np.array_equal(marks.opaques, others.opaques)
    assert ours.effects == whole.effects
    assert ours.bound == whole.bound
    assert ours.problems == whole.problems


@_relaxed
@given(layer_stacks(implicit_parents=True))
def test_each_layer_put_on_top_gives_the_stack_of_all(layers: reference.Stack) -> None:
    image = open_stack(layers)
    indexes = [layer.index for layer in image.layers]
    stack = Stack(indexes[:1], image.contents)
    for count, index in enumerate(indexes[1:], start=2):
        stack = grown(stack, index, image.contents)
        _assert_equal(stack, Stack(indexes[:count], image.contents))


def test_a_layer_that_shares_many_paths_is_stacked_from_scratch() -> None:
    entries = tuple(file(f"d/{number:04}", b"") for number in range(3000))
    image = open_stack((entries, entries))
    lower, upper = (layer.index for layer in image.layers)
    assert lower is not None
    assert upper is not None
    below = Stack([lower], image.contents)
    assert insert(below.trie, upper) is None
    _assert_equal(grown(below, upper, image.contents), Stack([lower, upper], image.contents))
