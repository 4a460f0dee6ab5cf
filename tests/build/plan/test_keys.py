"""What a key depends on, and what it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.build.files.memory import MemoryTree
from explorer.dockerfile.document import Document
from explorer.dockerfile.formatting.document import format_text
from explorer.filesystem.entry import Entry, EntryType
from tests.build.plan.helpers import Bench, keys, layered

STAGES = 3
WORDS = st.sampled_from(["one", "two", "three", "a b", "'q r'"])
NAMES = st.sampled_from(["A", "B", "VERSION"])
FILES = ["a.txt", "src/app.ts", "src/b.ts", "doc/x", "doc/y"]
DETERMINISTIC = settings(
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@dataclass(frozen=True)
class Line:
    """An instruction of a generated Dockerfile, and a variant of it that means another thing."""

    text: str
    variant: str


RUNS = st.builds(lambda word: Line(f"RUN {word}", f"RUN {word} more"), WORDS)
COPIES = st.builds(
    lambda name: Line(f"COPY {name} /d/", f"COPY {name} /e/"), st.sampled_from([*FILES, "src"])
)
WORKDIRS = st.builds(lambda word: Line(f"WORKDIR /{word[0]}", f"WORKDIR /{word[0]}x"), WORDS)
LINES = st.one_of(RUNS, COPIES, WORKDIRS)
LAYERED = st.lists(LINES, min_size=1, max_size=4)
PROGRAMS = st.lists(LAYERED, min_size=STAGES, max_size=STAGES)


def written(program: list[list[Line]], changed: tuple[int, int] | None = None) -> str:
    """Stages a, b and c; c copies from a, b stands alone."""
    lines = []
    for number, stage in enumerate(program):
        lines.append(f"FROM alpine AS s{number}")
        for place, line in enumerate(stage):
            lines.append(line.variant if (number, place) == changed else line.text)
        if number == STAGES - 1:
            lines.append("COPY --from=s0 /x /y")
    return "\n".join(lines) + "\n"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path)
    bench.files = {f"/{name}".encode(): name.encode() for name in FILES}
    return bench


@DETERMINISTIC
@given(program=PROGRAMS)
def test_the_same_inputs_give_the_same_keys(bench: Bench, program: list[list[Line]]) -> None:
    text = written(program)
    found = keys(bench.plan(text))
    assert None not in found
    assert keys(bench.plan(text)) == found


@DETERMINISTIC
@given(program=PROGRAMS, data=st.data())
def test_changing_a_step_changes_it_and_what_depends_on_it_and_nothing_else(
    bench: Bench, program: list[list[Line]], data: st.DataObject
) -> None:
    stage = data.draw(st.integers(0, STAGES - 1))
    place = data.draw(st.integers(0, len(program[stage]) - 1))
    before = layered(bench.plan(written(program)))
    after = layered(bench.plan(written(program, (stage, place))))
    for old, new in zip(before, after, strict=True):
        assert old.key is not None
        assert new.key is not None
        depends = (new.stage == stage and new.index >= place) or (
            # The last step of the last stage copies from the first stage.
            stage == 0 and new.stage == STAGES - 1 and new.index == len(program[-1])
        )
        if _sets_workdir(program, stage, place) and depends:
            continue  # a working directory may be absolute further down
        assert (old.key != new.key) == depends


def _sets_workdir(program: list[list[Line]], stage: int, place: int) -> bool:
    return program[stage][place].text.startswith("WORKDIR")


@DETERMINISTIC
@given(program=PROGRAMS, name=st.sampled_from(FILES), content=st.binary(max_size=8))
def test_a_file_changes_exactly_the_steps_that_copy_it_and_those_upon_them(
    bench: Bench, program: list[list[Line]], name: str, content: bytes
) -> None:
    text = written(program)
    files = dict(bench.files)
    before = layered(bench.plan(text, MemoryTree(files)))
    files[f"/{name}".encode()] = content + b"!"
    after = layered(bench.plan(text, MemoryTree(files)))
    touched: set[int] = set()
    for old, new in zip(before, after, strict=True):
        source = new.text.split()[1] if new.text.startswith("COPY") else ""
        if source and (name == source or name.startswith(f"{source}/")):
            touched.add(new.stage)
        depends = new.stage in touched or ("--from=s0" in new.text and 0 in touched)
        if "--from=s0" in new.text and depends:
            touched.add(new.stage)
        assert (old.key != new.key) == depends


@DETERMINISTIC
@given(program=PROGRAMS)
def test_laying_out_the_file_changes_no_key(bench: Bench, program: list[list[Line]]) -> None:
    text = written(program)
    messy = text.replace("COPY ", "copy   ").replace("\nRUN ", "\n\n\n# remark\nRUN \\\n  ")
    formatted = format_text(messy)
    assert keys(bench.plan(formatted)) == keys(bench.plan(messy))
    assert Document.parse(formatted).problems == ()


Change = Callable[[Bench], None]


def _touch(bench: Bench) -> MemoryTree:
    entries = {
        path: Entry(path, EntryType.FILE, 0o644, size=len(data), mtime_ns=123)
        for path, data in bench.files.items()
    }
    return MemoryTree(bench.files, entries)


def test_times_do_not_count(bench: Bench) -> None:
    text = "FROM alpine\nCOPY src /src\nRUN --mount=target=/m make\n"
    assert keys(bench.plan(text)) == keys(bench.plan(text, _touch(bench)))


@pytest.mark.parametrize(
    "entry",
    [
        Entry(b"/src/app.ts", EntryType.FILE, 0o755, size=10),
        Entry(b"/src/app.ts", EntryType.FILE, 0o644, uid=7, size=10),
        Entry(b"/src/app.ts", EntryType.FILE, 0o644, size=10, xattrs={b"user.a": b"b"}),
        Entry(b"/src/link", EntryType.SYMLINK, 0o777, link=b"app.ts"),
        Entry(b"/src", EntryType.DIR, 0o700),
    ],
    ids=["mode", "owner", "xattrs", "a link", "mode of a directory"],
)
def test_what_stands_in_the_header_counts(bench: Bench, entry: Entry) -> None:
    text = "FROM alpine\nCOPY src /src\n"
    assert keys(bench.plan(text)) != keys(
        bench.plan(text, MemoryTree(bench.files, {entry.path: entry}))
    )


def test_proxies_count_only_where_they_are_declared(bench: Bench) -> None:
    plain, declared = "FROM alpine\nRUN x\n", "FROM alpine\nARG http_proxy\nRUN x\n"
    without = keys(bench.plan(plain)), keys(bench.plan(declared))
    bench.arguments["http_proxy"] = "http://proxy.test"
    assert keys(bench.plan(plain)) == without[0]
    assert keys(bench.plan(declared)) != without[1]


def test_a_source_date_epoch_does_not_count_unless_it_is_declared(bench: Bench) -> None:
    text = "FROM alpine\nCOPY a.txt /\nRUN x\n"
    without = keys(bench.plan(text))
    bench.arguments["SOURCE_DATE_EPOCH"] = "1"
    assert keys(bench.plan(text)) == without


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("RUN a b", 'RUN ["a", "b"]'),
        ('RUN ["a b"]', 'RUN ["a", "b"]'),
        ("RUN <<E\nx\nE", "RUN <<E\ny\nE"),
        ("RUN <<E\n#!/bin/x\nx\nE", "RUN <<E\n#!/bin/x\ny\nE"),
        ("COPY <<E /e\nx\nE", "COPY <<E /e\ny\nE"),
        ("COPY a.txt /d", "COPY a.txt /d/"),
        ("COPY src /d", "COPY --exclude=*.ts src /d"),
        ("COPY src /d", "COPY --parents src /d"),
        ("COPY src /d", "ADD src /d"),
        ("RUN x", "RUN --security=insecure x"),
        ("RUN x", "RUN --mount=type=secret,id=s x"),
        ("RUN --mount=target=/m x", "RUN --mount=target=/m,source=src x"),
        ("RUN --mount=type=cache,target=/m x", "RUN --mount=type=cache,target=/m,id=n x"),
        ("RUN --mount=type=cache,target=/m x", "RUN --mount=type=cache,target=/m,source=s x"),
        ("COPY --from=alpine /word /", "COPY --from=node:22 /word /"),
    ],
)
def test_different_operations_have_different_keys(bench: Bench, one: str, other: str) -> None:
    first, second = (layered(bench.plan(f"FROM alpine\n{line}\n"))[0] for line in (one, other))
    assert first.key is not None
    assert second.key is not None
    assert first.key.digest != second.key.digest


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("RUN x", "run   x"),
        ("RUN x", "RUN \\\n   x"),
        ("COPY src/ /d", "COPY ./src /d"),
        ("WORKDIR /a\nCOPY src d/", "WORKDIR /a\nCOPY src /a/d/"),
        ("ARG A=1\nRUN x", "ARG A\nARG A=1\nRUN x"),
        ("USER 1\nCOPY src /d", "COPY src /d"),
        ("ENV A=1\nCOPY src /d", "COPY src /d"),
    ],
)
def test_different_ways_to_say_one_thing_have_one_key(bench: Bench, one: str, other: str) -> None:
    first, second = (layered(bench.plan(f"FROM alpine\n{line}\n"))[-1] for line in (one, other))
    assert first.key is not None
    assert second.key is not None
    assert first.key.digest == second.key.digest


def test_a_platform_counts(bench: Bench) -> None:
    text = "FROM scratch\nCOPY a.txt /\n"
    arm = "FROM --platform=linux/arm64 scratch\nCOPY a.txt /\n"
    assert keys(bench.plan(text)) == keys(bench.plan(arm))  # scratch is for the target
    assert keys(bench.plan("FROM alpine\nRUN x\n")) != keys(
        bench.plan("FROM --platform=linux/arm64 alpine\nRUN x\n")
    )


def test_the_parts_of_a_key_are_kept(bench: Bench) -> None:
    (step,) = layered(bench.plan("FROM alpine\nARG V=1\nRUN --network=none make\n"))
    assert step.key is not None
    found = {(part.kind.value, part.name): part.value for part in step.key.parts}
    assert found[("base", "")] == "alpine"
    assert found[("command", "")] == "make"
    assert found[("arg", "V")] == "1"
    assert found[("network", "")] == "none"
    assert found[("shell", "")] == "/bin/sh -c"
