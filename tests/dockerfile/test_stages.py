"""Stages, variables and what each step needs, as BuildKit resolves them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.dockerfile.commands import model
from explorer.dockerfile.stages.inputs import DEFAULT_PATH
from explorer.dockerfile.stages.model import NeedKind, OriginKind, Step
from explorer.dockerfile.stages.program import MAX_STAGES
from explorer.dockerfile.stages.scope import Scope
from explorer.dockerfile.stages.transfers import is_git, is_http
from explorer.oci.config import ImageConfig
from explorer.oci.platform import Platform
from explorer.oci.reference import Reference
from tests.dockerfile.reading import LINUX, errors, program


def environment(text: str, **inputs: object) -> dict[str, str]:
    """The variables at the end of the last stage, without PATH."""
    values = dict(program(text, **inputs).stages[-1].variables)
    values.pop("PATH", None)
    return values


def steps(text: str, **inputs: object) -> tuple[Step, ...]:
    return program(text, **inputs).stages[-1].steps


def image(name: str, config: ImageConfig) -> dict[str, ImageConfig]:
    return {str(Reference.parse(name)): config}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM scratch\nENV A=1 B=$A\nENV C=$A", {"A": "1", "B": "", "C": "1"}),
        ("FROM scratch\nENV A 1  2", {"A": "1  2"}),
        ("FROM scratch\nARG A=1 B=$A", {"A": "1", "B": "1"}),
        ("FROM scratch\nARG A\nENV B=${A:-x}", {"B": "x"}),
        ("ARG A=1\nFROM scratch\nENV B=$A", {"B": ""}),
        ("ARG A=1\nFROM scratch\nARG A\nENV B=$A", {"A": "1", "B": "1"}),
        ("FROM scratch\nARG A=1\nENV A=2", {"A": "2"}),
        (
            "FROM scratch AS a\nENV A=1\nARG B=2\nFROM a\nENV C=$A$B",
            {"A": "1", "B": "2", "C": "12"},
        ),
        ("FROM scratch\nARG TARGETARCH\nENV A=$TARGETARCH", {"TARGETARCH": "amd64", "A": "amd64"}),
        ("FROM scratch\nENV A=$TARGETARCH", {"A": ""}),
        ("# escape=`\nFROM scratch\nENV A=x`$B", {"A": "x$B"}),
    ],
)
def test_an_instruction_sees_what_was_set_before_it(text: str, expected: dict[str, str]) -> None:
    assert environment(text) == expected


def test_build_arguments_win_over_defaults() -> None:
    arguments = {"A": "given", "C": "unasked"}
    text = "ARG A=1\nFROM scratch\nARG A\nARG B=$A\n"
    assert environment(text, arguments=arguments) == {"A": "given", "B": "given"}


def test_variables_and_environment_at_each_step() -> None:
    (stage,) = program("FROM scratch\nARG A=1\nENV B=$A\nENV B=2").stages
    assert stage.variables_at(0) == {"PATH": DEFAULT_PATH}
    assert stage.variables_at(2) == {"PATH": DEFAULT_PATH, "A": "1", "B": "1"}
    assert stage.environment_at(3) == {"PATH": DEFAULT_PATH, "B": "2"}


def test_the_configuration_of_a_base_is_inherited() -> None:
    config = ImageConfig(
        LINUX,
        env=(("PATH", "/bin"), ("V", "9")),
        workdir="/srv",
        user="app",
        entrypoint=("/e",),
        cmd=("c",),
        shell=("/bin/bash", "-c"),
    )
    text = "FROM base:1\nWORKDIR sub\nENV X=$V\nCMD run"
    found = program(text, images=image("base:1", config))
    last = found.stages[0].steps[-1].settings_after
    assert (last.workdir, last.user, last.entrypoint) == ("/srv/sub", "app", ("/e",))
    assert last.cmd == ("/bin/bash", "-c", "run")
    assert found.stages[0].environment_at(9) == {"PATH": "/bin", "V": "9", "X": "9"}


def test_an_entrypoint_resets_the_command_of_the_base_only() -> None:
    config = ImageConfig(LINUX, cmd=("old",))
    images = image("b", config)
    assert steps('FROM b\nENTRYPOINT ["e"]', images=images)[0].settings_after.cmd is None
    own = steps('FROM b\nCMD ["new"]\nENTRYPOINT ["e"]', images=images)
    assert own[-1].settings_after.cmd == ("new",)


@pytest.mark.parametrize(
    ("lines", "workdir"),
    [
        ("WORKDIR /a\nWORKDIR b", "/a/b"),
        ("WORKDIR a/../b", "/b"),
        ("WORKDIR /a/", "/a/"),
        ("ENV D=/d\nWORKDIR $D/x", "/d/x"),
        ("WORKDIR /a\nWORKDIR ..", "/"),
    ],
)
def test_working_directories(lines: str, workdir: str) -> None:
    assert steps(f"FROM scratch\n{lines}")[-1].settings_after.workdir == workdir


def test_words_of_steps_are_expanded_where_they_may_be() -> None:
    text = (
        "FROM scratch\nENV A=x P=80\n"
        "COPY --chown=$A --exclude=$A $A/1 '$A' /$A/\nEXPOSE $P ${P}/udp\nVOLUME /$A\n"
        "USER $A\nLABEL $A=$A\nRUN --mount=target=/$A echo $A\n"
    )
    _, copy, expose, volume, user, label, run = (step.command for step in steps(text))
    assert isinstance(copy, model.Copy)
    assert [w.value for w in copy.transfer.sources] == ["x/1", "$A"]
    assert copy.transfer.destination.value == "/x/"
    assert copy.transfer.owner is not None
    assert copy.transfer.owner.value == "x"
    assert [w.value for w in copy.transfer.excludes] == ["$A"]
    assert isinstance(expose, model.Expose)
    assert [w.value for w in expose.ports] == ["80", "80/udp"]
    assert isinstance(volume, model.Volume)
    assert [w.value for w in volume.paths] == ["/x"]
    assert isinstance(user, model.User)
    assert user.user.value == "x"
    assert isinstance(label, model.Label)
    assert (label.pairs[0].key.value, label.pairs[0].value.value) == ("x", "x")
    assert isinstance(run, model.Run)
    assert (run.mounts[0].target, run.line.words) == ("/x", ("echo $A",))


def test_here_documents_of_copy_are_expanded_unless_quoted() -> None:
    text = "FROM scratch\nENV A=x\nCOPY <<E <<'F' /\n\"$A\" '$A' \\$A\nE\n$A\nF\n"
    copy = steps(text)[-1].command
    assert isinstance(copy, model.Copy)
    assert [f.content for f in copy.transfer.inline] == ["\"x\" 'x' $A\n", "$A\n"]


def test_bases_are_stages_images_scratch_or_contexts() -> None:
    text = "ARG V=3\nFROM alpine:$V AS A\nFROM a\nFROM scratch\nFROM docs\nFROM 0x!"
    found = program(text, contexts={"docs": None})
    origins = [(stage.origin.kind, stage.origin.stage) for stage in found.stages]
    assert origins == [
        (OriginKind.IMAGE, None),
        (OriginKind.STAGE, 0),
        (OriginKind.SCRATCH, None),
        (OriginKind.CONTEXT, None),
        (OriginKind.UNKNOWN, None),
    ]
    assert found.stages[0].origin.name == "alpine:3"
    assert [stage.title for stage in found.stages[:2]] == ["a", "stage-1"]


def test_a_stage_that_a_named_context_replaces_has_no_steps() -> None:
    found = program("FROM scratch AS dev\nRUN x\nFROM dev\nRUN y", contexts={"dev": None})
    assert [len(stage.steps) for stage in found.stages] == [0, 1]


def test_needs_are_the_edges_of_the_graph() -> None:
    text = (
        "FROM scratch AS a\nFROM scratch AS b\nFROM a\nCOPY --from=B x y\nCOPY --from=0 x y\n"
        "COPY --from=busybox x y\nRUN --mount=from=b,target=/m --mount=type=cache,target=/c z\n"
    )
    found = program(text)
    edges = [(need.kind, need.origin.kind, need.origin.stage) for need in found.stages[2].needs]
    assert edges == [
        (NeedKind.FROM, OriginKind.STAGE, 0),
        (NeedKind.COPY, OriginKind.STAGE, 1),
        (NeedKind.COPY, OriginKind.STAGE, 0),
        (NeedKind.COPY, OriginKind.IMAGE, None),
        (NeedKind.MOUNT, OriginKind.STAGE, 1),
    ]
    assert [need.span.of(text) for need in found.stages[2].needs[:2]] == ["a", "B"]
    assert [need.step for need in found.stages[2].needs] == [None, 0, 1, 2, 3]


def test_only_what_the_target_takes_is_reachable() -> None:
    text = "FROM scratch AS a\nFROM scratch AS b\nFROM scratch AS c\nCOPY --from=a x y\nFROM b AS d"
    assert program(text).reachable == {1, 3}
    found = program(text, target="C")
    assert (found.target, found.reachable) == (2, {0, 2})


def test_a_target_that_is_not_there() -> None:
    message = 'target stage "biuld" could not be found (did you mean build?)'
    assert errors("FROM scratch AS build", target="biuld") == [message]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("FROM $X", "base name ($X) should not be blank"),
        ("FROM ${X:?no}", 'failed to process "${X:?no}": X: no'),
        ("FROM a:", 'failed to parse stage name "a:": invalid reference format'),
        (
            "FROM Alpine",
            'failed to parse stage name "Alpine": invalid reference format: '
            "repository name (library/Alpine) must be lowercase",
        ),
        (
            "FROM --platform=$BUILDPLATFROM a",
            "empty platform value from expression $BUILDPLATFROM (did you mean BUILDPLATFORM?)",
        ),
        (
            "FROM --platform=linux/ a",
            'failed to parse platform linux/: "" is an invalid component of "linux/": platform '
            'specifier component must match "^[A-Za-z0-9_.-]+$": invalid argument',
        ),
        (
            "FROM --platform=toaster a",
            'failed to parse platform toaster: "toaster": unknown operating system or '
            "architecture: invalid argument",
        ),
        ("FROM scratch AS a\nCOPY --from=a b c", "circular dependency detected on stage: a"),
        ("FROM scratch\nCOPY --from=7 b c", "invalid stage index 7"),
        (
            "FROM scratch\nCOPY --from=$X b c",
            "variable expansion is not supported for --from, define a new stage with FROM using "
            "ARG from global scope as a workaround",
        ),
        (
            "FROM scratch AS a\nCOPY --from=b x y\nFROM scratch AS b",
            'cannot copy from stage "b", it needs to be defined before current stage "a"',
        ),
        ("FROM scratch\nSTOPSIGNAL SIGNOPE", "invalid signal: SIGNOPE"),
        ("FROM scratch\nCOPY --chmod=8 a b", "invalid chmod parameter: '8'. it should be octal"),
        ("FROM scratch\nCOPY --chmod=u+q a b", "invalid syntax"),
        ("FROM scratch\nCOPY https://a/b c", "source can't be a URL for COPY"),
        ("FROM scratch\nCOPY https://a/b.git c", "source can't be a git ref for COPY"),
        ("FROM scratch\nADD --checksum=sha256:x a b", "checksum requires HTTP(S) or Git sources"),
        (
            "FROM scratch\nADD --checksum=x https://a/b c d",
            "checksum can't be specified for multiple sources",
        ),
        (
            "FROM a.b/C:1",
            'failed to parse stage name "a.b/C:1": invalid reference format: '
            "repository name (C) must be lowercase",
        ),
        ("FROM scratch\nVOLUME $X", "VOLUME specified can not be an empty string"),
        ("FROM scratch\nADD --checksum=x https://a/b c", "invalid checksum digest format"),
        ("FROM scratch\nADD --checksum=sha256:0 https://a/b c", "invalid checksum digest length"),
        ("FROM scratch\nADD --checksum=md5:0 https://a/b c", "unsupported digest algorithm"),
        (
            "FROM scratch AS scratch\nRUN --mount=target=/x y",
            "circular dependency detected on stage: scratch",
        ),
        ("FROM scratch\nEXPOSE x", "invalid containerPort: x"),
        ("FROM scratch\nEXPOSE 80/icmp", 'invalid port: "80/icmp": invalid proto: icmp'),
        ("FROM scratch\nEXPOSE /tcp", 'invalid port: "/tcp": no port specified'),
        ("FROM scratch\nEXPOSE x:1:1", "invalid IP address: x"),
        ("FROM scratch\nEXPOSE 2-1", "invalid containerPort: 2-1"),
        ("FROM scratch\nENV A=${B!}", 'failed to process "${B!}": unsupported modifier (!) in'),
    ],
)
def test_refusals(text: str, message: str) -> None:
    found = errors(text)
    assert len(found) == 1
    assert found[0].startswith(message)


def test_circles_of_any_length_are_found_and_end() -> None:
    text = "FROM scratch AS a\nCOPY --from=c x y\nFROM scratch AS b\nCOPY --from=a x y\n"
    text += "FROM scratch AS c\nCOPY --from=b x y\n"
    assert errors(text) == ["circular dependency detected on stage: a"]
    assert program(text).reachable == {0, 1, 2}


@pytest.mark.parametrize(
    ("source", "git", "http"),
    [
        ("https://a/b.git#main:sub", True, False),
        ("https://a/b.git?ref=x", True, False),
        ("git@a.b:c", True, False),
        ("ssh://a/b", True, False),
        ("https://a/b.tar.gz", False, True),
        ("github.com/a/b", False, False),
        ("./a@b", False, False),
    ],
)
def test_what_add_fetches(source: str, git: bool, http: bool) -> None:
    assert (is_git(source), is_http(source)) == (git, http)


@pytest.mark.parametrize("signal", ["9", "SIGTERM", "term", "RTMIN+3", "SIGRTMAX-14"])
def test_signals(signal: str) -> None:
    assert errors(f"FROM scratch\nSTOPSIGNAL {signal}") == []


@pytest.mark.parametrize("mode", ["755", "0644", "7777", "u+x", "a=rX,g-w,o=u", "+x"])
def test_modes(mode: str) -> None:
    assert errors(f"FROM scratch\nCOPY --chmod={mode} a b") == []


def test_onbuild_of_a_stage_runs_where_it_is_built_upon() -> None:
    text = (
        "FROM scratch AS a\nONBUILD ENV A=1\nONBUILD COPY --from=b x y\nFROM scratch AS b\nFROM a"
    )
    found = program(text)
    stage = found.stages[2]
    assert [(step.line, step.span.of(text)) for step in stage.steps] == [(5, "FROM a")] * 2
    assert stage.variables["A"] == "1"
    assert [need.origin.stage for need in stage.needs] == [0, 1]
    assert stage.needs[1].span.of(text) == "FROM a"


def test_onbuild_of_a_base_image_runs_too() -> None:
    config = ImageConfig(LINUX, onbuild=("RUN x", "UNKNOWN"))
    found = program("FROM b\nRUN y", images=image("b", config))
    assert [step.instruction.name for step in found.stages[0].steps] == ["RUN", "RUN"]
    assert [p.message for p in found.problems] == ["unknown instruction: UNKNOWN"]


def test_a_mistake_in_one_step_leaves_the_others() -> None:
    found = steps("FROM scratch\nENV A=1\nENV B='x\nENV C=$A")
    assert [step.command is None for step in found] == [False, True, False]


def test_a_broken_from_still_begins_a_stage() -> None:
    found = program("FROM scratch\nFROM\nRUN x")
    assert [len(stage.steps) for stage in found.stages] == [0, 1]
    assert found.stages[1].origin.kind is OriginKind.UNKNOWN


def test_names_and_lines_find_their_stage() -> None:
    found = program("ARG A\nFROM scratch AS a\nRUN x\nFROM scratch AS A\n")
    second = found.stage_named("A")
    assert second is not None
    assert second.index == 1
    assert found.stage_named("") is None
    assert [s and s.index for s in (found.stage_at(1), found.stage_at(3), found.stage_at(9))] == [
        None,
        0,
        1,
    ]


def test_a_line_finds_its_step() -> None:
    (stage,) = program("FROM scratch\nRUN a \\\n b\n\nRUN <<E\nx\nE\n").stages
    found = [stage.step_at(line) for line in range(1, 8)]
    assert [step and step.index for step in found] == [None, 0, 0, None, 1, 1, 1]


def test_endless_stages_are_reported_not_evaluated() -> None:
    found = program("FROM scratch\n" * (MAX_STAGES + 10))
    assert len(found.stages) == MAX_STAGES
    assert [p.message for p in found.problems] == [f"more than {MAX_STAGES} stages"]


def test_windows_has_its_own_shell_and_no_path() -> None:
    windows = Platform("windows", "amd64")
    found = program("FROM a\nCMD x", platform=windows).stages[0]
    assert "PATH" not in found.variables
    assert found.steps[0].settings_after.cmd == ("cmd", "/S", "/C", "x")


def test_a_scope_shares_what_lies_below_and_changes_nothing_there() -> None:
    scope = Scope()
    scope.set("a", "1")
    scopes = [scope]
    for number in range(100):
        scope = Scope(scope)
        scope.set("a", str(number))
        scope.set(f"b{number}", "x")
        scopes.append(scope)
    assert scopes[0]["a"] == "1"
    assert dict(scopes[0]) == {"a": "1"}
    assert scopes[-1]["a"] == "99"
    assert len(scopes[-1]) == 101
    assert "b100" not in scopes[-1]


def test_predefined_arguments_follow_the_platforms() -> None:
    arm = replace(LINUX, architecture="arm64", variant="v8")
    values = program("FROM scratch", platform=arm, target="").arguments
    assert (values["TARGETPLATFORM"], values["BUILDARCH"]) == ("linux/arm64/v8", "amd64")
    assert values["TARGETSTAGE"] == "default"
