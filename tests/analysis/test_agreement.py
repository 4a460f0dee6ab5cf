"""Timelines, changes, merged views and waste of random images agree with each other."""

from __future__ import annotations

from hypothesis import given, settings

from explorer.analysis.compare import compare_images
from explorer.analysis.timeline import timeline
from explorer.analysis.waste import measure_waste
from explorer.filesystem.entry import Change
from explorer.filesystem.state import compare
from tests.factory import reference
from tests.factory.strategies import layer_stacks
from tests.stacks import open_stack

everything = layer_stacks(implicit_parents=True, awkward=True)


@settings(max_examples=120, deadline=None)
@given(everything)
def test_a_timeline_says_of_each_layer_what_its_changes_say(layers: reference.Stack) -> None:
    image = open_stack(layers)
    for node in range(1, len(image.stack.trie)):
        versions = {version.layer: version for version in timeline(image, node)}
        for layer in range(len(layers)):
            row = image.changes(layer).row(node)
            assert (layer in versions) == (row is not None)
            if row is not None:
                assert versions[layer].change == image.changes(layer).kinds[row]
                assert versions[layer].what == image.changes(layer).what(row)


@settings(max_examples=120, deadline=None)
@given(everything)
def test_the_last_version_of_a_timeline_is_what_is_visible(layers: reference.Stack) -> None:
    image = open_stack(layers)
    for node in range(1, len(image.stack.trie)):
        for upto in range(len(layers)):
            so_far = [v for v in timeline(image, node) if v.layer <= upto]
            state = image.state(upto)
            if not so_far or so_far[-1].change is Change.REMOVED:
                assert node not in state
            else:
                assert int(state.visible[node]) == so_far[-1].provider
                assert state.entry(node) == so_far[-1].entry


@settings(max_examples=120, deadline=None)
@given(everything)
def test_waste_is_what_is_stored_less_what_is_visible(layers: reference.Stack) -> None:
    waste = measure_waste(open_stack(layers))
    assert waste.wasted == sum(path.bytes for path in waste.paths)
    assert waste.wasted == sum(layer.bytes for layer in waste.layers)
    assert waste.wasted == waste.stored - reference.visible_bytes(reference.merged(layers))
    for layer in waste.layers:
        assert layer.bytes == sum(size for _, size in layer.by)


@settings(max_examples=60, deadline=None)
@given(everything, everything)
def test_two_images_compare_as_their_trees_do(a: reference.Stack, b: reference.Stack) -> None:
    difference = compare_images(open_stack(a), open_stack(b))
    left, right = reference.merged(a), reference.merged(b)
    left.pop(b"", None)
    right.pop(b"", None)
    wanted = {
        path: change.kind for path, change in reference.differences(left, right).items() if path
    }
    changes = difference.changes
    found = {
        changes.stack.trie.path(node)[1:]: Change(kind).word
        for node, kind in zip(changes.nodes.tolist(), changes.kinds.tolist(), strict=True)
        if kind and node
    }
    assert found == wanted
    for row in range(len(changes)):
        new = difference.new(row)
        assert new is None or 0 <= new.layer < len(b)


@settings(max_examples=60, deadline=None)
@given(everything)
def test_an_image_does_not_differ_from_itself(layers: reference.Stack) -> None:
    image, again = open_stack(layers), open_stack(layers, compressed=True)
    assert not compare_images(image, again).changes.kinds.any()
    assert not compare(image.stack, image.final, image.final).kinds.any()
