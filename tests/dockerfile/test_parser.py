"""The tree is BuildKit's."""

from __future__ import annotations

import pytest

from explorer.dockerfile.document import Document
from explorer.dockerfile.nodes import Blank, Comment, Directive, Instruction
from explorer.dockerfile.scan import MAX_LINE_BYTES
from explorer.dockerfile.sexpression import dump
from explorer.dockerfile.statement import MAX_LENGTH, MAX_TRIGGERS


def tree(text: str) -> str:
    return dump(Document.parse(text))


def problems(text: str) -> list[tuple[int, str, str]]:
    """Line, place and message of each problem."""
    document = Document.parse(text)
    return [(p.line, p.span.of(text), p.message) for p in document.problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RUN", "(run)"),
        ("run  echo  hi ", '(run "echo  hi")'),
        ("CMD []", "(cmd)"),
        ("NOPE a b", '(nope "")'),
        ("FROM a AS b", '(from "a" "AS" "b")'),
        ("ONBUILD COPY --from=x a b", '(onbuild (copy ["--from=x"] "a" "b"))'),
        ("ONBUILD ONBUILD RUN x", '(onbuild (onbuild (run "x")))'),
        ("HEALTHCHECK --interval=5s CMD x y", '(healthcheck ["--interval=5s"] "CMD" "x y")'),
        ('HEALTHCHECK CMD ["x"]', '(healthcheck "CMD" "x")'),
        ("HEALTHCHECK NONE", '(healthcheck "NONE")'),
        ("ENV a b c", '(env "a" "b c" "")'),
        ("ENV a=b c='d e'", '(env "a" "b" "=" "c" "\'d e\'" "=")'),
        ("LABEL", "(label)"),
        ("VOLUME a b", '(volume "a" "b")'),
        ("COPY a\\\n b", '(copy "a" "b")'),
        ("RUN a \\\n# note\n\n  # indented\n b", '(run "a  b")'),
        ("# escape=`\nRUN a `\n b \\\n", '(run "a  b \\\\")'),
        ('RUN --a="b c" -- --d', '(run ["--a=b c"] "--d")'),
        ("RUN --a\\ b --c='d\\'e' x", '(run ["--a b" "--c=d\'e"] "x")'),
        ("RUN --a", '(run ["--a"])'),
        ("\\\n  FROM a", '(from "a")'),
        ("RUN \x01\x7f\u00a0é\udc80\U000e0001", '(run "\\x01\\x7f\\u00a0é\\x80\\U000e0001")'),
        ('CMD ["a\\ud800"]', '(cmd "a\ufffd")'),
        ('CMD ["a", NaN]', '(cmd "[\\"a\\", NaN]")'),
        ('CMD ["a", 1e999]', '(cmd "[\\"a\\", 1e999]")'),
        ('CMD ["a"] x', '(cmd "[\\"a\\"] x")'),
        ('CMD ["a",]', '(cmd "[\\"a\\",]")'),
        ("\\", '("")'),
        ("HEALTHCHECK CMD \u00a0 x", '(healthcheck "CMD" "\\u00a0 x")'),
        ("RUN \u00a0 --a", '(run "--a")'),
        ("RUN --a=é b", '(run ["--a=é"] "b")'),
        ("ARG \udc80", '(arg "\ufffd")'),
        ("NOPE\udc80 x", '(nope\ufffd "")'),
        ("CMD " + "[" * 50_000, '(cmd "' + "[" * 50_000 + '")'),
    ],
)
def test_shapes_of_arguments(text: str, expected: str) -> None:
    assert tree(text) == f"{expected}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (1, "", "file with no instructions")),
        ("FROM a\nENV A", (2, "A", "ENV must have two arguments")),
        ("LABEL a=b \\\n c", (1, "c", 'Syntax error - can\'t find = in "c". Must be of the')),
        ('CMD ["a", 1]', (1, '["a", 1]', "when using JSON array syntax, arrays must be")),
        ("ONBUILD CMD [1]", (1, "[1]", "when using JSON array syntax, arrays must be")),
        ("RUN a <<EOF\nb", (1, "<<EOF", "unterminated heredoc")),
        ("RUN <<A <<B\nA\n", (1, "<<B", "unterminated heredoc")),
        ("# escape=x\nFROM a", (1, "escape=x", "invalid escape token 'x' does not match ` or \\")),
        ("# escape= \nFROM a", (1, "escape= ", "invalid escape token ' ' does not match ` or \\")),
        (
            "# syntax=a\n# SYNTAX = b\nFROM a",
            (2, "SYNTAX = b", "only one syntax parser directive can be used"),
        ),
    ],
)
def test_mistakes_have_a_line_a_place_and_buildkits_words(
    text: str, expected: tuple[int, str, str]
) -> None:
    line, place, message = expected
    found = problems(text)
    assert len(found) == 1
    assert found[0][:2] == (line, place)
    assert found[0][2].startswith(message)


def test_the_tree_goes_on_after_mistakes() -> None:
    document = Document.parse("FROM a\nENV A\nRUN b\nCMD [1]\nUSER c\n")
    assert [i.name for i in document.instructions] == ["FROM", "ENV", "RUN", "CMD", "USER"]
    assert [p.line for p in document.problems] == [2, 4]


def test_a_line_longer_than_buildkit_reads_is_a_mistake() -> None:
    assert problems("RUN " + "x" * (MAX_LINE_BYTES - 4) + "\n") == []
    assert len(problems("FROM a\nRUN " + "é" * MAX_LINE_BYTES)) == 1


def test_endless_instructions_are_kept_but_not_understood() -> None:
    line = "ENV " + "a=b \\\n" * (MAX_LENGTH // 4 + 1) + "a=b"
    document = Document.parse(f"FROM a\n{line}\nRUN c\n")
    assert [i.name for i in document.instructions] == ["FROM", "ENV", "RUN"]
    assert document.instructions[1].statement.pairs == ()
    assert "longer than" in document.problems[0].message
    assert str(document) == document.text


def test_endless_triggers_are_refused_without_recursion() -> None:
    found = problems("ONBUILD " * (MAX_TRIGGERS * 100) + "RUN a")
    assert [message for _, _, message in found] == ["more than 16 ONBUILD before each other"]


def test_directives_end_at_the_first_other_line() -> None:
    text = "# syntax=a\n#escape = `\n# check=skip=all \nFROM `\n a\n# escape=\\\n"
    document = Document.parse(text)
    assert [(d.name, d.value, d.line) for d in document.directives] == [
        ("syntax", "a", 1),
        ("escape", "`", 2),
        ("check", "skip=all", 3),
    ]
    assert document.escape == "`"
    assert [d.value_span.of(text) for d in document.directives] == ["a", "`", "skip=all"]


@pytest.mark.parametrize("before", ["\n", "# note\n", "# other=1\n", "FROM a\n", "#!/bin/sh\n"])
def test_an_escape_directive_after_anything_else_is_a_comment(before: str) -> None:
    assert Document.parse(f"{before}# escape=`\nFROM a").escape == "\\"


def test_after_a_shebang_syntax_and_check_are_still_found() -> None:
    document = Document.parse("#!/bin/sh\n# check=skip=all\nFROM a")
    assert [d.name for d in document.directives] == ["check"]


def test_nodes_are_blanks_comments_directives_and_instructions() -> None:
    document = Document.parse("# syntax=a\n\n \n# b\nFROM c\n\n")
    assert [(type(n), n.line) for n in document.nodes] == [
        (Directive, 1),
        (Blank, 2),
        (Comment, 4),
        (Instruction, 5),
        (Blank, 6),
    ]


def test_comments_belong_to_the_instruction_after_them() -> None:
    text = "# a\n\n#b \n  # c\nFROM x\n# d\n#\n# e\nRUN y \\\n# inside\n z\nUSER u\n"
    found = [i.comments for i in Document.parse(text).instructions]
    assert found == [("a", "b", "# c"), ("e",), ()]


def test_places_are_exact_across_continuations() -> None:
    text = "FROM a\nENV  K=v \\\n  # note\n  LONG=on\\\ne \\\n  Z='x y'\n"
    document = Document.parse(text)
    env = document.instructions[1]
    pairs = [(p.key.value, p.value.value) for p in env.statement.pairs]
    assert pairs == [("K", "v"), ("LONG", "one"), ("Z", "'x y'")]
    keys = [document.lines.position(env.span_of(p.key).start) for p in env.statement.pairs]
    assert [str(position) for position in keys] == ["2:6", "4:3", "6:3"]
    assert env.span_of(env.statement.pairs[1].value).of(text) == "on\\\ne"
    assert env.span.of(text) == text[7:-1]


def test_an_offset_finds_its_node() -> None:
    document = Document.parse("FROM a\n\nRUN b")
    kinds = [type(document.node_at(offset)) for offset in (0, 6, 7, 8, 13, 99)]
    assert kinds == [Instruction, Instruction, Blank, Instruction, Instruction, Instruction]
    assert Document.parse("").node_at(0) is None
