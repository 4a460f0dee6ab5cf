"""Builds by the embedded engine."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from explorer.build.events import Finished, LayerMade, Log, Planned, Started, StepFailed, Stopped
from explorer.build.plan.model import Cache
from explorer.build.plan.request import Request, plan_request
from explorer.build.request import Secret
from explorer.errors import NotFound, Unsupported
from explorer.oci import Platform, Reference
from explorer.store.images import ImageStore
from explorer.store.images.fsck import check
from tests.build.engines.building import Project

FIRST = """\
FROM base AS deps
WORKDIR /app
COPY list .
RUN sort list > sorted

FROM base
COPY --from=deps /app/sorted /sorted
COPY src /src/
RUN cat /sorted /src/main > /all
CMD ["cat", "/all"]
"""


@pytest.fixture
def first(project: Project) -> Project:
    project.write("list", "b\na\n")
    project.write("src/main", "main\n")
    project.write("Dockerfile", FIRST)
    return project


def content(told: object, path: bytes) -> bytes:
    image = told.image  # type: ignore[attr-defined]
    provider = int(image.final.visible[image.final.find(path)])
    return b"".join(image.content(provider).chunks())


def test_a_build_runs_its_steps_and_leaves_an_image(first: Project, store: ImageStore) -> None:
    told = first.build(references=(Reference.parse("all:1"),))
    assert content(told, b"/all") == b"a\nb\nmain\n"
    assert told.done.steps == 6
    assert told.done.cached == 0
    assert store.find("all:1").digest == told.image.image.digest
    assert told.image.image.config.cmd == ("cat", "/all")
    assert not told.image.problems
    assert check(store.layout).whole


def test_nothing_runs_twice(first: Project) -> None:
    one = first.build()
    two = first.build()
    assert two.done.cached == two.done.steps == 6
    assert two.ran == []
    assert [layer.layer.diff_id for layer in two.image.layers] == [
        layer.layer.diff_id for layer in one.image.layers
    ]


def test_a_changed_file_runs_what_needs_it_and_says_why(first: Project) -> None:
    first.build()
    first.write("src/main", "other\n")
    told = first.build()
    assert told.ran == ["COPY src /src/", "RUN cat /sorted /src/main > /all"]
    assert any(
        "src/main changed" in why or "main changed" in why for why in told.because("COPY src /src/")
    )
    assert content(told, b"/all") == b"a\nb\nother\n"


def test_what_comes_out_the_same_is_not_needed_again(first: Project) -> None:
    first.build()
    first.write("list", "a\nb\n")  # sorted, it is the same
    told = first.build()
    assert told.ran == ["COPY list .", "RUN sort list > sorted"]
    assert "COPY --from=deps /app/sorted /sorted" in told.cached


def test_what_came_out_the_same_is_foretold_as_kept(first: Project) -> None:
    first.build()
    first.write("list", "a\nb\n")
    first.build()
    planned = plan_request(Request(FIRST, first.folder, first.folder / "Dockerfile"))
    layered = [step for step in planned.plan.steps if step.layer]
    assert [step.cache for step in layered] == [Cache.HIT] * 6
    assert all(step.last is not None for step in layered)


def test_without_the_cache_everything_runs(first: Project) -> None:
    first.build()
    told = first.build(no_cache=True)
    assert told.done.cached == 0
    assert len(told.ran) == 6


def test_only_what_the_target_needs_is_built(first: Project) -> None:
    told = first.build(target="deps")
    assert told.done.steps == 3
    assert content(told, b"/app/sorted") == b"a\nb\n"


def test_a_build_can_end_behind_a_step(first: Project) -> None:
    told = first.build(stop_after=(1, 0))
    assert told.done.steps == 4
    assert told.image.final.find(b"/sorted")
    with pytest.raises(NotFound):
        told.image.final.find(b"/src")


def test_a_failing_command_names_its_line_and_exit_code(
    project: Project, store: ImageStore
) -> None:
    told = project.build("FROM base\nRUN echo before && \\\n    exit 7\nRUN echo never\n")
    assert told.failed.line == 2
    assert "exit code: 7" in told.failed.message
    (step,) = told.of(StepFailed)
    assert (step.code, step.line) == (7, 2)
    assert told.output == "before\n"
    assert check(store.layout).whole
    mended = project.build("FROM base\nRUN echo before && \\\n    exit 0\n")
    assert mended.done.steps == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('RUN ["/no/such"]', 'exec: "/no/such": No such file or directory'),
        ('RUN ["nothing"]', 'exec: "nothing": executable file not found in $PATH'),
        ("USER ghost\nRUN true", "unable to find user ghost: no matching entries in passwd file"),
        ("COPY absent /", '"/absent": not found'),
        ("RUN --mount=type=secret,id=key,required true", "secret key: not found"),
        ("RUN --mount=type=bind,from=ghost,target=/x true", "ghost"),
    ],
)
def test_what_cannot_be_done_is_said(project: Project, line: str, message: str) -> None:
    told = project.build(f"FROM base\n{line}\n")
    assert message in told.failed.message


def test_a_base_that_is_not_here_says_what_to_do(plain: Project) -> None:
    told = plain.build("FROM nowhere:9\nCOPY . /\n")
    assert told.failed.line == 1
    assert "nowhere:9 is not here" in told.failed.message
    assert told.failed.hint


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("# syntax=example.test/other:1\nFROM scratch\n", "frontend"),
        ("FROM base\nRUN --security=insecure true\n", "insecure"),
        ("FROM base\nRUN --device=vendor/x=1 true\n", "device"),
    ],
)
def test_what_this_engine_does_not_do_is_refused_by_name(
    project: Project, text: str, what: str
) -> None:
    with pytest.raises(Unsupported, match=what) as refused:
        project.build(text)
    assert "--engine" in refused.value.hint


def test_another_machine_is_refused_by_name(project: Project) -> None:
    other = Platform("linux", "s390x")
    with pytest.raises(Unsupported, match="s390x"):
        project.build("FROM --platform=linux/s390x base\nRUN true\n", platforms=(other,))


def test_stages_that_need_nothing_of_each_other_run_side_by_side(project: Project) -> None:
    stages = "".join(f"FROM base AS s{n}\nRUN sleep 1; echo {n} > /{n}\n" for n in range(3))
    copies = "".join(f"COPY --from=s{n} /{n} /{n}\n" for n in range(3))
    told = project.build(f"{stages}FROM scratch\n{copies}")
    order = [type(event).__name__ for event in told.events if isinstance(event, Started | Finished)]
    assert order[:3] == ["Started"] * 3
    assert told.done.steps == 6


def test_a_stage_waits_for_another_only_where_it_takes_its_files(project: Project) -> None:
    told = project.build(
        "FROM base AS slow\nRUN sleep 1; echo slow > /slow\n"
        "FROM base\nRUN echo first > /first\nCOPY --from=slow /slow /slow\n"
    )
    ended = [told.text(event.step) for event in told.of(Finished)]
    assert [text.split()[0] for text in ended] == ["RUN", "RUN", "COPY"]
    assert ended[0] == "RUN echo first > /first"


# -- what a RUN sees -------------------------------------------------------------------------------


def run(project: Project, command: str, before: str = "", **options: object) -> str:
    return project.build(f"FROM base\n{before}\nRUN {command}\n", **options).output


def test_a_run_has_the_environment_of_its_place(project: Project) -> None:
    before = "ARG WHO=you\nENV A=1\nWORKDIR /work\nARG LATER=no"
    shown = run(
        project, "env | sort; pwd", before, arguments={"WHO": "me", "http_proxy": "http://p"}
    )
    lines = shown.split()
    assert {"A=1", "WHO=me", "LATER=no", "PATH=/bin", "HOME=/root", "PWD=/work"} <= set(lines)
    assert "http_proxy=http://p" in lines
    assert lines[-1] == "/work"


def test_a_proxy_is_in_no_key_and_no_history(project: Project) -> None:
    project.build("FROM base\nRUN true\n", arguments={"http_proxy": "http://one"})
    told = project.build("FROM base\nRUN true\n", arguments={"http_proxy": "http://two"})
    assert told.done.cached == 1
    assert "one" not in str(told.image.image.config.raw)


@pytest.mark.parametrize(
    ("user", "shown"),
    [
        ("app", "10(wheel)"),
        ("1000", "uid=1000(app) gid=1000(app)"),
        ("app:wheel", "uid=1000(app) gid=10(wheel)"),
        ("7:8", "uid=7 gid=8"),
        ("root", "uid=0(root) gid=0(root)"),
    ],
)
def test_a_run_is_its_user(project: Project, user: str, shown: str) -> None:
    assert shown in run(project, "id; touch /tmp/mine", f"USER {user}")


def test_owners_and_modes_are_kept(project: Project) -> None:
    told = project.build(
        "FROM base\nRUN touch /a && chown app:wheel /a && chmod 4711 /a && mkdir -m 2770 /d "
        "&& ln /a /b && ln -s /a /l && rm /etc/group\n"
    )
    entries = {p: told.image.final.entry(told.image.final.find(p)) for p in (b"/a", b"/d", b"/l")}
    a, d, link = entries[b"/a"], entries[b"/d"], entries[b"/l"]
    assert a is not None and (a.uid, a.gid, a.mode) == (1000, 10, 0o4711)
    assert d is not None and d.mode == 0o2770
    assert link is not None and link.link == b"/a"
    assert told.image.final.links(told.image.final.find(b"/a")) == (b"/a", b"/b")
    with pytest.raises(NotFound):
        told.image.final.find(b"/etc/group")


def test_a_folder_made_anew_hides_what_was_in_it(project: Project) -> None:
    told = project.build(
        "FROM base\nRUN rm -r /home && mkdir /home && touch /home/new\nRUN ls /home\n"
    )
    assert told.output == "new\n"
    with pytest.raises(NotFound):
        told.image.final.find(b"/home/app")


def test_nothing_of_the_sandbox_stays_in_the_image(project: Project) -> None:
    told = project.build("FROM base\nRUN --mount=type=tmpfs,target=/mnt/t touch /mnt/t/x\n")
    (layer,) = told.image.layers[1:]
    assert layer.index is not None
    names = {layer.index.path(int(node)) for node in layer.index.node}
    assert not {b"/mnt/t", b"/etc/resolv.conf", b"/etc/hosts", b"/dev/null"} & names


def test_here_documents_are_scripts_of_the_shell_or_programs(project: Project) -> None:
    told = project.build(
        "FROM base\nRUN <<EOF\necho one\necho two\nEOF\nRUN <<X\n#!/bin/cat\nthree\nX\n"
    )
    assert told.output == "one\ntwo\n#!/bin/cat\nthree\n"


def test_a_cache_mount_outlives_builds_and_is_in_no_layer(project: Project) -> None:
    step = "RUN --mount=type=cache,target=/c echo $N >> /c/log; cat /c/log"
    first = project.build(f"FROM base\nARG N=1\n{step}\n")
    second = project.build(f"FROM base\nARG N=1\n{step}\n", arguments={"N": "2"})
    assert (first.output, second.output) == ("1\n", "1\n2\n")
    with pytest.raises(NotFound):
        second.image.final.find(b"/c/log")


def test_bind_mounts_show_the_context_without_what_is_ignored(project: Project) -> None:
    project.write("seen", "yes")
    project.write("secret.env", "no")
    project.write(".dockerignore", "*.env\n")
    shown = run(project, "ls /ctx; touch /ctx/x || echo readonly", "", context=project.folder)
    assert "readonly" not in shown or shown
    told = project.build(
        "FROM base\nRUN --mount=target=/ctx ls /ctx; touch /ctx/x || echo readonly\n"
    )
    assert "seen" in told.output
    assert "secret.env" not in told.output
    assert "readonly" in told.output
    assert not (project.folder / "x").exists()


def test_a_bind_mount_can_be_written_and_forgets_it(project: Project) -> None:
    told = project.build(
        "FROM base AS other\nRUN echo hi > /file\nFROM base\n"
        "RUN --mount=from=other,target=/o,rw cat /o/file; echo more >> /o/file; cat /o/file\n"
        "RUN --mount=from=other,source=/file,target=/f cat /f\n"
    )
    assert told.output == "hi\nhi\nmore\nhi\n"


def test_a_secret_is_there_and_nowhere_else(project: Project, store: ImageStore) -> None:
    key = project.folder.parent / "key"
    key.write_text("s3cr3t-value")
    told = project.build(
        "FROM base\nRUN --mount=type=secret,id=key cat /run/secrets/key | wc -c\n"
        'RUN --mount=type=secret,id=key,env=KEY test -n "$KEY" && echo set\n'
        "RUN --mount=type=secret,id=key,target=/k,mode=0444,uid=1000 stat -c %a:%u /k\n",
        secrets=(Secret("key", key),),
    )
    assert told.output == "12\nset\n444:1000\n"
    data = Path(os.environ["LAYERSCOPE_DATA_DIR"])
    held = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    assert b"s3cr3t-value" not in held
    key.write_text("another")
    assert project.build(secrets=(Secret("key", key),)).done.cached == 3


# -- cancelling ------------------------------------------------------------------------------------


def test_a_cancelled_build_leaves_nothing_running(project: Project, store: ImageStore) -> None:
    project.write("Dockerfile", "FROM base\nRUN echo up; sleep 1000 & sleep 1000\n")

    async def cancel() -> list[object]:
        async with asyncio.timeout(60):
            events: list[object] = []
            from explorer.build.request import BuildRequest

            request = BuildRequest(project.folder / "Dockerfile", project.folder)
            async with asyncio.TaskGroup() as group:
                task = group.create_task(project.engine.build(request, events.append))
                while not any(isinstance(event, Log) for event in events):
                    await asyncio.sleep(0.02)
                task.cancel()
        return events

    events = asyncio.run(cancel())
    assert isinstance(events[-1], Stopped)
    assert not _processes("sleep\x001000")
    assert b"overlay" not in _mounts(str(store.layout.root.parent).encode())
    snapshots = store.layout.root.parent / "snapshots"
    assert not list(snapshots.glob("tmp-*"))
    assert check(store.layout).whole


def _processes(words: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_text()
        except OSError:
            continue
        if words in line:
            found.append(line)
    return found


def _mounts(needle: bytes) -> bytes:
    lines = Path("/proc/self/mounts").read_bytes().splitlines()
    return b"\n".join(line for line in lines if needle in line)


def test_events_tell_the_steps_their_places_and_layers(first: Project) -> None:
    told = first.build()
    (planned,) = told.of(Planned)
    lines = {info.text: (info.stage, info.line, info.index, info.count) for info in planned.steps}
    assert lines["RUN sort list > sorted"] == ("deps", 4, 3, 3)
    assert lines["COPY src /src/"] == ("stage-1", 8, 2, 3)
    by_id = {info.id: info for info in planned.steps}
    needs = by_id["1.0"].needs
    assert [by_id[need].text for need in needs] == ["RUN sort list > sorted"]
    made = [event.layer for event in told.events if hasattr(event, "layer")]
    assert all(isinstance(layer, LayerMade) for layer in made)
    assert sum(layer.added for layer in made if layer is not None) >= 5
