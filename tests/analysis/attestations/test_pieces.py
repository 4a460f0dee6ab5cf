"""A large document is parsed piece by piece to what the ordinary parser makes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.analysis.attestations import pieces
from explorer.analysis.attestations.pieces import load_large
from explorer.errors import DamagedImage, LimitExceeded
from explorer.oci.document import load

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=20,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "SMALL", -1)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(JSON, st.sampled_from([None, 1]))
def test_the_result_is_that_of_the_ordinary_parser(value: Any, indent: int | None) -> None:
    data = json.dumps(value, indent=indent).encode()
    assert load_large(data, "document") == load(data, "document")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet='{}[],:"\\ 1atrue', max_size=30))
def test_what_is_no_document_is_refused_alike(text: str) -> None:
    data = text.encode()
    try:
        expected = load(data, "document")
    except DamagedImage:
        with pytest.raises(DamagedImage):
            load_large(data, "document")
    else:
        assert load_large(data, "document") == expected


@pytest.mark.parametrize("text", ["[NaN]", '{"a":1e999}', "[" + "1" * 500 + "]", "", "[1] 2"])
def test_what_no_engine_takes_is_refused(text: str) -> None:
    with pytest.raises(DamagedImage):
        load_large(text.encode(), "document")


@pytest.mark.parametrize("levels", [150, 100_000])
def test_a_document_nested_without_end_is_refused(levels: int) -> None:
    with pytest.raises(LimitExceeded):
        load_large(b'{"a":' * levels + b"1" + b"}" * levels, "document")


def test_letters_that_cannot_be_printed_are_replaced() -> None:
    data = rb'{"a":{"b":{"c":{"d":["\ud800"]}}}, "\ud800": 1}'
    found = load_large(data, "document")
    json.dumps(found, ensure_ascii=False).encode()  # raises where one is left
