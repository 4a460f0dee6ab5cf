"""The classic builder's lines."""

from __future__ import annotations

import pytest

from explorer.build.engines.docker.classic import Classic
from explorer.build.engines.failure import BuildError
from tests.build.engines.following import Tale

_TEXT = "ARG V=1\nFROM base AS one\nENV A=b\nRUN make\nFROM base\nCOPY a /\nRUN end\n"


def told(text: str, *lines: str | dict[str, object]) -> Tale:
    tale = Tale(text)
    classic = Classic(tale.steps, tale.following)
    for line in lines:
        classic.take({"stream": line} if isinstance(line, str) else line)
    return tale


def test_steps_begin_print_and_end() -> None:
    tale = told(
        _TEXT,
        "Step 4/7 : RUN make", "\n", " ---> Running in 0123456789ab\n", "out\n",
        "\x1b[91mbad\n\x1b[0m", " ---> fedcba987654\n",
        "Removing intermediate container 0123456789ab\n", " ---> fedcba987654\n",
    )  # fmt: skip
    assert tale.short == [
        ("started", "0.1"),
        ("log", "0.1", "1", "out\n"),
        ("log", "0.1", "2", "bad\n"),
        ("log", "0.1", "1", " ---> fedcba987654\n"),  # a RUN can print anything
        ("finished", "0.1"),
    ]


def test_a_kept_step_is_told_as_cached_and_never_as_begun() -> None:
    tale = told(_TEXT, "Step 6/7 : COPY a /", "\n", " ---> Using cache\n", " ---> fedcba987654\n")
    assert tale.short == [("cached", "1.0")]


def test_instructions_that_leave_no_layer_are_not_told() -> None:
    tale = told(
        _TEXT, "Step 3/7 : ENV A=b", "\n", " ---> Running in 0123456789ab\n",
        "Removing intermediate container 0123456789ab\n", " ---> fedcba987654\n",
    )  # fmt: skip
    assert tale.short == []


def test_a_failure_is_at_the_line_of_the_step() -> None:
    with pytest.raises(BuildError) as caught:
        told(
            _TEXT, "Step 7/7 : RUN end", "\n", " ---> Running in 0123456789ab\n",
            {"errorDetail": {"code": 3, "message": "returned a non-zero code: 3"}, "error": "x"},
        )  # fmt: skip
    assert (caught.value.line, caught.value.step) == (7, "1.1")
    assert caught.value.message == "returned a non-zero code: 3"


def test_a_failure_of_an_instruction_without_a_layer_has_its_line() -> None:
    with pytest.raises(BuildError) as caught:
        told(_TEXT, "Step 3/7 : ENV A=b", {"error": "no"})
    assert (caught.value.line, caught.value.step) == (3, "")


def test_a_failure_before_any_step_has_the_line_that_it_names() -> None:
    with pytest.raises(BuildError) as caught:
        told(_TEXT, {"error": "dockerfile parse error line 5: unknown instruction"})
    assert caught.value.line == 5


def test_steps_that_are_not_the_files_are_told_of_no_line() -> None:
    assert told(_TEXT, "Step 40/7 : RUN x", "\n", " ---> Running in 0123456789ab\n").short == []
    assert told(_TEXT, "Step 2/7 : RUN x", "\n", " ---> Running in 0123456789ab\n").short == []
