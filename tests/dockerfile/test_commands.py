"""Instructions are read into commands, or refused in BuildKit's words."""

from __future__ import annotations

import pytest

from explorer.dockerfile.commands import model
from explorer.dockerfile.commands.csvfields import CsvError, split_fields
from explorer.dockerfile.commands.flags import FLAGS
from explorer.dockerfile.commands.read import read_command
from explorer.dockerfile.document import Document
from explorer.dockerfile.statement import KEYWORDS, Fault
from tests.dockerfile.reading import checked, errors


def command(text: str) -> model.Command:
    document = Document.parse(text)
    found = read_command(document.instructions[0], text)
    assert not isinstance(found, Fault)
    return found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("NOPE x", "unknown instruction: NOPE"),
        ("COPPY a b", "unknown instruction: COPPY (did you mean COPY?)"),
        ("frm a", "unknown instruction: frm (did you mean from?)"),
        ("FROM a b", "FROM requires either one or three arguments"),
        ("FROM a AS 1b", 'invalid name for build stage: "1b", name can\'t start with a number or'),
        ("FROM --plat=x a", "unknown flag: --plat"),
        ("FROM --platfrom=x a", "unknown flag: --platfrom (did you mean platform?)"),
        ("WORKDIR", "WORKDIR requires exactly one argument"),
        ("USER", "USER requires exactly one argument"),
        ("STOPSIGNAL", "STOPSIGNAL requires exactly one argument"),
        ("MAINTAINER", "MAINTAINER requires exactly one argument"),
        ("ENV", "ENV requires at least one argument"),
        ("LABEL", "LABEL requires at least one argument"),
        ("ARG", "ARG requires at least one argument"),
        ("EXPOSE", "EXPOSE requires at least one argument"),
        ("VOLUME", "VOLUME requires at least one argument"),
        ("ONBUILD", "ONBUILD requires at least one argument"),
        ("HEALTHCHECK", "HEALTHCHECK requires at least one argument"),
        ("SHELL []", "SHELL requires at least one argument"),
        ("SHELL bash", "SHELL requires the arguments to be in JSON form"),
        ('VOLUME [" "]', "VOLUME specified can not be an empty string"),
        ("ENV =x", "ENV names can not be blank"),
        ("ARG =x", "ARG names can not be blank"),
        ("COPY a", "COPY requires at least two arguments, but only one was provided."),
        ("ADD a", "ADD requires at least two arguments, but only one was provided."),
        ("COPY a <<E\nE", "COPY cannot accept a heredoc as a destination"),
        ("COPY --link=maybe a b", "expecting boolean value for flag --link, not: maybe"),
        ("COPY --link= a b", "missing a value on flag: --link"),
        ("COPY --from a b c", "missing a value on flag: --from"),
        ("COPY --from=a --from=b c d", "duplicate flag specified: --from"),
        ("RUN --network=moon x", 'invalid network mode "moon"'),
        ("RUN --security=none x", 'security "none" is not valid'),
        ("RUN --mount=from=$x y", "'from' doesn't support variable expansion, define alias stage"),
        ('RUN --mount=a\\"b y', 'failed to parse csv mounts: bare " in non-quoted-field'),
        ("RUN --network=x --mount=from=$y z", "'from' doesn't support variable expansion,"),
        ("RUN --device=a,b x", "invalid field 'b' must be a key=value pair"),
        ("RUN --device=a,name=b x", "device name already set to a"),
        ("RUN --device=required=x y", "invalid value for required: x"),
        ("RUN --device=a,nmae=b x", "unexpected key 'nmae' in 'nmae=b' (did you mean name?)"),
        ("HEALTHCHECK NONE x", "HEALTHCHECK NONE takes no arguments"),
        ("HEALTHCHECK CMD", "Missing command after HEALTHCHECK CMD"),
        ("HEALTHCHECK TCP x", 'Unknown type "TCP" in HEALTHCHECK (try CMD)'),
        ("HEALTHCHECK --interval=5 CMD x", 'time: missing unit in duration "5"'),
        ("HEALTHCHECK --interval=50ns CMD x", 'Interval "interval" cannot be less than 1ms'),
        ("HEALTHCHECK --retries=-1 CMD x", "--retries cannot be negative (-1)"),
        ("HEALTHCHECK --retries=x CMD x", 'strconv.ParseInt: parsing "x": invalid syntax'),
        ("ONBUILD FROM a", "FROM isn't allowed as an ONBUILD trigger"),
        ("ONBUILD ONBUILD RUN x", "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"),
        ("MAINTAINER --x y", "unknown flag: --x"),
    ],
)
def test_refusals(text: str, message: str) -> None:
    found = errors(text if text.startswith(("FROM", "frm")) else f"FROM scratch\n{text}")
    assert found[0].startswith(message)


def test_a_build_error_names_the_line_as_buildkit_does() -> None:
    error = checked("FROM scratch\nRUN x\nBADCMD").build_error
    assert error is not None
    assert error.build_error == "dockerfile parse error on line 3: unknown instruction: BADCMD"


def test_instructions_before_any_stage_are_refused() -> None:
    assert errors("ARG a\nRUN x\nFROM scratch") == ["no build stage in current context"]
    assert errors("ARG a") == ["dockerfile contains no stages to build"]


@pytest.mark.parametrize("text", ["ARG --x a", "STOPSIGNAL --x 9"])
def test_flags_that_buildkit_does_not_look_at(text: str) -> None:
    assert errors(f"FROM scratch\n{text}") == []


def test_copy() -> None:
    found = command("COPY --from=b --chown=1:2 --chmod=755 --link --exclude=x --exclude=y a c d/")
    assert isinstance(found, model.Copy)
    transfer = found.transfer
    assert [word.value for word in transfer.sources] == ["a", "c"]
    assert [word.value for word in transfer.excludes] == ["x", "y"]
    assert (transfer.destination.value, transfer.link, found.parents) == ("d/", True, False)
    values = [word and word.value for word in (transfer.owner, transfer.mode, found.source)]
    assert values == ["1:2", "755", "b"]


def test_copy_of_here_documents() -> None:
    found = command("COPY <<-A <<'B' c /\n\t1\nA\n2\nB\n")
    assert isinstance(found, model.Copy)
    inline = [(file.name, file.content) for file in found.transfer.inline]
    assert inline == [("A", "1\n"), ("B", "2\n")]
    assert [word.value for word in found.transfer.sources] == ["c"]


def test_add_leaves_what_is_not_said_open() -> None:
    found = command("ADD --checksum=sha256:x --unpack=false https://a/b /")
    assert isinstance(found, model.Add)
    assert (found.unpack, found.keep_git_dir) == (False, None)


@pytest.mark.parametrize(
    ("text", "words", "is_shell"),
    [
        ("RUN a && b", ("a && b",), True),
        ('RUN ["a", "b"]', ("a", "b"), False),
        ("RUN <<E\na\nb\nE\n", ("a\nb\n",), True),
        ("RUN <<-E\n\ta\nE\n", ("a\n",), True),
        ("RUN <<E cat\na\nE\n", ("<<E cat\na\nE",), True),
        ("RUN <<A <<B\n1\nA\n2\nB\n", ("<<A <<B\n1\nA\n2\nB",), True),
    ],
)
def test_what_run_executes(text: str, words: tuple[str, ...], is_shell: bool) -> None:
    found = command(text)
    assert isinstance(found, model.Run)
    assert found.line == model.CommandLine(words, is_shell)
    assert found.executable is None


def test_a_here_document_with_a_shebang_is_mounted_and_executed() -> None:
    found = command("RUN <<E\n#!/usr/bin/env python\nprint()\nE\n")
    assert isinstance(found, model.Run)
    assert found.line.words == ("/dev/pipes/E",)
    assert found.executable is not None
    assert found.executable.content.endswith("print()\n")


def test_healthcheck() -> None:
    found = command("HEALTHCHECK --interval=1m30s --timeout=0.5s --retries=3 CMD curl x")
    second = 10**9
    assert found == model.HealthcheckCommand(
        ("CMD-SHELL", "curl x"), interval=90 * second, timeout=second // 2, retries=3
    )
    assert command('HEALTHCHECK CMD ["a"]') == model.HealthcheckCommand(("CMD", "a"))
    assert command("HEALTHCHECK none") == model.HealthcheckCommand(("NONE",))


def test_from_and_its_name() -> None:
    found = command("FROM --platform=$P a:1 AS Build")
    assert isinstance(found, model.From)
    assert (found.base.value, found.name) == ("a:1", "build")
    assert found.platform is not None
    assert found.platform.value == "$P"


def test_onbuild_keeps_its_here_documents() -> None:
    found = command("onbuild RUN <<E cat\nx\nE\n")
    assert isinstance(found, model.OnBuild)
    assert found.expression == "RUN <<E cat\nx\nE"


def test_flags_are_those_of_instructions_there_are() -> None:
    assert set(FLAGS) <= KEYWORDS


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("", []),
        ("a,b=c", ["a", "b=c"]),
        (",", ["", ""]),
        ('"a,b",c', ["a,b", "c"]),
        ('"a""b"', ['a"b']),
    ],
)
def test_comma_separated_fields(text: str, fields: list[str]) -> None:
    assert split_fields(text) == fields


@pytest.mark.parametrize("text", ['a"b', '"a', '"a"b'])
def test_fields_with_bad_quotes(text: str) -> None:
    with pytest.raises(CsvError):
        split_fields(text)
