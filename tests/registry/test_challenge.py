"""What a server asks for, in the forms that servers write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.registry.challenge import Challenge, parse_challenges


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('Basic realm="Registry"', [Challenge("basic", {"realm": "Registry"})]),
        (
            'Bearer realm="https://a.example/token",service="a, b",scope="repository:x:pull,push"',
            [
                Challenge(
                    "bearer",
                    {
                        "realm": "https://a.example/token",
                        "service": "a, b",
                        "scope": "repository:x:pull,push",
                    },
                )
            ],
        ),
        ("BEARER Realm=abc , Service=d", [Challenge("bearer", {"realm": "abc", "service": "d"})]),
        (
            'Negotiate, Basic realm="a \\"b\\""',
            [Challenge("negotiate"), Challenge("basic", {"realm": 'a "b"'})],
        ),
        (
            'Negotiate YWJj==, Bearer realm="x"',
            [Challenge("negotiate"), Challenge("bearer", {"realm": "x"})],
        ),
        ("", []),
        ('="', []),
        ('Basic realm="not closed', [Challenge("basic")]),
    ],
)
def test_reads_challenges_as_servers_write_them(header: str, expected: list[Challenge]) -> None:
    found = parse_challenges([header])
    assert [(c.scheme, c.parameters) for c in found[: len(expected)]] == [
        (c.scheme, c.parameters) for c in expected
    ]


def test_several_headers_are_several_challenges() -> None:
    found = parse_challenges(['Basic realm="a"', 'Bearer realm="b"'])
    assert [c.scheme for c in found] == ["basic", "bearer"]


@given(st.text(alphabet='aB ="\\,;\t/~\x00é', max_size=200))
def test_no_header_is_too_strange(header: str) -> None:
    assert all(challenge.scheme for challenge in parse_challenges([header]))
