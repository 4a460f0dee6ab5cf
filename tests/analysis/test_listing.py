"""Listings agree with the states and layers they list, whatever the layers hold."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings

from explorer.analysis.bulk import entries, layer_numbers
from explorer.analysis.listing import changed, merged, own
from explorer.filesystem.entry import Change, EntryType
from explorer.filesystem.providers import NOTHING
from tests.factory import reference
from tests.factory.strategies import layer_stacks
from tests.stacks import open_stack

everything = layer_stacks(implicit_parents=True, awkward=True)
few = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@few
@given(everything)
def test_entries_in_bulk_are_those_one_by_one(layers: reference.Stack) -> None:
    image = open_stack(layers)
    stack = image.stack
    for layer in range(len(layers)):
        state = image.state(layer)
        nodes = state.nodes()
        providers = state.visible[nodes]
        one_by_one = [
            stack.entry(node, provider)
            for node, provider in zip(nodes.tolist(), providers.tolist(), strict=True)
        ]
        assert list(entries(stack, nodes, providers)) == one_by_one
        numbers = [stack.provider_layer(provider) for provider in providers.tolist()]
        assert layer_numbers(stack, providers).tolist() == numbers


@few
@given(everything)
def test_a_recursive_listing_is_the_state_without_its_root(layers: reference.Stack) -> None:
    image = open_stack(layers)
    for layer in range(len(layers)):
        state = image.state(layer)
        rows = list(merged(image, layer, b"/", recursive=True))
        nodes = state.nodes()[1:]
        assert [row.entry.path for row in rows] == [image.stack.trie.path(n) for n in nodes]
        assert [row.links for row in rows] == [state.links(node) for node in nodes]
        changes = image.changes(layer)
        assert [row.change for row in rows] == [changes.kind(node) for node in nodes]


@few
@given(everything)
def test_listing_each_directory_gives_the_recursive_listing(layers: reference.Stack) -> None:
    image = open_stack(layers)
    top = image.top
    everything = {row.entry.path for row in merged(image, top, b"/", recursive=True)}
    pending, found = [b"/"], set[bytes]()
    while pending:
        for row in merged(image, top, pending.pop(), recursive=False):
            found.add(row.entry.path)
            if row.entry.is_dir:
                pending.append(row.entry.path)
    assert found == everything


@few
@given(everything)
def test_changes_lead_from_one_state_to_the_next(layers: reference.Stack) -> None:
    image = open_stack(layers)
    for layer in range(len(layers)):
        before = {image.stack.trie.path(node) for node in image.state(layer - 1).nodes()}
        after = {image.stack.trie.path(node) for node in image.state(layer).nodes()}
        rows = list(changed(image, layer, b"/"))
        kinds = {row.entry.path: row.change for row in rows}
        assert {path for path, kind in kinds.items() if kind is Change.ADDED} == after - before
        assert {path for path, kind in kinds.items() if kind is Change.REMOVED} == before - after
        assert Change.UNCHANGED not in kinds.values()
        for row in rows:
            assert row.entry.layer == layer
            assert (row.stored_in is not None) == (row.change is Change.REMOVED)


@few
@given(everything)
def test_own_entries_are_those_that_stand_at_the_end_of_the_layer(
    layers: reference.Stack,
) -> None:
    image = open_stack(layers)
    for number, layer in enumerate(image.layers):
        assert layer.index is not None
        live = np.flatnonzero(layer.index.live).tolist()
        expected = sorted(
            (layer.index.path(int(layer.index.node[row])), int(layer.index.type[row]))
            for row in live
        )
        rows = list(own(image, number, b"/", recursive=True))
        assert sorted((row.entry.path, int(row.entry.type)) for row in rows) == expected
        below = image.state(number - 1)
        for row in rows:
            if row.entry.type is EntryType.WHITEOUT:
                node = image.stack.trie.find(row.entry.path)
                assert node is not None
                hid = below.visible[node] != NOTHING
                assert row.change is (Change.REMOVED if hid else Change.UNCHANGED)


@few
@given(everything)
def test_a_level_of_a_layer_leads_to_all_its_entries(layers: reference.Stack) -> None:
    image = open_stack(layers)
    for number in range(len(layers)):
        everything = {
            (row.entry.path, row.entry.type)
            for row in own(image, number, b"/", recursive=True)
            if row.entry.path != b"/" or row.entry.type is not EntryType.DIR
        }
        pending, found = [b"/"], set[tuple[bytes, EntryType]]()
        while pending:
            for row in own(image, number, pending.pop(), recursive=False):
                if not row.entry.implicit:
                    found.add((row.entry.path, row.entry.type))
                if row.entry.is_dir and row.entry.path != b"/":
                    pending.append(row.entry.path)
        assert found == everything
