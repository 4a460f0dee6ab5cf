"""Searching all names at once finds what looking at each of them would."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.analysis.query.glob import Glob
from explorer.analysis.query.paths import PathPattern
from explorer.analysis.query.strings import Strings, occurrences
from explorer.analysis.query.text import Text
from tests.factory import directory, file
from tests.stacks import open_stack

names = st.lists(st.binary(max_size=6) | st.text("abAB.é", max_size=8).map(str.encode), max_size=12)


def strings(texts: list[bytes]) -> Strings:
    """Texts as a layer index keeps them."""
    at = np.cumsum([0, *map(len, texts)]).astype(np.uint32)
    return Strings(np.frombuffer(b"".join(texts), np.uint8), at)


def folded(text: bytes, *, fold: bool) -> bytes:
    """Small letters where case does not matter."""
    return text.lower() if fold else text


@given(
    names,
    st.binary(max_size=3) | st.sampled_from([b"a", b"ab", b"B.", "é".encode()]),
    st.booleans(),
)
def test_texts_are_found_in_names_and_never_across_two(
    texts: list[bytes], wanted: bytes, fold: bool
) -> None:
    found = strings(texts)
    small = folded(wanted, fold=fold)
    named = [folded(text, fold=fold) for text in texts]
    asked = {
        found.containing: [small in text for text in named],
        found.starting: [text.startswith(small) for text in named],
        found.ending: [text.endswith(small) for text in named],
        found.equal: [text == small for text in named],
    }
    for question, answers in asked.items():
        assert question(small, fold=fold).tolist() == np.flatnonzero(answers).tolist()


def test_a_text_is_found_where_the_pieces_that_are_searched_meet() -> None:
    data = bytearray(3 << 20)
    for place in ((1 << 20) - 1, (1 << 20) - 2, 1 << 20, (2 << 20) - 3, len(data) - 3):
        data[place : place + 3] = b"xyz"
    found = occurrences(np.frombuffer(data, np.uint8), b"xyz", fold=False)
    assert found.tolist() == [match.start() for match in re.finditer(b"xyz", data)]


@given(names, st.text("ab.*?A", max_size=6))
def test_patterns_of_stars_and_question_marks_match_as_their_definition_says(
    texts: list[bytes], pattern: str
) -> None:
    glob = Glob.parse(Text(pattern))
    source = "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern)
    flags = re.DOTALL | re.ASCII | (re.IGNORECASE if pattern == pattern.lower() else 0)
    expected = [
        number
        for number, text in enumerate(texts)
        if re.fullmatch(source, text.decode("utf-8", "surrogateescape"), flags)
    ]
    assert glob.select(strings(texts)).tolist() == expected


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("[abc]x", b"bx", b"dx"),
        ("[!abc]x", b"dx", b"bx"),
        ("[^a-c]x", b"dx", b"bx"),
        ("[a-c]*[0-9]", b"b..7", b"b..x"),
        ("[]]x", b"]x", b"[x"),
        ("[x", b"[x", b"x"),
        ("[z-a]", b"[z-a]x", b"m"),
        ("?", "é".encode(), b"ab"),
        ("?", b"\xff", b""),
        ("*ab*ab", b"abab", b"ab"),
        ("a*a", b"aa", b"a"),
        ("LIB*", b"LIBx", b"libx"),
        ("lib*", b"LIBx", b"xlib"),
    ],
)
def test_what_patterns_match(pattern: str, matching: bytes, other: bytes) -> None:
    glob = Glob.parse(Text(pattern))
    assert not glob.matches(other)
    assert glob.matches(matching) is (pattern != "[z-a]")


def test_quoted_stars_stand_for_themselves() -> None:
    glob = Glob.parse(Text("*?*", (False, True, False)))
    assert glob.matches(b"why?")
    assert not glob.matches(b"why")


def test_a_hostile_pattern_takes_no_longer_than_a_name_is_long() -> None:
    glob = Glob.parse(Text("*" + "a*?" * 30 + "b"))
    assert not glob.matches(b"a" * 250)


PATHS = (
    "etc",
    "etc/nginx",
    "etc/nginx/nginx.conf",
    "etc/nginx.conf",
    "usr/etc/x",
    "usr/lib/a.conf",
)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("etc/nginx", [1, 2, 3]),
        ("/etc/ngin", [1, 2, 3]),
        ("etc/", [1, 2, 3, 4]),
        ("/etc/", [1, 2, 3]),
        ("c/n", [1, 2, 3]),
        ("/etc", [0, 1, 2, 3]),
        ("/etc/*", [1, 3]),
        ("/etc/*/", [2]),
        ("/etc/**", [1, 2, 3]),
        ("etc/*", [1, 3, 4]),
        ("/**/*.conf", [2, 3, 5]),
        ("/*/*.conf", [3]),
        ("lib/*.conf", [5]),
        ("/usr/**/x", [4]),
        ("**/nginx/*", [2]),
        ("ETC/nginx", []),
        ("/", [0, 1, 2, 3, 4, 5]),
    ],
)
def test_what_patterns_of_paths_match(pattern: str, expected: list[int]) -> None:
    image = open_stack([[file(path) if "." in path or "x" in path[-1:] else directory(path)
                         for path in PATHS]])  # fmt: skip
    mask = PathPattern.parse(Text(pattern)).nodes(image.stack.trie)
    found = [number for number, path in enumerate(PATHS) if mask[image.node(path)]]
    assert found == expected
