"""What is said about the thing at the caret."""

from __future__ import annotations

import pytest

from explorer.dockerfile.ignore import IgnoreFile
from explorer.dockerfile.services.hovering.card import code, size_text
from explorer.dockerfile.stages.inputs import Inputs
from tests.dockerfile.services.reading import LINUX, at, hovered

IGNORING = Inputs(
    platform=LINUX, build_platform=LINUX, ignore=IgnoreFile.parse("*.env\nlogs\n!logs/keep\n")
)
HEAD = "ARG TOP=1\nFROM node:${TOP} AS build\nARG ONE=5\nENV DIR=/data\nWORKDIR app\nUSER node\n"


@pytest.mark.parametrize(
    ("text", "written", "told"),
    [
        ("FR|OM a", "FROM", "Begins a stage"),
        (f"{HEAD}RU|N x", "RUN", "as user `node`\n- in `/app`\n- through `/bin/sh -c`"),
        (f"{HEAD}onbuild r|un x", "run", "Runs a command"),
        ("FROM a\nENVV| x", "ENVV", "Is it `ENV`?"),
        ("ARG A=1\nFROM n:$|A", "A", "Here it is `1`.\n\nARG in line 1 sets it."),
        ("FROM $BUILD|PLATFORM", "BUILDPLATFORM", "The builder sets it"),
        (f"{HEAD}ENV B=$ON|E", "ONE", "ARG in line 3 sets it."),
        (f"{HEAD}ENV B=${{ON|E:+set}}", "ONE", "`${ONE:+set}` becomes `set`."),
        (f"{HEAD}ENV B=${{NON|E:?no}}", "NONE", "cannot be replaced: NONE: no."),
        (f"{HEAD}RUN echo $D|IR", "DIR", "Here it is `/data`.\n\nENV in line 4 sets it."),
        (f"{HEAD}RUN <<E\n$D|IR\nE", "DIR", "`/data`"),
        (f"{HEAD}COPY <<E /x\n$D|IR\nE", "DIR", "`/data`"),
        (f"{HEAD}ENV B=$T|OP", "TOP", "declared first: `ARG TOP`"),
        (f"{HEAD}ARG TO|P", "TOP", "It becomes `1`."),
        (f"{HEAD}ENV DI|R=/more", "DIR", "Before, it was set by ENV in line 4."),
        (f"{HEAD}ENV B=$PA|TH", "PATH", "in every stage whose base does not set it"),
        ("FROM a\nARG A=1 B=$A|", "A", "Here it is `1`.\n\nARG in line 2 sets it."),
        ("FROM a\nARG N|O", "NO", "It has no value unless `--build-arg` gives one."),
        ("FROM a\nARG NO\nENV A=$N|O", "NO", "It is declared, but has no value"),
        (f"{HEAD}FROM bu|ild", "build", "upon `node:1` for `linux/amd64`"),
        (f"{HEAD}FROM a\nCOPY --from=bu|ild x y", "build", "Used: COPY --from in line 8."),
        (f"{HEAD}FROM a\nCOPY --from=|0 x y", "0", "stage 0, in line 2"),
        (f"{HEAD}FROM a\nRUN --mount=from=bu|ild,target=/x y", "build", "Used: mounts in line 8."),
        ("FROM no|de", "node", "digest `sha256:0123456789ab`"),
        ("FROM no|de", "node", "187 MB in 7 layers"),
        ("FROM no|de", "node", "NODE_VERSION=22.1"),
        ("FROM scr|atch", "scratch", "without a file"),
        ("FROM a\nCOPY --ch|own=x y z", "--chown=", "Who owns the files"),
        ("FROM a\nCOPY --chown=no|de:staff y z", "node:staff", "has the number 1000.\n\nGroup"),
        ("FROM a\nRUN --network=no|ne x", "none", "No network but the loopback."),
        ("FROM a\nRUN --mou|nt=type=ssh x", "--mount=", "does not become part of the layer"),
        ("FROM a\nRUN --mount=ty|pe=cache,target=/x y", "type=cache", "kept from one build"),
        ("FROM a\nRUN --mount=type=cache,tar|get=/x y", "target=/x", "Where the command finds it"),
        ("FROM a\nRUN --mount=type=ssh,siz|e=1m y", "size=1m", "`ssh` do not have it"),
        (f"{HEAD}WORKDIR s|ub", "sub", "Before, it is `/app`."),
        (f"{HEAD}USER no|de", "node", "User `node` has the number 1000."),
        (f"{HEAD}USER 10|00", "1000", "User 1000, called `node`."),
        (f"{HEAD}USER ne|w", "new", "not in the base's `/etc/passwd`"),
        (f"{HEAD}RUN useradd -m new\nUSER ne|w", "new", "The step in line 7 adds it."),
        (f"{HEAD}USER ro|ot", "root", "It is root"),
        (f"{HEAD}EXPOSE 80|80", "8080", "Notes `8080/tcp`"),
        (f"{HEAD}COPY a.en|v /x", "a.env", "leaves it out**: line 1, `*.env`."),
        (f"{HEAD}COPY log|s /x", "logs", "leaves it out, but parts of it"),
        (f"{HEAD}COPY logs/ke|ep /x", "logs/keep", "Line 3 of the ignore file, `!logs/keep`, lets"),
        (f"{HEAD}COPY ma|in /x", "main", "The ignore file lets it through."),
        (f"{HEAD}COPY main s|ub/", "sub/", "From `/app` on."),
        (f"{HEAD}CMD ec|ho hi", "echo hi", "/bin/sh -c 'echo hi'"),
        (f'{HEAD}ENTRYPOINT ["a"]\nCM|D ["b"]', "CMD", "```\na b\n```"),
        (f"{HEAD}RUN <<|E\nx\nE", "<<E", "the script that the shell runs"),
        (f"{HEAD}RUN <<|E\nx\nE", "<<E", "It has 1 line."),
        (f"{HEAD}RUN cat <<|E\nx\nE", "<<E", "The shell replaces variables in it"),
        (f"{HEAD}COPY <<'|E' /x\nx\nE", "<<'E'", "keep variables as they are"),
        (f"{HEAD}COPY <<-E /x\nx|", "x", "**Nothing ends it**"),
        ("# esc|ape=`\nFROM a", "escape", "backtick"),
        ("# check=skip=StageName|Casing\nFROM a", "StageNameCasing", "lowercase"),
    ],
)
def test_what_is_told(text: str, written: str, told: str) -> None:
    found = hovered(text, IGNORING)
    assert found is not None
    assert at(text).document.text[found.start : found.end] == written
    assert told in found.body


@pytest.mark.parametrize(
    "text",
    ["|", "FROM a\n|\nRUN b", "# a com|ment", "FROM a\nRUN ec|ho", "FROM a\nRUN x \\\n# c|\n y",
     "FROM a\nQQQQQQQQQ|Q x", "FROM a\nRUN ${| }", "FROM a\nARG \"\"|", "FROM a\nRUN echo '$|A'",
     "FROM a\nRUN A=1; echo $|A"],
)  # fmt: skip
def test_where_there_is_nothing_to_say(text: str) -> None:
    assert hovered(text) is None


def test_an_explanation_leads_to_the_reference() -> None:
    found = hovered("FROM a\nCO|PY x y")
    assert found is not None
    assert found.url == "https://docs.docker.com/reference/dockerfile/#copy"


def test_the_value_here_is_the_value_at_that_line() -> None:
    text = "FROM a\nENV A=1\nENV B=$A\nENV A=2\nENV C=$|A\n"
    found = hovered(text)
    assert found is not None
    assert "Here it is `2`." in found.body


@pytest.mark.parametrize(
    ("text", "shown"), [("a", "`a`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("a\n b", "`a b`")]
)
def test_code_holds_any_text(text: str, shown: str) -> None:
    assert code(text) == shown


@pytest.mark.parametrize(
    ("size", "shown"),
    [(0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (187_000_000, "187 MB"),
     (999_600, "1 MB"), (2_340_000_000, "2.34 GB")],
)  # fmt: skip
def test_sizes_have_three_figures(size: int, shown: str) -> None:
    assert size_text(size) == shown
