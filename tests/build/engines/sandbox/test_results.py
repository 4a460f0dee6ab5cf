"""The image that a build makes: configuration and history as BuildKit writes them, platforms."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from explorer.analysis.opened import load_image
from explorer.build.engines.sandbox.engine import SandboxEngine
from explorer.build.events import Finished, Planned, StepFailed
from explorer.build.plan.records import BuildRecords
from explorer.dockerfile.stages.inputs import DEFAULT_PATH
from explorer.errors import NotFound, Unsupported
from explorer.oci import Platform, Reference
from explorer.store.cache import Caches
from explorer.store.data import data_root
from explorer.store.images import ImageStore
from explorer.store.images.fsck import check
from tests.build.engines.building import Project, Told

EVERYTHING = """\
ARG TOP=1
FROM scratch AS first
ARG V=1
ARG W
ENV E=$V X="a b"
LABEL l.one="x $V" two=2
COPY --chown=1000:1000 a   b /dst/
ADD a /added
WORKDIR /work/$V
WORKDIR rel
COPY --parents --chmod=600 --link a <<in /parents/
text
in
EXPOSE 80 53/udp 1000-1001
VOLUME /v1 /v2
VOLUME ["/v3"]
USER app
SHELL ["/bin/sh", "-ec"]
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=90m0.5s --retries=3 CMD echo ok
ENTRYPOINT echo entry
CMD ["a", "b c"]
CMD shell form
ONBUILD RUN echo later
MAINTAINER me
"""
# As Docker Engine's BuildKit gave it, but for what newer ones add: --parents, --chown, --chmod,
# here-documents, and the start interval of a health check.
SAID = [
    "ARG V=1",
    "ARG W",
    "ENV E=7 X=a b",
    "LABEL l.one=x 7 two=2",
    "COPY --chown=1000:1000 a b /dst/ # buildkit",
    "ADD a /added # buildkit",
    "WORKDIR /work/7",
    "WORKDIR /work/7/rel",
    "COPY --parents --chmod=600 a <<in /parents/ # buildkit",
    "EXPOSE map[1000/tcp:{} 1001/tcp:{} 53/udp:{} 80/tcp:{}]",
    "VOLUME [/v1 /v2]",
    "VOLUME [/v3]",
    "USER app",
    "SHELL [/bin/sh -ec]",
    "STOPSIGNAL SIGTERM",
    'HEALTHCHECK &{["CMD-SHELL" "echo ok"] "5s" "1h30m0.5s" "0s" "0s" \'\\x03\'}',
    'ENTRYPOINT ["/bin/sh" "-ec" "echo entry"]',
    'CMD ["a" "b c"]',
    'CMD ["/bin/sh" "-ec" "shell form"]',
    "MAINTAINER me",
]


@pytest.fixture(autouse=True)
def no_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


def config_of(told: Told) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(load_image(f"store:{told.done.digest}").config_json)
    return found


def fill(project: Project) -> None:
    project.write("a", "a")
    project.write("b", "b")


def test_configuration_and_history_are_as_buildkit_writes_them(plain: Project) -> None:
    fill(plain)
    config = config_of(plain.build(EVERYTHING, arguments={"V": "7"}))
    assert [entry["created_by"] for entry in config["history"]] == SAID
    layered = [e["created_by"].split()[0] for e in config["history"] if not e.get("empty_layer")]
    assert layered == ["COPY", "ADD", "WORKDIR", "WORKDIR", "COPY"]
    assert {entry["comment"] for entry in config["history"]} == {"buildkit.dockerfile.v0"}
    assert {entry["created"] for entry in config["history"]} == {config["created"]}
    here = Platform.host()
    assert config.keys() == {
        *("architecture", "author", "config", "created", "history", "os", "rootfs"),
        *(("variant",) if here.variant else ()),
    }
    assert config["author"] == "me"
    assert config["config"] == {
        "ArgsEscaped": True,
        "Cmd": ["/bin/sh", "-ec", "shell form"],
        "Entrypoint": ["/bin/sh", "-ec", "echo entry"],
        "Env": [f"PATH={DEFAULT_PATH}", "E=7", "X=a b"],
        "ExposedPorts": {"1000/tcp": {}, "1001/tcp": {}, "53/udp": {}, "80/tcp": {}},
        "Healthcheck": {
            "Interval": 5 * 10**9, "Retries": 3, "Test": ["CMD-SHELL", "echo ok"],
            "Timeout": 5_400_500_000_000,
        },
        "Labels": {"l.one": "x 7", "two": "2"},
        "OnBuild": ["RUN echo later"],
        "Shell": ["/bin/sh", "-ec"],
        "StopSignal": "SIGTERM",
        "User": "app",
        "Volumes": {"/v1": {}, "/v2": {}, "/v3": {}},
        "WorkingDir": "/work/7/rel",
    }  # fmt: skip


def test_a_run_lists_the_arguments_that_are_declared(project: Project) -> None:
    told = project.build(
        'FROM base\nRUN true\nARG V=1\nARG W\nENV V=env\nRUN true $V\nRUN ["true"]\n',
        arguments={"UNKNOWN": "x", "http_proxy": "p"},
    )
    said = [entry["created_by"] for entry in config_of(told)["history"]]
    assert [text for text in said if text.startswith("RUN")] == [
        "RUN /bin/sh -c true # buildkit",
        "RUN |2 V=env W= /bin/sh -c true $V # buildkit",
        "RUN |2 V=env W= true # buildkit",
    ]


def test_a_working_directory_is_always_said(plain: Project) -> None:
    fill(plain)
    assert config_of(plain.build("FROM scratch\nCOPY a /\n"))["config"]["WorkingDir"] == "/"


def test_labels_of_the_command_line_come_last(plain: Project) -> None:
    fill(plain)
    told = plain.build("FROM scratch\nCOPY a /\nLABEL x=1 y=1\n", labels={"x": "2", "z": "3"})
    assert config_of(told)["config"]["Labels"] == {"x": "2", "y": "1", "z": "3"}


def test_triggers_of_a_base_are_carried_out_once(project: Project) -> None:
    fill(project)
    base = "FROM base\nONBUILD COPY a /trig\nONBUILD LABEL t=1\nONBUILD RUN cat /trig > /done\n"
    project.build(base, references=(Reference.parse("trigger"),))
    told = project.build("FROM trigger\nCOPY b /\n", references=(Reference.parse("next"),))
    assert told.image.final.find(b"/done")
    config = config_of(told)["config"]
    assert config["Labels"] == {"t": "1"}
    assert "OnBuild" not in config
    again = project.build("FROM next\nRUN test -e /done\n")
    assert "Labels" in config_of(again)["config"]
    assert again.ran == ["RUN test -e /done"]


def test_a_linked_copy_needs_nothing_of_what_is_below(plain: Project) -> None:
    fill(plain)
    plain.build("FROM scratch\nCOPY a /\nCOPY --link b /d/\n")
    plain.write("a", "changed")
    told = plain.build()
    assert told.ran == ["COPY a /"]
    assert told.cached == ["COPY --link b /d/"]


# -- the same every time ---------------------------------------------------------------------------


def test_with_an_epoch_the_same_inputs_give_the_same_image(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    fill(project)
    for path in (project.folder / "a", project.folder / "b", project.folder):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    text = "FROM {}\nWORKDIR /w\nCOPY a b /d/\nCOPY <<x /x\n1\nx\nRUN touch -d @1 /y /w; true\n"
    digests = []
    layout = project.engine.store.layout.root  # type: ignore[attr-defined]
    for name in ("one", "two"):
        store = ImageStore.at(tmp_path / name / "images")
        records = BuildRecords.at(tmp_path / name / "records")
        engine = SandboxEngine(store, records, Caches.at(tmp_path / name / "cache"))
        other = Project(project.folder, engine)
        told = other.build(
            text.format("base"), contexts={"base": f"oci-layout://{layout}"}, no_cache=True
        )
        digests.append(told.done.digest)
    assert digests[0] == digests[1]


def test_without_an_epoch_it_is_made_now(plain: Project) -> None:
    fill(plain)
    created = config_of(plain.build("FROM scratch\nCOPY a /\n"))["created"]
    assert created > "2024"


def test_what_is_built_again_from_the_cache_is_the_same_image(plain: Project) -> None:
    fill(plain)
    text = 'FROM scratch AS x\nCOPY a /\nENV A=1\nFROM x\nLABEL l=1\nCOPY b /\nCMD ["a"]\n'
    first = plain.build(text)
    again = plain.build(text)
    assert again.done.cached == again.done.steps == 2
    assert again.done.digest == first.done.digest
    assert again.done.image_id == first.done.image_id


def test_each_step_has_the_time_it_was_made_and_others_that_of_the_layer_before(
    plain: Project,
) -> None:
    fill(plain)
    text = "FROM scratch\nENV A=1\nCOPY a /\nENV B=1\n"
    made = config_of(plain.build(text))["created"]
    config = config_of(plain.build(text + "COPY b /\nENV C=1\n"))
    times = [entry["created"] for entry in config["history"]]
    assert times[:3] == [made] * 3
    assert times[3] == times[4] == config["created"] > made


def test_a_build_that_takes_everything_from_the_cache_writes_nothing(
    plain: Project, store: ImageStore
) -> None:
    fill(plain)
    text = "FROM scratch\nCOPY a /\nCOPY b /\n"
    name = (Reference.parse("app:1"),)
    plain.build(text, references=name)

    def files() -> dict[str, tuple[int, int]]:
        found = {str(path): path.lstat() for path in data_root().rglob("*")}
        return {name: (one.st_ino, one.st_mtime_ns) for name, one in found.items()
                if not name.endswith((".lock", "/ingest"))}  # fmt: skip

    assert str(store.layout.root / "index.json") in files()

    before = files()
    plain.build(text, references=name)
    assert files() == before


# -- platforms -------------------------------------------------------------------------------------

ARM, RISC = Platform("linux", "arm64"), Platform("linux", "riscv64")


def test_another_machines_image_can_be_made_of_files(plain: Project) -> None:
    fill(plain)
    config = config_of(plain.build("FROM scratch\nARG TARGETARCH\nCOPY a /$TARGETARCH\n",
                                   platforms=(ARM,)))  # fmt: skip
    assert (config["os"], config["architecture"]) == ("linux", "arm64")


def test_several_platforms_are_one_index(plain: Project, store: ImageStore) -> None:
    fill(plain)
    told = plain.build(
        "FROM scratch AS x\nARG TARGETARCH\nCOPY a /$TARGETARCH\n",
        platforms=(ARM, RISC), references=(Reference.parse("many:1"),),
    )  # fmt: skip
    assert [image.platforms for image in store.images()] == [(ARM, RISC)]
    for platform in (ARM, RISC):
        image = load_image("many:1", platform)
        assert image.config.platform == platform
    planned = [info for event in told.of(Planned) for info in event.steps]
    assert [info.stage for info in planned] == ["linux/arm64 x", "linux/riscv64 x"]
    assert {event.step for event in told.of(Finished)} == {info.id for info in planned}
    assert told.done.steps == 2
    assert check(store.layout).whole


def test_what_fails_for_one_platform_is_told_once(plain: Project, store: ImageStore) -> None:
    told = plain.build("FROM scratch\nCOPY absent /\n", platforms=(ARM, RISC))
    assert told.failed.line == 2
    assert told.failed.step == "linux/arm64 0.0"
    assert not store.images()


def test_one_platform_that_cannot_be_built_refuses_all(project: Project) -> None:
    with pytest.raises(Unsupported, match="riscv64"):
        project.build("FROM scratch\nRUN true\n", platforms=(Platform.host(), RISC))


# -- what a failure leaves -------------------------------------------------------------------------


def test_only_the_last_failure_of_a_dockerfile_is_kept(project: Project, store: ImageStore) -> None:
    left = []
    for number in (1, 2):
        told = project.build(f"FROM base\nENV A=b\nRUN echo {number} > /left{number}; exit 1\n")
        (step,) = told.of(StepFailed)
        left.append(step.left)
    image = load_image(f"store:{left[1]}")
    assert image.config.environment()["A"] == "b"
    assert len(image.layers) == 2
    with pytest.raises(NotFound):
        load_image(f"store:{left[0]}")
    assert check(store.layout).whole


def test_a_program_that_is_not_there_leaves_the_files_it_was_looked_for_in(
    project: Project,
) -> None:
    (step,) = project.build('FROM base\nRUN ["/no/such"]\n').of(StepFailed)
    assert load_image(f"store:{step.left}").layers


def test_a_step_that_nobody_could_run_leaves_nothing(project: Project) -> None:
    (step,) = project.build("FROM base\nUSER nobody-here\nRUN true\n").of(StepFailed)
    assert not step.left
