"""Words are expanded as BuildKit expands them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.dockerfile.expansion import Expander, Expansion, ExpansionError
from explorer.dockerfile.substitution import MAX_EXPANDED, MAX_NESTING

VARIABLES = {"A": "one", "B": "two words", "EMPTY": "", "PATH": "/usr/bin:/bin"}


def expand(word: str, **how: Any) -> str:
    return Expander(**how).expand(word, VARIABLES).text


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("$A-${B}", "one-two words"),
        ("${PATH#*:}", "/bin"),
        ("${PATH##*/}", "bin"),
        ("${PATH%:*}", "/usr/bin"),
        ("${PATH%%/*}", ""),
        ("${PATH//bin/sbin}", "/usr/sbin:/sbin"),
        ("${PATH/bin/sbin}", "/usr/sbin:/bin"),
        ("${A//?/x}", "xxx"),
        ("${A//*/x}", "x"),
        ("${A///-}", "-o-n-e-"),
        ("${PATH/b*n/x}", "/usr/x"),
        ("${PATH//\\//.}", ".usr.bin:.bin"),
        ("${A%[e]}", "one"),
    ],
)
def test_forms_with_patterns(word: str, expected: str) -> None:
    assert expand(word) == expected


@pytest.mark.parametrize("word", ["${A#\\x}", "${A%a\\}", "${A/\\n/}", "${A:#x}", "${A=x}"])
def test_bad_patterns_and_modifiers_are_refused(word: str) -> None:
    with pytest.raises(ExpansionError):
        expand(word)


def test_a_required_variable_says_what_its_author_wrote() -> None:
    with pytest.raises(
        ExpansionError, match=r"failed to process .*: NOPE: set it to one"
    ) as caught:
        expand("${NOPE:?set it to $A}")
    assert caught.value.unmatched == ("NOPE",)
    with pytest.raises(ExpansionError, match="EMPTY: is not allowed to be empty"):
        expand("${EMPTY:?}")


def test_the_other_escape_character() -> None:
    assert expand("`$A C:\\dir", escape="`") == "$A C:\\dir"


def test_quotes_and_escapes_can_be_kept() -> None:
    assert expand("\"$A\" 'x' \\y", raw_quotes=True, raw_escapes=True) == "\"one\" 'x' \\y"


def test_unset_variables_can_be_kept() -> None:
    assert expand("$A $N ${N:-x} ${N#y} ${N/a/b}", keep_unset=True) == (
        "one $N ${N:-x} ${N#y} ${N/a/b}"
    )


def test_quotes_mean_nothing_in_a_here_document() -> None:
    assert expand('it\'s "$A"', quotes=False) == 'it\'s "one"'


def test_a_word_keeps_what_stands_before_a_default() -> None:
    assert Expander().expand("80${NOPE:-80} x", {}).words == ("8080", "x")


def test_words_are_split_after_expansion_and_quotes_hold_them_together() -> None:
    assert Expander().expand("$B \"$B\" '' x", VARIABLES).words == (
        "two",
        "words",
        "two words",
        "x",
    )


def test_each_variable_is_named_once_in_order() -> None:
    expansion = Expander().expand("$Z$A$Y$A$Z", VARIABLES)
    assert (expansion.matched, expansion.unmatched) == (("A",), ("Z", "Y"))


def test_references_are_found_without_values() -> None:
    word = "a$A'$no'\\$no${B:-${C}x}\"$D\""
    found = [(r.name, word[r.start : r.end]) for r in Expander().references(word)]
    assert found == [("A", "$A"), ("B", "${B:-${C}x}"), ("C", "${C}"), ("D", "$D")]


def test_references_before_a_mistake_are_found() -> None:
    assert [r.name for r in Expander().references("$A ${B")] == ["A", "B"]


def test_doubling_values_reach_a_limit_not_all_memory() -> None:
    value = "x" * (MAX_EXPANDED // 2 + 1)
    with pytest.raises(ExpansionError, match="longer than"):
        Expander().expand("$V$V", {"V": value})


def test_endless_nesting_is_refused() -> None:
    deep = "${a:-" * (MAX_NESTING + 1) + "x" + "}" * (MAX_NESTING + 1)
    with pytest.raises(ExpansionError):
        Expander().expand(deep, {})
    assert Expander().expand(deep[5:-1], {}).text == "x"


def test_a_hostile_pattern_takes_no_longer_than_a_plain_one() -> None:
    value = "a" * 20_000
    assert Expander().expand("${V##*a*a*a*a*a*a*a*a*b}", {"V": value}).text == value
    assert Expander().expand("${V//a*a*a*b/}", {"V": value}).text == value


WORDS = st.text(alphabet="ab$ {}\\'\"<:-+?#%/*1_é", max_size=40)


@given(WORDS)
def test_any_word_gives_a_result_or_an_expansion_error(word: str) -> None:
    try:
        expansion = Expander().expand(word, {"a": "x y", "b": ""})
    except ExpansionError:
        return
    assert isinstance(expansion, Expansion)
    assert not set(expansion.matched) & set(expansion.unmatched)


@given(WORDS)
def test_keeping_everything_keeps_plain_words(word: str) -> None:
    plain = word.replace("$", "").replace("'", "").replace('"', "")
    keeping = Expander(raw_quotes=True, raw_escapes=True, keep_unset=True)
    assert keeping.expand(plain, {}).text == plain
