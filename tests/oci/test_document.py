"""JSON that may have been written to do harm is read within bounds, or refused with a reason."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import DamagedImage, LimitExceeded
from explorer.oci.document import (
    MAX_DEPTH,
    MAX_DOCUMENT,
    encode,
    load,
    load_object,
)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"{", "not valid JSON at line 1, column 2"),
        (b'{"a": 1} trailing', "not valid JSON"),
        (b"NaN", "NaN is not a JSON number"),
        (b'{"a": -Infinity}', "-Infinity is not a JSON number"),
        (b'{"a": 1e999}', "out of range"),
        (b"[" + b"9" * 500 + b"]", "too many digits"),
        (b"\x00\x01\x02", "not valid JSON"),
        (b"\x1f\x8b\x08", "not valid JSON"),
    ],
)
def test_what_is_not_json_is_refused_with_the_reason(data: bytes, why: str) -> None:
    with pytest.raises(DamagedImage) as caught:
        load(data, "manifest")
    assert why in caught.value.why
    assert caught.value.what == "The manifest cannot be read"
    assert caught.value.hint


def test_a_document_beyond_the_limit_is_not_even_parsed() -> None:
    with pytest.raises(LimitExceeded, match="too large"):
        load(b" " * (MAX_DOCUMENT + 1), "manifest")


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
@pytest.mark.parametrize("depth", [MAX_DEPTH + 2, 100_000])
def test_deep_nesting_is_refused(opening: bytes, depth: int) -> None:
    closing = b"]" if opening == b"[" else b"}"
    with pytest.raises(LimitExceeded, match="nested too deeply"):
        load(opening * depth + b"1" + closing * depth, "manifest")


def test_unclosed_deep_nesting_is_refused() -> None:
    with pytest.raises(DamagedImage):
        load(b"[" * 1_000_000, "manifest")


def test_nesting_up_to_the_limit_is_read_and_many_shallow_brackets_do_not_count() -> None:
    assert load(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, "manifest")
    assert len(load(b"[" + b"[]," * 1000 + b"[]]", "manifest")) == 1001


def test_the_last_of_equal_keys_wins_as_in_go() -> None:
    assert load_object(b'{"a": 1, "a": 2}', "manifest") == {"a": 2}


def test_a_byte_order_mark_is_passed_over() -> None:
    assert load_object(b"\xef\xbb\xbf{}", "manifest") == {}


@pytest.mark.parametrize("data", [b'{"a": "\xff"}', b'{"a": "\\ud800"}', b'{"a": "\\uDFFF"}'])
def test_every_string_read_can_be_encoded(data: bytes) -> None:
    assert load_object(data, "manifest") == {"a": "\N{REPLACEMENT CHARACTER}"}


def test_escaped_surrogates_are_replaced_in_keys_and_lists_too() -> None:
    value = load(b'{"\\ud800": ["\\udc00", 1]}', "manifest")
    assert json.dumps(value, ensure_ascii=False).encode()


def test_a_pair_of_escaped_surrogates_is_one_character() -> None:
    assert load_object(b'{"a": "\\ud83d\\ude00"}', "x") == {"a": "\N{GRINNING FACE}"}


@pytest.mark.parametrize(("data", "kind"), [(b"null", "null"), (b"[]", "a list"), (b"1", "number")])
def test_an_object_is_asked_for_by_name(data: bytes, kind: str) -> None:
    with pytest.raises(DamagedImage, match=kind):
        load_object(data, "manifest")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


@given(_JSON)
def test_encoding_and_loading_is_the_identity(value: Any) -> None:
    try:
        data = encode(value)
    except UnicodeEncodeError:  # keys with surrogates are not JSON
        return
    assert load(data, "document") == value


@given(st.binary(max_size=200))
def test_no_bytes_whatever_raise_anything_but_a_damaged_image(data: bytes) -> None:
    try:
        load(data, "document")
    except DamagedImage as error:
        assert error.why
