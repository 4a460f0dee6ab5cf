"""The words and commands of shell scripts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.dockerfile.advice.shell import parse_script


def words(script: str) -> list[list[str]]:
    return [[word.value for word in command.words] for command in parse_script(script)]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("a b  c", [["a", "b", "c"]]),
        ("a&&b||c;d|e", [["a"], ["b"], ["c"], ["d"], ["e"]]),
        ("a\nb\\\n c", [["a"], ["b", "c"]]),
        ("a 'b c' \"d e\" f\\ g", [["a", "b c", "d e", "f g"]]),
        ("a$(b; c)d `e; f` ${g:-h i}", [["a$(b; c)d", "`e; f`", "${g:-h i}"]]),
        ('a "$(b "c d")"', [["a", '$(b "c d")']]),
        ("a # b\nc", [["a"], ["c"]]),
        ("a#b", [["a#b"]]),
        ("a >b 2>&1 <c d", [["a", "d"]]),
        ("(a; b) && c", [["a"], ["b"], ["c"]]),
        ("if a; then b; else c; fi", [["a"], ["b"], ["c"]]),
        ("while a; do b; done", [["a"], ["b"]]),
        ("X=1 Y=2 a b", [["a", "b"]]),
        ("X=1", []),
        ("sudo -E X=1 a b", [["a", "b"]]),
        ("env X=1 a", [["a"]]),
        ("cat <<E\na b\nE\nc", [["cat"], ["c"]]),
        ("cat <<-E >x\n\ta\n\tE\nc", [["cat"], ["c"]]),
        ("! a", [["a"]]),
        ("", []),
        ("  ", []),
        ("a &", [["a"]]),
    ],
)
def test_scripts_are_cut_into_commands(script: str, expected: list[list[str]]) -> None:
    assert words(script) == expected


def test_commands_know_their_operators_and_places() -> None:
    script = "a b && (c | d)"
    first, second, third = parse_script(script)
    assert (first.before, first.after, first.nested) == ("", "&&", False)
    assert (second.before, second.after, second.nested) == ("&&", "|", True)
    assert (third.before, third.after) == ("|", ")")
    assert [script[c.start : c.end] for c in (first, second, third)] == ["a b", "c", "d"]


def test_words_know_whether_they_stand_for_themselves() -> None:
    (command,) = parse_script('/usr/bin/a \'$x\' "$x" $x b* "c"')
    assert command.name == "a"
    assert [word.literal for word in command.arguments] == [True, False, False, True, True]
    assert [word.is_pattern for word in command.arguments] == [False, False, False, True, False]


def test_options_and_operands() -> None:
    (command,) = parse_script("a -x --y=1 z -- w")
    assert command.options == ("-x", "--y=1", "--")
    assert [word.value for word in command.operands] == ["z", "w"]
    assert command.has("--y")
    assert command.has("-x", "-q")
    assert not command.has("-y")


@pytest.mark.parametrize("piece", ["$(", '"', "'", "`", "(", "\\", "${", "<<a\n", "if ", "a=", "#"])
def test_what_never_ends_is_read_once(piece: str) -> None:
    script = piece * 5000
    for command in parse_script(script):
        assert 0 <= command.start <= command.end <= len(script)


@given(st.text(alphabet="ab $(){}`'\"\\|&;<>\n\t#=-!*[]\ud800", max_size=60))
def test_any_text_gives_commands_with_places(script: str) -> None:
    at = 0
    for command in parse_script(script):
        assert command.words
        for word in command.words:
            assert at <= word.start < word.end <= len(script)
            at = word.end
