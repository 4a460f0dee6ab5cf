"""The lines of Podman's builder."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from explorer.build.engines.failure import BuildError
from explorer.build.engines.podman.lines import PodmanLines
from tests.build.engines.following import Tale

_TEXT = "FROM base AS one\nENV A=b\nRUN make\nFROM one\nCOPY a /\nRUN end\n"


class Moment:
    """What would be done in a moment."""

    def __init__(self) -> None:
        self.waiting: Callable[[], object] | None = None

    def soon(self, what: Callable[[], object]) -> Callable[[], object]:
        self.waiting = what
        return self.never_mind

    def never_mind(self) -> None:
        self.waiting = None


def told(*lines: str | dict[str, object]) -> tuple[Tale, PodmanLines, Moment]:
    tale, moment = Tale(_TEXT), Moment()
    following = PodmanLines(tale.steps, tale.following, moment.soon)
    for line in lines:
        following.take({"stream": line} if isinstance(line, str) else line)
    return tale, following, moment


def test_a_step_begins_when_it_prints() -> None:
    tale, _, _ = told("[1/2] STEP 3/3: RUN make\n", "out\n", "--> 0123456789a\n")
    assert tale.short == [("started", "0.1"), ("log", "0.1", "1", "out\n"), ("finished", "0.1")]


def test_a_silent_step_begins_in_a_moment() -> None:
    tale, _, moment = told("[2/2] STEP 3/3: RUN end\n")
    assert tale.short == []
    assert moment.waiting is not None
    moment.waiting()
    assert tale.short == [("started", "1.1")]


def test_a_kept_step_does_not_begin() -> None:
    tale, _, moment = told(
        "[2/2] STEP 2/3: COPY a /\n", "--> Using cache 0123456789ab\n", "--> 0123456789a\n"
    )
    assert tale.short == [("cached", "1.0")]
    assert moment.waiting is None


def test_the_last_step_ends_with_the_commit_and_the_image_is_named() -> None:
    tale, lines, _ = told(
        "[2/2] STEP 3/3: RUN end\n", "x\n", "[2/2] COMMIT\n", "--> 0123456789a\n", "ab" * 32 + "\n"
    )
    assert tale.short[-1] == ("finished", "1.1")
    assert lines.image_id == "ab" * 32


def test_a_failure_is_at_the_line_of_the_step() -> None:
    with pytest.raises(BuildError) as caught:
        told("[2/2] STEP 3/3: RUN end\n", {"error": "building at STEP: exit status 3\n"})
    assert (caught.value.line, caught.value.step) == (6, "1.1")


def test_a_runtime_that_cannot_run_here_is_told_what_to_do() -> None:
    with pytest.raises(BuildError) as caught:
        told("[2/2] STEP 3/3: RUN end\n", "error running container: cgroups\n", {"error": "no"})
    assert "BUILDAH_ISOLATION=chroot" in caught.value.hint


def test_a_failure_of_an_instruction_without_a_layer_has_its_line() -> None:
    with pytest.raises(BuildError) as caught:
        told("[1/2] STEP 2/3: ENV A=b\n", {"error": "history lists 1 layer"})
    assert (caught.value.line, caught.value.step) == (2, "")
    assert "history" in caught.value.hint
