"""What a plan says of each step after a build, once something changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.build.files.memory import MemoryTree
from explorer.build.plan.model import Cache
from tests.build.plan.helpers import Bench, keys, layered, reasons, verdicts

TEXT = """\
FROM node:22 AS build
ARG VERSION=1.2
WORKDIR /app
COPY a.txt ./
RUN npm ci
COPY src src
RUN make $VERSION
FROM alpine
COPY --from=build /app/out /out
RUN echo done
"""


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_nothing_is_known_before_the_first_build(bench: Bench) -> None:
    plan = bench.plan(TEXT)
    assert verdicts(plan) == ["miss"] * 7
    assert set(reasons(plan)) == {("never built here",)}
    assert plan.first_break is not None
    assert plan.first_break.line == 3


def test_after_a_build_everything_is_a_hit(bench: Bench) -> None:
    bench.build(TEXT)
    plan = bench.plan(TEXT)
    assert verdicts(plan) == ["hit"] * 7
    assert plan.first_break is None


def test_a_changed_file_is_named_and_what_follows_blames_the_step_above(bench: Bench) -> None:
    bench.build(TEXT)
    bench.files[b"/src/app.ts"] = b"other"
    plan = bench.plan(TEXT)
    assert verdicts(plan) == ["hit", "hit", "hit", "miss", "miss", "miss", "miss"]
    assert reasons(plan)[3:] == [
        ("src/app.ts changed",),
        ("the step above, line 6, runs again",),
        ("stage build runs again",),
        ("the step above, line 9, runs again",),
    ]
    assert plan.first_break is not None
    assert plan.first_break.line == 6


def test_of_many_changed_files_a_few_are_named(bench: Bench) -> None:
    for number in range(9):
        bench.files[f"/src/f{number}".encode()] = b"x"
    bench.build(TEXT)
    for number in range(1, 9):
        bench.files[f"/src/f{number}".encode()] = b"y"
    del bench.files[b"/src/f0"]
    bench.files[b"/src/new"] = b""
    assert reasons(bench.plan(TEXT))[3] == (
        "src/f1 changed",
        "src/f2 changed",
        "src/f3 changed",
        "and 7 more files",
    )


def test_new_and_deleted_files_are_told_apart(bench: Bench) -> None:
    bench.build(TEXT)
    bench.files[b"/src/b.ts"] = bench.files.pop(b"/src/app.ts")
    assert reasons(bench.plan(TEXT))[3] == ("src/b.ts is new", "src/app.ts is gone")


def test_what_a_pattern_finds_anew_is_named(bench: Bench) -> None:
    text = "FROM alpine\nCOPY *.txt /t/\n"
    bench.files[b"/old.txt"] = b""
    bench.build(text)
    del bench.files[b"/old.txt"]
    bench.files[b"/new.txt"] = b""
    assert reasons(bench.plan(text)) == [("new.txt is new", "old.txt is gone")]


def test_without_the_list_of_files_the_source_is_named(bench: Bench, tmp_path: Path) -> None:
    bench.build(TEXT)
    for kept in (tmp_path / "listings-1").iterdir():
        kept.write_bytes(b"damaged")
    bench.files[b"/src/app.ts"] = b"other"
    assert reasons(bench.plan(TEXT))[3] == ("src changed",)


def test_an_argument_is_told_with_both_values(bench: Bench) -> None:
    bench.build(TEXT)
    bench.arguments["VERSION"] = "1.3"
    plan = bench.plan(TEXT)
    assert verdicts(plan)[:3] == ["hit", "hit", "miss"]
    assert reasons(plan)[2] == ("ARG VERSION: 1.2 → 1.3",)
    assert reasons(plan)[4] == ("ARG VERSION: 1.2 → 1.3", "the step above, line 6, runs again")


def test_the_value_of_a_secret_argument_is_kept_nowhere(bench: Bench, tmp_path: Path) -> None:
    text = "FROM alpine\nARG API_TOKEN\nRUN deploy\n"
    bench.arguments["API_TOKEN"] = "hunter2"
    bench.build(text)
    bench.arguments["API_TOKEN"] = "hunter3"
    assert reasons(bench.plan(text)) == [("ARG API_TOKEN changed",)]
    kept = b"".join(p.read_bytes() for p in tmp_path.glob("records-1/*"))
    assert b"API_TOKEN" in kept
    assert b"hunter" not in kept


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("RUN npm ci", "RUN npm install", "command: npm ci → npm install"),
        ("COPY a.txt ./", "COPY --chown=1:1 a.txt ./", "--chown is new: 1:1"),
        ("COPY a.txt ./", "COPY a.txt /b/", "destination: /app/ → /b/"),
        ("RUN npm ci", "RUN --network=none npm ci", "--network: default → none"),
        ("RUN npm ci", "ENV CI=1\nRUN npm ci", "ENV CI is new: 1"),
        ("RUN npm ci", "USER node\nRUN npm ci", 'USER: "" → node'),
        ("WORKDIR /app", "WORKDIR /srv", "WORKDIR: /app → /srv"),
        ("RUN npm ci", "RUN --mount=type=cache,target=/c npm ci", "--mount of /c is new"),
        ("RUN npm ci", 'SHELL ["bash", "-c"]\nRUN npm ci', "SHELL: /bin/sh -c → bash -c"),
        ("FROM node:22", "FROM alpine", "base: node:22 → alpine"),
    ],
)
def test_what_changed_in_the_dockerfile_is_named(
    bench: Bench, before: str, after: str, reason: str
) -> None:
    bench.build(TEXT)
    plan = bench.plan(TEXT.replace(before, after, 1))
    first = next(step for step in layered(plan) if step.cache is Cache.MISS)
    assert reason in first.because


def test_a_base_that_is_another_image_now_is_told(bench: Bench) -> None:
    bench.build(TEXT)
    bench.images.words["node:22"] = "three"
    assert reasons(bench.plan(TEXT))[0] == ("node:22 is not what it was",)


def test_an_unresolved_base_makes_its_stage_unknown_and_no_other(bench: Bench) -> None:
    text = TEXT.replace("COPY --from=build /app/out /out\n", "")
    bench.build(text)
    del bench.images.words["node:22"]
    plan = bench.plan(text)
    assert verdicts(plan) == ["unknown"] * 5 + ["hit"]
    assert reasons(plan)[0] == ("base image node:22 is not resolved",)
    assert reasons(plan)[1] == ("the step above, line 3, is not known",)
    assert plan.stages[0].problem == "base image node:22 is not resolved"


def test_a_missing_file_makes_a_step_unknown_and_says_so(bench: Bench) -> None:
    plan = bench.plan("FROM alpine\nCOPY nothing.txt /\nRUN true\n")
    assert verdicts(plan) == ["unknown", "unknown"]
    assert reasons(plan)[0] == ('"/nothing.txt": not found: it is not in the build context',)


def test_a_download_is_unknown_unless_its_checksum_says_what_it_is(bench: Bench) -> None:
    url = "https://example.test/tool.tar"
    assert reasons(bench.plan(f"FROM alpine\nADD {url} /\n")) == [
        (f"what {url} holds is not known before it is fetched",)
    ]


@pytest.mark.parametrize(
    "source",
    [
        f"--checksum=sha256:{'a' * 64} https://example.test/tool.tar",
        f"https://example.test/x.git#{'b' * 40}",
        f"https://example.test/x.git#{'b' * 40}:folder",
    ],
)
def test_a_download_that_is_pinned_is_found_again(bench: Bench, source: str) -> None:
    text = f"FROM alpine\nADD {source} /\n"
    bench.build(text)
    assert verdicts(bench.plan(text)) == ["hit"]
    other = text.replace("a" * 64, "c" * 64).replace("b" * 40, "d" * 40)
    assert verdicts(bench.plan(other)) == ["miss"]


def test_inserting_a_step_does_not_confuse_the_others(bench: Bench) -> None:
    text = "FROM alpine\nRUN one\nRUN two\nRUN three\n"
    bench.build(text)
    bench.arguments["X"] = "1"
    plan = bench.plan(text.replace("RUN two", "RUN new\nRUN two"))
    assert verdicts(plan) == ["hit", "miss", "miss", "miss"]
    assert reasons(plan)[1:] == [
        ("never built here",),
        ("the step above, line 3, runs again",),
        ("the step above, line 4, runs again",),
    ]


def test_going_back_to_what_was_built_before_is_a_hit(bench: Bench) -> None:
    bench.build(TEXT)
    bench.files[b"/src/app.ts"] = b"other"
    bench.build(TEXT)
    bench.files[b"/src/app.ts"] = b"app"
    assert verdicts(bench.plan(TEXT)) == ["hit"] * 7


def test_a_step_whose_layer_is_gone_runs_again(bench: Bench) -> None:
    built = bench.build(TEXT)
    step = layered(built)[2]
    assert step.key is not None
    bench.records.forget([step.key.digest])
    plan = bench.plan(TEXT)
    assert verdicts(plan) == ["hit", "hit", "miss", "hit", "hit", "hit", "hit"]
    assert reasons(plan)[2] == ("what it made is no longer kept",)


def test_linked_copies_do_not_depend_on_what_is_below(bench: Bench) -> None:
    text = "FROM alpine\nRUN {}\nCOPY --link a.txt /\nRUN after\n"
    bench.build(text.format("one"))
    assert verdicts(bench.plan(text.format("two"))) == ["miss", "hit", "miss"]
    del bench.images.words["alpine"]
    assert verdicts(bench.plan(text.format("one"))) == ["unknown", "hit", "unknown"]


def test_identical_files_of_a_stage_that_ran_again_are_a_hit(bench: Bench) -> None:
    text = "FROM alpine AS a\nRUN {}\nFROM node:22\nCOPY --from=a /out /out\nRUN use\n"
    out = MemoryTree({b"/out/x": b"same"}, title="stage a")
    bench.stage_trees[0] = out
    bench.build(text.format("one"))
    plan = bench.plan(text.format("two"))
    assert verdicts(plan) == ["miss", "hit", "hit"]
    bench.stage_trees.clear()
    plan = bench.plan(text.format("two"))
    assert verdicts(plan) == ["miss", "unknown", "unknown"]
    assert reasons(plan)[1] == ("stage a runs again, but what is copied may come out the same",)


def test_a_file_that_comes_out_of_a_stage_differently_is_named(bench: Bench) -> None:
    text = "FROM alpine AS a\nRUN {}\nFROM node:22\nCOPY --from=a /out /out\n"
    bench.stage_trees[0] = MemoryTree({b"/out/x": b"1", b"/out/y": b"1"}, title="stage a")
    bench.build(text.format("one"))
    bench.stage_trees[0] = MemoryTree({b"/out/x": b"1", b"/out/y": b"2"}, title="stage a")
    plan = bench.plan(text.format("two"))
    assert verdicts(plan) == ["miss", "miss"]
    assert reasons(plan)[1] == ("stage a runs again", "/out/y changed")


def test_whether_a_stage_was_looked_into_makes_no_difference_to_a_key(bench: Bench) -> None:
    text = (
        "FROM alpine AS a\nRUN one\nFROM node:22\nCOPY --from=a /out/* <<E /in/\nhello\nE\n"
        "RUN --mount=from=a,source=/out,target=/m use\n"
    )
    bench.stage_trees[0] = MemoryTree({b"/out/x": b"1", b"/out/y": b"2"}, title="stage a")
    looked = bench.build(text)
    bench.stage_trees.clear()
    assert keys(bench.plan(text)) == keys(looked)
    assert verdicts(bench.plan(text)) == ["hit"] * 3


def test_sizes_are_exact_for_copies_and_remembered_for_runs(bench: Bench) -> None:
    text = "FROM alpine\nCOPY src /src\nRUN make\n"
    first = [step.adds for step in layered(bench.plan(text))]
    assert first[0] is not None
    assert (first[0].files, first[0].size, first[0].is_exact) == (1, 3, True)
    assert first[1] is None
    bench.build(text, size=99)
    bench.files[b"/src/app.ts"] = b"longer"
    copied, ran = [step.adds for step in layered(bench.plan(text))]
    assert copied is not None
    assert ran is not None
    assert (copied.size, copied.is_exact) == (6, True)
    assert (ran.size, ran.is_exact) == (99, False)


def test_stages_that_do_not_wait_for_each_other_share_a_wave(bench: Bench) -> None:
    text = (
        "FROM alpine AS a\nRUN a\nFROM alpine AS b\nRUN b\nFROM alpine AS unused\nRUN c\n"
        "FROM a\nCOPY --from=b /x /\n"
    )
    plan = bench.plan(text)
    assert plan.waves == ((0, 1), (3,))
    assert [stage.used for stage in plan.stages] == [True, True, False, True]
    assert plan.critical[-1] == 3


def test_metadata_leaves_no_layer_and_never_runs(bench: Bench) -> None:
    plan = bench.plan("FROM alpine\nENV A=1\nLABEL b=c\nWORKDIR /\nCMD x\n")
    assert [step.layer for step in plan.steps] == [False] * 4
    assert {step.cache for step in plan.steps} == {Cache.HIT}


def test_a_file_that_makes_no_sense_still_has_a_plan(bench: Bench) -> None:
    for text in ("", "FROM", "NONSENSE\n", "FROM a AS b\nFROM b AS a\nCOPY --from=a x y\n",
                 "FROM alpine\nCOPY --from=9 a b\nRUN --mount=type=nope true\n",
                 "FROM alpine\nCOPY [\nADD a\nRUN x\n"):  # fmt: skip
        plan = bench.plan(text)
        assert all(step.cache is not Cache.HIT for step in layered(plan))
