"""What is told of a command that prints too much: the beginning, how much is left out, the end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.build.engines.sandbox import clipped
from explorer.build.engines.sandbox.clipped import Clipped


@given(
    st.lists(st.tuples(st.sampled_from([1, 2]), st.binary(min_size=1, max_size=40)), max_size=30)
)
def test_the_beginning_and_the_end_are_told(pieces: list[tuple[int, bytes]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clipped, "LOG_LIMIT", 50)
        patch.setattr(clipped, "TAIL", 20)
        told: list[tuple[int, bytes]] = []
        output = Clipped(lambda stream, data: told.append((stream, data)))
        for stream, data in pieces:
            output(stream, data)
        output.end()
    every = [(stream, byte) for stream, data in pieces for byte in data]
    left_out = len(every) - 70
    said = [piece for piece in told if b"left out]" in piece[1]]
    shown = [(s, byte) for s, data in told if (s, data) not in said for byte in data]
    if left_out > 0:
        assert said == [(2, f"\n[{left_out:,} bytes of output left out]\n".encode())]
        assert shown == every[:50] + every[-20:]
    else:
        assert not said
        assert shown == every
