"""Ignore files leave out what Docker leaves out."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.dockerfile.ignore import (
    IgnoreError,
    IgnoreFile,
    clean,
    ignore_file_name,
    read_patterns,
)
from explorer.dockerfile.pathpattern import PathPattern
from explorer.dockerfile.pathterms import BadPatternError, read_terms
from explorer.dockerfile.simulation import Simulation

TEXT = "# comment\n\n /build/ \n!build/keep\n**/*.py[co]\n.git\n"


def test_lines_are_cleaned_and_remember_where_they_stand() -> None:
    text = "\ufeff# a\r\n  ./x//y/ \r\n #b\n/\n! /z\n"
    assert read_patterns(text) == [(2, "x/y"), (3, "#b"), (4, "/"), (5, "!z")]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("build", 3),
        ("build/a/b", 3),
        ("build/keep", 4),
        ("build/keep/x", 4),
        ("a/b/c.pyc", 5),
        ("c.pyo", 5),
        (".git/config", 6),
        ("src/main.py", None),
        (".gitignore", None),
    ],
)
def test_the_deciding_rule_is_the_last_that_matches(path: str, line: int | None) -> None:
    rule = IgnoreFile.parse(TEXT).deciding_rule(path)
    assert (rule and rule.line) == line


def test_an_exception_keeps_what_an_earlier_rule_leaves_out() -> None:
    ignore = IgnoreFile.parse(TEXT)
    assert [ignore.ignores(path) for path in ("build/x", "build/keep", "src")] == [
        True,
        False,
        False,
    ]
    assert ignore.has_exceptions


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("a[^b-d]e", "a/e", True),
        ("a\\*b", "a*b", True),
        ("[[-^]", "]", True),
        ("[a&&b]", "&", True),
        ("**", "anything/at all", True),
        ("a/**/b/**/c/**/d", "a/b/x/c/d", True),
        ("a/**/b/**/c/**/d", "a/b/x/cd", False),
        ("*a*a*b", "aab", True),
        ("*a*a*b", "a/ab", False),
        ("**x*y*z", "q/x1y2z", True),
        ("a**", "abc/d", True),
        ("?", "é", True),
        ("x**y", "xy", True),
        ("x**y", "x1y", False),
        ("x**y", "x1/y", True),
        ("a|b{2}^*", "a|b{2}^c", True),
        ("\\a*", "ab", True),
    ],
)
def test_patterns(pattern: str, path: str, expected: bool) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert PathPattern.parse(pattern).matches(path) is expected


@pytest.mark.parametrize("pattern", ["[", "[]", "[]a]", "[a-]", "[z-a]", "a\\", "[\\"])
def test_bad_patterns_are_refused_with_their_line(pattern: str) -> None:
    with pytest.raises(IgnoreError, match="line 2") as caught:
        IgnoreFile.parse(f"# x\n{pattern}\n")
    assert caught.value.line == 2


def test_a_lone_exclamation_mark_is_refused() -> None:
    with pytest.raises(IgnoreError, match="illegal exclusion pattern"):
        IgnoreFile.parse("!\n")


def test_walking_down_gives_what_asking_for_each_path_gives() -> None:
    ignore = IgnoreFile.parse("a\n!a/b\na/b/c\n*.md\n!README.md\n")
    above = None
    for path in ("a", "a/b", "a/b/c", "a/b/c/README.md"):
        ignored, above = ignore.below(path, above)
        assert ignored is ignore.ignores(path)


@pytest.mark.parametrize(
    ("text", "directory", "expected"),
    [
        ("a", "a", False),
        ("a\n!a/b", "a", True),
        ("a\n!ab", "a", False),
        ("a\n!a", "a/b", False),
        ("a\n!*/b", "a", True),
        ("a\n!**/b", "a", True),
        ("a\n!x/*", "a", False),
        ("a\n!a/b/*.c", "a/b", True),
    ],
)
def test_whether_an_ignored_directory_must_be_walked(
    text: str, directory: str, expected: bool
) -> None:
    assert IgnoreFile.parse(text).may_except_below(directory) is expected


@pytest.mark.parametrize("pattern", ["*", "**", "**/*", "/*", "**/"])
def test_rules_that_leave_out_everything(pattern: str) -> None:
    assert IgnoreFile.parse(pattern).ignores_everything
    assert not IgnoreFile.parse(f"!{pattern}").ignores_everything


def test_the_dockerfiles_own_ignore_file_comes_first() -> None:
    names = {"docker/app.Dockerfile.dockerignore", ".dockerignore", "docker/.dockerignore"}
    assert ignore_file_name("docker/app.Dockerfile", names) == "docker/app.Dockerfile.dockerignore"
    assert ignore_file_name("docker/other.Dockerfile", names) == ".dockerignore"
    assert ignore_file_name("Dockerfile", set()) is None


def test_cleaning_is_gos() -> None:
    paths = ["", "//a", "a//b/./c/..", "/..", "../x", "a/"]
    assert [clean(path) for path in paths] == [".", "/a", "a/b", "/", "../x", "a"]


PATTERNS = st.text(alphabet="ab/*?.[]^-\\!", min_size=1, max_size=12)
PATHS = st.text(alphabet="ab/.", min_size=1, max_size=10)


@given(PATTERNS, PATHS)
def test_any_pattern_is_refused_or_answers(pattern: str, path: str) -> None:
    try:
        ignore = IgnoreFile.parse(pattern)
    except IgnoreError:
        return
    assert ignore.ignores(path) in (True, False)


@given(st.text(alphabet="ab/*?[]^\\", min_size=1, max_size=8), PATHS)
def test_following_all_ways_at_once_matches_as_trying_each(pattern: str, path: str) -> None:
    try:
        terms = read_terms(pattern)
    except BadPatternError:
        return
    if not pattern.startswith("**"):  # these match by suffix
        assert Simulation(terms).matches(path) is PathPattern.parse(pattern).matches(path)


def test_a_hostile_pattern_is_answered_at_once() -> None:
    pattern = PathPattern.parse("/".join(["**"] * 20 + ["x"]))
    assert not pattern.matches("a/" * 1000)
    assert not PathPattern.parse("*a" * 30 + "b").matches("a" * 1000)
