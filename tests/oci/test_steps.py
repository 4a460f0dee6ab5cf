"""History and layers stand side by side, and nothing is invented where they do not fit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from explorer.oci.config import History
from explorer.oci.steps import Step, steps


def _history(text: str) -> list[History]:
    """``L`` makes a layer, ``-`` does not."""
    return [
        History(created_by=f"RUN {position}", empty_layer=mark == "-")
        for position, mark in enumerate(text)
    ]


def _pairs(found: tuple[Step, ...]) -> list[tuple[int | None, int | None]]:
    return [(step.index, step.layer) for step in found]


def test_empty_layers_interleave() -> None:
    found = steps(_history("L-L--L"), 3)
    assert _pairs(found) == [(0, 0), (1, None), (2, 1), (3, None), (4, None), (5, 2)]
    assert all(step.sure for step in found)
    assert found[2].created_by == "RUN 2"
    assert found[2].instruction.text == "RUN 2"


def test_without_history_every_layer_stands_alone() -> None:
    found = steps([], 2)
    assert _pairs(found) == [(None, 0), (None, 1)]
    assert [step.instruction.summary for step in found] == ["not recorded", "not recorded"]
    assert not any(step.sure for step in found)
    assert found[0].created_by == ""


def test_a_short_history_leaves_the_topmost_layers_unknown() -> None:
    found = steps(_history("L-"), 3)
    assert _pairs(found) == [(0, 0), (1, None), (None, 1), (None, 2)]
    assert not any(step.sure for step in found)


def test_a_long_history_ends_without_layers() -> None:
    found = steps(_history("LLL-"), 1)
    assert _pairs(found) == [(0, 0), (1, None), (2, None), (3, None)]
    assert not any(step.sure for step in found)


def test_a_writer_that_never_marks_empty_layers_is_understood_where_the_numbers_fit() -> None:
    history = [History(created_by=text) for text in ("ADD x /", "ENV A=b", "RUN make", 'CMD ["x"]')]
    assert _pairs(steps(history, 2)) == [(0, 0), (1, None), (2, 1), (3, None)]
    assert not any(step.sure for step in steps(history, 2))
    assert _pairs(steps(history, 3)) == [(0, 0), (1, 1), (2, 2), (3, None)]


def test_an_image_of_nothing_has_no_steps() -> None:
    assert steps([], 0) == ()


@given(st.text(st.sampled_from("L-"), max_size=12), st.integers(0, 12))
def test_every_entry_and_every_layer_occurs_once_and_in_order(text: str, layers: int) -> None:
    found = steps(_history(text), layers)
    assert [step.index for step in found if step.index is not None] == list(range(len(text)))
    assert [step.layer for step in found if step.layer is not None] == list(range(layers))
    assert all(step.sure for step in found) or text.count("L") != layers
