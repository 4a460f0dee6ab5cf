"""What a query may say, how it is read, and what is said of one that cannot be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.analysis.query import TERMS, QueryError, check_query, compile_query
from explorer.errors import UsageError


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "everything"),
        ("passwd", "name contains “passwd”"),
        ("*.so", "name matches “*.so”"),
        (r"\*.so", "name contains “*.so”"),
        ("name=passwd", "name is “passwd”"),
        ("etc/nginx", "path contains “etc/nginx”"),
        ("/etc/nginx", "path starts with “/etc/nginx”"),
        ("/etc/**.conf", "path matches “/etc/**.conf”"),
        ("ext:so,.a", "name ends in .so or .a"),
        ('"two words"', "content contains “two words”"),
        ("content:listen", "content contains “listen”"),
        ('name:"two words"', "name contains “two words”"),
        ("type:file|symlink", "type is file or symlink"),
        ("size>1M", "size is more than 1 MB"),
        ("size:>=1.5k", "size is at least 1.5 kB"),
        ("size<1Ki", "size is less than 1 KiB"),
        ("size=7", "size is 7 bytes"),
        ("size!=7", "size is not 7 bytes"),
        ("size:1k..4k", "size is between 1 kB and 4 kB"),
        ("layer:..5", "layer is at most 5"),
        ("change:removed", "change is removed"),
        ("change:+", "change is added"),
        ("what:owner", "what changed is uid or gid"),
        ("mode:setuid,0755", "mode is setuid or 0755"),
        ("owner:root", "owner is “root”"),
        ("owner:0", "owner is 0"),
        ("uid>=1000", "uid is at least 1000"),
        ("mtime>2024-01-01", "modification time is more than 2024-01-01"),
        ("xattr:user.*", "entry has an attribute “user.*”"),
        ("capability", "file has capabilities"),
        ("capability:net_raw", "file has the capability “net_raw”"),
        ("link:busybox", "link target contains “busybox”"),
        ("-a", "name does not contain “a”"),
        ("!a", "name does not contain “a”"),
        ("not a", "name does not contain “a”"),
        ("--a", "name contains “a”"),
        ("a b", "name contains “a” and name contains “b”"),
        ("a and b", "name contains “a” and name contains “b”"),
        ("a or b c", "name contains “a” or name contains “b” and name contains “c”"),
        ("a (b or c)", "name contains “a” and (name contains “b” or name contains “c”)"),
        ("-(a b)", "not (name contains “a” and name contains “b”)"),
        ("file(1).txt", "name contains “file(1).txt”"),
        ("a=b", "name contains “a=b”"),
        ("name:or", "name contains “or”"),
    ],
)
def test_a_query_says_in_words_what_it_asks(query: str, words: str) -> None:
    assert compile_query(query).describe() == words


@pytest.mark.parametrize(
    ("query", "position", "message"),
    [
        ("siz:1M", 0, "there is no siz:"),
        ("a size>big", 7, "is no size"),
        ("size>", 5, "needs a value"),
        ("size:5k..1k", 5, "ends before it begins"),
        ("size:..", 5, "at least one end"),
        ("mode:0999", 5, "is no mode"),
        ("mode>0755", 4, "no more or less"),
        ("change:added,adedd", 13, "is no change"),
        ("type:", 0, "needs a value"),
        ("type:file,", 5, "is missing"),
        ("mtime>2024-13-01", 6, "never was"),
        ("mtime>yesterday", 6, "is no date"),
        ("layer:top", 6, "is no whole number"),
        ('a "open', 2, "quote is not closed"),
        ('""', 0, "needs a value"),
        ("(a", 0, "not closed"),
        ("a)", 1, "closes nothing"),
        ("a or", 4, "missing after or"),
        ("or a", 0, "a term is missing"),
        ("()", 1, "missing after ("),
        ("a not", 5, "missing after not"),
        ("(" * 60 + "a" + ")" * 60, 50, "at most 50 deep"),
        ("a " * 300, 400, "at most 200 words"),
        ("a" * 5000, 4096, "at most 4096 characters"),
    ],
)
def test_what_cannot_be_read_is_pointed_at(query: str, position: int, message: str) -> None:
    problem = check_query(query)
    assert problem is not None
    assert problem.position == position
    assert message in problem.message


def test_a_slip_of_the_pen_is_put_right() -> None:
    assert [getattr(check_query(text), "hint", None) for text in ("siz:1", "mode:setuit")] == [
        "Did you mean size:?",
        "Did you mean setuid?",
    ]


def test_compiling_raises_a_usage_error_with_the_position() -> None:
    with pytest.raises(UsageError, match="at character 7") as caught:
        compile_query("*.so (")
    assert isinstance(caught.value, QueryError)
    assert caught.value.position == caught.value.problem.position


@pytest.mark.parametrize("help_", TERMS, ids=lambda help_: help_.example)
def test_every_example_of_the_help_is_a_query(help_) -> None:  # type: ignore[no-untyped-def]
    assert check_query(help_.example) is None
    for choice in help_.choices:
        assert check_query(f"{help_.key}:{choice}") is None


@given(st.text(max_size=60) | st.text('ab*?["\\ ()-!:<>=,|/.size1M', max_size=40))
def test_any_text_is_a_query_or_has_a_problem_within_it(text: str) -> None:
    problem = check_query(text)
    if problem is None:
        assert compile_query(text).describe()
    else:
        assert 0 <= problem.position <= len(text)
        assert problem.length >= 1
        assert problem.message
