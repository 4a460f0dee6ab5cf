"""BuildKit's rules: what each finds, where exactly, and how it is switched off."""

from __future__ import annotations

import pytest

from explorer.dockerfile.checks.options import CheckOptions, OptionsError
from explorer.dockerfile.checks.rules import RULES
from explorer.dockerfile.ignore import IgnoreFile
from explorer.oci.config import ImageConfig
from explorer.oci.platform import Platform
from explorer.oci.reference import Reference
from tests.dockerfile.reading import LINUX, checked, warnings

START = "FROM scratch\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM scratch AS Up", [("StageNameCasing", 1, "Up")]),
        ("FROM scratch as up", [("FromAsCasing", 1, "as")]),
        ("from scratch AS up", [("FromAsCasing", 1, "AS")]),
        (START + "RUN a \\\n \n b\n", [("NoEmptyContinuation", 4, " ")]),
        (START + "run a\nUSER b", [("ConsistentInstructionCasing", 2, "run")]),
        ("from scratch\nrun a\nUSER b", [("ConsistentInstructionCasing", 3, "USER")]),
        (START + "Run a", [("ConsistentInstructionCasing", 2, "Run")]),
        ("FROM scratch AS a\nFROM scratch AS a", [("DuplicateStageName", 2, "a")]),
        ("FROM scratch AS context", [("ReservedStageName", 1, "context")]),
        (START + "CMD a b", [("JSONArgsRecommended", 2, "CMD a b")]),
        (START + "ENTRYPOINT a", [("JSONArgsRecommended", 2, "ENTRYPOINT a")]),
        (START + 'SHELL ["sh"]\nCMD a', []),
        (START + "MAINTAINER me", [("MaintainerDeprecated", 2, "MAINTAINER")]),
        ("FROM a:x$TAG", [("UndefinedArgInFrom", 1, "$TAG")]),
        ("ARG TAG\nFROM a:x$TAG", []),
        (START + "WORKDIR a\nWORKDIR b", [("WorkdirRelativePath", 2, "a")]),
        (START + "WORKDIR /a\nWORKDIR b", []),
        (
            START + "COPY $A $B$A /",
            [("UndefinedVar", 2, "$A"), ("UndefinedVar", 2, "$A"), ("UndefinedVar", 2, "$B")],
        ),
        (START + "ARG A\nENV B=$A", []),
        (START + "ENV A=${B:-x}", [("UndefinedVar", 2, "${B:-x}")]),
        (START + "ENV A=1 \\\n  B=$C", [("UndefinedVar", 2, "$C")]),
        (START + "COPY <<E /\n$A\nE\n", [("UndefinedVar", 2, "COPY <<E /")]),
        (START + "RUN echo $A", []),
        (START + 'CMD ["a"]\nCMD ["b"]', [("MultipleInstructionsDisallowed", 2, "CMD")]),
        (START + "ENV a b", [("LegacyKeyValueFormat", 2, "a")]),
        (START + "LABEL a b", [("LegacyKeyValueFormat", 2, "a")]),
        ("FROM --platform=$TARGETPLATFORM a", [("RedundantTargetPlatform", 1, "$TARGETPLATFORM")]),
        ("FROM --platform=linux/arm a", [("FromPlatformFlagConstDisallowed", 1, "linux/arm")]),
        ("FROM --platform=linux/arm a AS arm-build", []),
        ("FROM --platform=$BUILDPLATFORM a", []),
        (START + "ENV MY_TOKEN=x", [("SecretsUsedInArgOrEnv", 2, "MY_TOKEN")]),
        (START + "ARG key", [("SecretsUsedInArgOrEnv", 2, "key")]),
        (START + "ENV TOKEN_FILE=x KEYS=1 PUBLIC_KEY=2", []),
        ("ARG T\nFROM a:$T", [("InvalidDefaultArgInFrom", 2, "a:$T")]),
        ("ARG T=1\nFROM a:$T", []),
        (START + "EXPOSE 80/TCP", [("ExposeProtoCasing", 2, "80/TCP")]),
        (START + "EXPOSE 1:2", [("ExposeInvalidFormat", 2, "1:2")]),
    ],
)
def test_rules_find_what_they_are_for_at_its_place(
    text: str, expected: list[tuple[str, int, str]]
) -> None:
    found = [w for w in warnings(text) if w[0] != "InvalidDefaultArgInFrom" or "ARG T" in text]
    assert found == expected


def test_copying_what_is_left_out_is_noticed() -> None:
    ignore = IgnoreFile.parse("secret\n*.log\n")
    text = START + "COPY ./secret a.log ok https://x/a.log /\nADD --link b.log /\n"
    found = checked(text, ignore=ignore).warnings
    assert [w.message for w in found] == [
        'Attempting to Copy file "a.log" that is excluded by .dockerignore',
        'Attempting to Copy file "secret" that is excluded by .dockerignore',
        'Attempting to Add file "b.log" that is excluded by .dockerignore',
    ]


def test_exceptions_make_no_promise_about_what_is_left_out() -> None:
    ignore = IgnoreFile.parse("*\n!a")
    assert warnings(START + "COPY b /", ignore=ignore) == []


@pytest.mark.parametrize(("pattern", "count"), [("*", 1), ("**", 1), (".*", 0), ("x", 0)])
def test_copying_the_whole_context_is_a_mistake_only_where_nothing_is_left(
    pattern: str, count: int
) -> None:
    found = warnings(START + "COPY . /", ignore=IgnoreFile.parse(pattern))
    assert len(found) == count


def test_a_base_for_another_platform_is_noticed() -> None:
    config = ImageConfig(Platform("linux", "arm64"))
    found = checked("FROM b", images={str(Reference.parse("b")): config}).warnings
    assert [w.message for w in found] == [
        'Base image b was pulled with platform "linux/arm64", expected "linux/amd64" for current '
        "build"
    ]
    assert found[0].url == ""
    config = ImageConfig(LINUX)
    assert checked("FROM b", images={str(Reference.parse("b")): config}).warnings == ()


def test_comments_that_describe_nothing_are_noticed_when_asked_for() -> None:
    text = "# {}\n# b is what it is\nFROM scratch AS b\n# the version\nARG V\n"
    assert warnings(text.format("note")) == []
    asked = text.format("check=experimental=all")
    assert warnings(asked) == [("InvalidDefinitionDescription", 5, "ARG")]


def test_unreachable_stages_are_looked_at_unless_there_is_a_target() -> None:
    text = "FROM scratch AS a\nMAINTAINER x\nENV a b\nFROM scratch AS b\n"
    assert [rule for rule, _, _ in warnings(text)] == [
        "MaintainerDeprecated",
        "LegacyKeyValueFormat",
    ]
    assert [rule for rule, _, _ in warnings(text, target="b")] == ["MaintainerDeprecated"]


@pytest.mark.parametrize(
    "directive",
    [
        "# check=skip=all",
        "#check=skip=MaintainerDeprecated",
        "# check = skip=A, MaintainerDeprecated // why",
        "# syntax=x\n# check=error=false;skip=all",
        "#!/bin/sh\n# check=skip=all",
    ],
)
def test_the_directive_switches_rules_off(directive: str) -> None:
    rules = [rule for rule, _, _ in warnings(f"{directive}\nFROM scratch\nMAINTAINER x")]
    assert rules == (["MaintainerDeprecated"] if ", " in directive else [])


def test_an_indented_directive_is_not_seen() -> None:
    assert len(warnings(" # check=skip=all\nFROM scratch\nMAINTAINER x")) == 1


def test_a_comment_switches_rules_off_for_the_next_instruction() -> None:
    text = START + "# check=skip=LegacyKeyValueFormat\nENV a b\nENV a b\n"
    assert warnings(text) == [("LegacyKeyValueFormat", 4, "a")]


def test_a_comment_does_not_reach_rules_about_the_whole_file() -> None:
    text = "FROM scratch AS a\n# check=skip=all\nFROM scratch AS a\n"
    assert warnings(text) == [("DuplicateStageName", 3, "a")]


def test_the_build_argument_takes_the_place_of_the_directive() -> None:
    text = "# check=skip=all\nFROM scratch\nMAINTAINER x"
    arguments = {"BUILDKIT_DOCKERFILE_CHECK": "error=true"}
    found = checked(text, arguments=arguments)
    assert len(found.warnings) == 1
    assert found.build_error is not None
    assert found.build_error.message == "lint violation found for rules: MaintainerDeprecated"


def test_bad_options_stop_the_build() -> None:
    error = checked("# check=skp=all\nFROM scratch").build_error
    assert error is not None
    assert error.build_error == 'failed to parse check options: invalid check option "skp"'


@pytest.mark.parametrize("text", ["skip", "error=maybe", "x=1"])
def test_options_that_are_refused(text: str) -> None:
    with pytest.raises(OptionsError):
        CheckOptions.parse(text)


def test_options_are_read_and_merged() -> None:
    options = CheckOptions.parse(" skip=A, B;experimental=all;error=1 ")
    assert options == CheckOptions(
        skipped=frozenset({"A", "B"}), experimental_all=True, as_error=True
    )
    merged = options.merged(CheckOptions.parse("skip=all"))
    assert merged.skip_all
    assert merged.skipped == {"A", "B"}
    assert CheckOptions.parse("") == CheckOptions()


def test_errors_and_warnings_are_reported_together() -> None:
    found = checked("FROM scratch AS Up\nMAINTAINER x\nBADCMD\n")
    assert [p.rule or p.message for p in found.problems] == [
        "StageNameCasing",
        "MaintainerDeprecated",
        "unknown instruction: BADCMD",
    ]


def test_there_are_22_rules_each_with_its_own_name_and_page() -> None:
    assert len({rule.name for rule in RULES}) == 22
    assert len({rule.url for rule in RULES}) == 22
    json_args = next(rule for rule in RULES if rule.name == "JSONArgsRecommended")
    assert json_args.url == "https://docs.docker.com/go/dockerfile/rule/json-args-recommended/"
