"""What is offered at the caret."""

from __future__ import annotations

import pytest

from explorer.dockerfile.services.completion import CompletionKind, complete
from explorer.dockerfile.services.snippets import SnippetText
from explorer.dockerfile.services.surroundings import NoSurroundings
from explorer.dockerfile.stages.inputs import Inputs
from explorer.oci.config import ImageConfig
from tests.dockerfile.services.reading import LINUX, at, completed, completions, labels

TWO = (
    "ARG VERSION=3\nFROM node:22 AS build\nARG MODE=fast\nENV HOME_DIR=/h\nWORKDIR /app\n"
    "FROM alpine\n"
)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("|", ["FROM", "ARG"]),
        ("fr|", ["FROM"]),
        ("FROM a\n|", ["RUN", "COPY"]),
        ("FROM a\nwor|", ["WORKDIR"]),
        ("FROM a\n  ent|", ["ENTRYPOINT"]),
        ("FROM a\nRUN <<E\nx\nE\nus|", ["USER"]),
        ("FROM a\nRUN x\n\nCM|D y\nUSER z", ["CMD"]),
        ("FROM a\nONBUILD co|", ["COPY"]),
        ("FROM a\nHC|", ["HEALTHCHECK"]),
        ("FROM |", ["scratch"]),
        (f"{TWO}FROM bu|", ["build"]),
        (f"{TWO}FROM build |", ["AS"]),
        ("FROM --|", ["--platform="]),
        ("FROM --platform=|", ["$BUILDPLATFORM", "$TARGETPLATFORM", "linux/amd64"]),
        ("FROM --platform=$B|", ["BUILDPLATFORM"]),
        ("ARG A=1\nFROM x:${|", ["A"]),
        (f"{TWO}ARG |", ["VERSION", "TARGETPLATFORM"]),
        (f"{TWO}COPY --|", ["--chown=", "--chmod=", "--link"]),
        (f"{TWO}COPY -|", ["--chown="]),
        (f"{TWO}COPY --link --|", ["--chown=", "--chmod=", "--exclude="]),
        (f"{TWO}COPY --from=|", ["build", "node:22", "alpine"]),
        (f"{TWO}COPY --link=|", ["true", "false"]),
        (f"{TWO}COPY --chown=|", ["root", "node", "daemon"]),
        (f"{TWO}COPY --chown=node:|", ["root", "staff"]),
        (f"{TWO}COPY --chmod=07|", ["0755"]),
        (f"{TWO}ADD --checksum=|", ["sha256:"]),
        (f"{TWO}COPY |", ["src/", "Makefile", "package.json", ".git/"]),
        (f"{TWO}COPY src/|", ["util/", "app.py"]),
        (f"{TWO}COPY ./src/a|", ["app.py"]),
        (f"{TWO}COPY package.json |", ["./", "src/"]),
        (f"{TWO}COPY package.json /e|", ["etc/"]),
        (f"{TWO}COPY --from=build |", ["app/", "etc/", "usr/"]),
        (f"{TWO}COPY --from=0 /app/|", ["bin/", "main"]),
        (f"{TWO}COPY --from=nginx /|", ["nginx-file"]),
        (f'{TWO}COPY ["src/a|', ["app.py"]),
        (f"{TWO}RUN --mount=|", ["type=cache", "type=bind", "type=secret"]),
        (f"{TWO}RUN --mount=type=|", ["bind", "cache", "tmpfs", "secret", "ssh"]),
        (f"{TWO}RUN --mount=type=cache,|", ["target=", "source=", "from=", "id=", "sharing="]),
        (f"{TWO}RUN --mount=type=tmpfs,|", ["target=", "size="]),
        (f"{TWO}RUN --mount=type=secret,id=a,|", ["target=", "required", "env="]),
        (f"{TWO}RUN --mount=type=cache,dst=/x,sh|", ["sharing="]),
        (f"{TWO}RUN --mount=type=cache,sharing=|", ["shared", "private", "locked"]),
        (f"{TWO}RUN --mount=type=cache,target=/root/.n|", ["/root/.npm"]),
        (f"{TWO}RUN --mount=from=|", ["build"]),
        (f"{TWO}RUN --mount=from=build,source=/app/|", ["bin/", "main"]),
        (f"{TWO}RUN --mount=source=s|", ["src/"]),
        (f"{TWO}RUN --network=|", ["default", "none", "host"]),
        (f"{TWO}RUN --security=|", ["sandbox", "insecure"]),
        (f"{TWO}RUN \\\n  --mount=type=ca|", ["cache"]),
        (f"{TWO}RUN \\\n# why\n\n  --net|", ["--network="]),
        (f"{TWO}USER |", ["root", "node", "daemon"]),
        (f"{TWO}USER node:s|", ["staff"]),
        (f"{TWO}RUN adduser -D app\nUSER |", ["app", "root"]),
        (f"{TWO}RUN groupadd crew\nCOPY --chown=node:c|", ["crew"]),
        ("FROM pyt|", ["python"]),
        (f"{TWO}WORKDIR /a|", ["app/"]),
        (f"{TWO}VOLUME /app/|", ["bin/"]),
        (f"{TWO}STOPSIGNAL |", ["SIGTERM", "SIGINT", "SIGQUIT"]),
        (f"{TWO}STOPSIGNAL usr|", ["SIGUSR1", "SIGUSR2"]),
        (f"{TWO}EXPOSE |", ["8080/tcp"]),
        (f"{TWO}EXPOSE 80 53/|", ["tcp", "udp", "sctp"]),
        (f"{TWO}SHELL |", ['["/bin/bash", "-o", "pipefail", "-c"]']),
        (f"{TWO}CMD |", ['["program", "argument"]']),
        (f"{TWO}HEALTHCHECK |", ["CMD", "NONE", "--interval="]),
        (f"{TWO}HEALTHCHECK --start|", ["--start-period=", "--start-interval="]),
        (f"{TWO}HEALTHCHECK --timeout=|", ["30s"]),
        (f"{TWO}LABEL org.open|", ["org.opencontainers.image.title"]),
        (f"{TWO}ENV PA|", ["PATH"]),
        ("FROM a\nARG ONE=1\nENV TWO=2\nRUN echo $|", ["TWO", "ONE", "PATH"]),
        ("FROM a\nARG ONE=1\nRUN echo '$ONE' \"$O|\"", ["ONE"]),
        ("FROM a\nARG ONE=1\nCMD echo $O|", ["ONE"]),
        ("FROM a\nARG ONE=1 TWO=$|", ["ONE", "PATH"]),
        ("FROM a\nENV ONE=1 TWO=$|", ["PATH"]),
        ("FROM a\nARG ONE=1\nRUN <<E\necho $O|\nE", ["ONE"]),
        ("FROM a\nARG ONE=1\nCOPY <<E /x\n# $O|\nE", ["ONE"]),
        ("FROM a\nARG ONE=1\nRUN --mount=type=cache,target=/$O| x", ["ONE"]),
        ("FROM a\nARG ONE=1\nENV X=${ONE:|", [":-default", ":+other", ":?message"]),
        ("#|", ["syntax=", "escape=", "check="]),
        ("# syntax=x\n# |", ["escape=", "check="]),
        ("\ufeff# syn|", ["syntax="]),
        ("\ufefffr|", ["FROM"]),
        ("FROM a\r\nARG ONE=1\r\nRUN x \\\r\n  && echo $O|\r\nUSER b\r\n", ["ONE"]),
        ("# syntax=|", ["docker/dockerfile:1"]),
        ("# escape=|", ["\\", "`"]),
        ("# check=|", ["skip=", "error=true", "experimental="]),
        ("# check=error=|", ["true", "false"]),
        ("# check=skip=Json|", ["JSONArgsRecommended"]),
        ("# check=skip=all;exp|", ["experimental="]),
        ("# check=experimental=|", ["InvalidDefinitionDescription", "all"]),
        ("FROM a\n# ch|\nRUN x", ["check="]),
        ("FROM a\n# check=skip=Main|\nRUN x", ["MaintainerDeprecated"]),
    ],
)
def test_what_comes_first(text: str, first: list[str]) -> None:
    assert labels(text)[: len(first)] == first


@pytest.mark.parametrize(
    "text",
    [
        "FROM a AS |",
        "FROM a\nRUN echo |",
        "FROM a\nRUN echo '$|",
        "FROM a\nRUN echo \\$|",
        "FROM a\nCOPY <<'E' /x\n$|\nE",
        "FROM a\nRUN <<E\nx\nE|\n",
        "FROM a\n# a comment |",
        "FROM a\n# |",
        "FROM a\nRUN x \\|",
        "FROM a\nNOPE |",
        "FROM a\nCOPY ../|",
        "FROM a\nCOPY --nope=|",
        "FROM a\nHEALTHCHECK NONE |",
        "FROM a\nMAINTAINER $|",
        "FROM a\nRUN x \\\n  # $|\n  y",
        "FROM a\nRUN --mount=type=nope,|",
    ],
)
def test_where_nothing_is_offered(text: str) -> None:
    assert labels(text) == []


@pytest.mark.parametrize(
    ("text", "label", "result"),
    [
        ("fr|", "FROM", "FROM "),
        ("fr| x", "FROM", "FROM x"),
        ("from a\nco|", "copy", "from a\ncopy "),
        ("from a\nfrom b |", "as", "from a\nfrom b as "),
        ("FROM a\nRU|N x", "RUN", "FROM a\nRUN x"),
        ("FROM a\nCOPY --fr|=x y z", "--from=", "FROM a\nCOPY --from=x y z"),
        ("FROM a\nCOPY --li| y z", "--link", "FROM a\nCOPY --link y z"),
        ("FROM a\nRUN --mount=ty|,id=x y", "type=ssh", "FROM a\nRUN --mount=type=ssh,id=x y"),
        ("FROM a\nRUN --mount=type=ca|,id=x y", "cache", "FROM a\nRUN --mount=type=cache,id=x y"),
        ("FROM a\nCOPY src/a|x /y", "app.py", "FROM a\nCOPY src/app.py /y"),
        ("FROM a\nCOPY s|/x /y", "src/", "FROM a\nCOPY src/x /y"),
        ('FROM a\nCOPY ["s|"]', "src/", 'FROM a\nCOPY ["src/"]'),
        ("FROM a\nCOPY s|\\\n /y", "src/", "FROM a\nCOPY src/\\\n /y"),
        ("FROM a\nARG NAME=1\nENV B=$N|", "NAME", "FROM a\nARG NAME=1\nENV B=$NAME"),
        ("FROM a\nARG NAME=1\nENV B=${N|", "NAME", "FROM a\nARG NAME=1\nENV B=${NAME}"),
        ("FROM a\nARG NAME=1\nENV B=${N|}", "NAME", "FROM a\nARG NAME=1\nENV B=${NAME}"),
        ("FROM a\nARG NAME=1\nENV B=${N|:-x}", "NAME", "FROM a\nARG NAME=1\nENV B=${NAME:-x}"),
        ("# check=skip=St|;error=1", "StageNameCasing", "# check=skip=StageNameCasing;error=1"),
        ("FROM a\nUSER no|:staff", "node", "FROM a\nUSER node:staff"),
        ("FROM a\nLABEL org.opencontainers.image.tit|=x",
         "org.opencontainers.image.title", "FROM a\nLABEL org.opencontainers.image.title=x"),
    ],
)  # fmt: skip
def test_what_an_item_replaces(text: str, label: str, result: str) -> None:
    assert completed(text, label) == result


def test_the_escape_character_is_that_of_the_file() -> None:
    head = "# escape=`\nFROM a\nARG NAME=1\n"
    assert labels(f"{head}RUN `\n  --mount=type=ca|") == ["cache"]
    assert labels(f"{head}ENV A=`$|") == []
    assert labels(f"{head}ENV A=\\$N|") == ["NAME"]
    snippet = next(i for i in completions(f"{head}run-ca|").items if i.label == "run-cache")
    assert " `\n" in snippet.insert


def test_variables_are_those_of_the_stage_so_far() -> None:
    text = "ARG TOP=1\nFROM a AS one\nENV ONE=1\nFROM one\nRUN $|\nENV LATER=1\n"
    assert labels(text) == ["ONE", "PATH"]
    assert labels("ARG TOP=1\nFROM $T|")[0] == "TOP"


def test_a_variable_tells_its_value_and_where_it_is_set() -> None:
    items = completions("FROM a\nENV ONE=1\nRUN echo $O|").items
    assert [(i.detail, i.documentation) for i in items] == [("1", "ENV in line 2")]


def test_a_stage_never_copies_from_itself_or_a_later_one() -> None:
    text = "FROM a AS one\nFROM b AS two\nCOPY --from=|\nFROM c AS three\n"
    assert [name for name in labels(text) if name in ("one", "two", "three")] == ["one"]


def test_stages_without_a_name_are_offered_by_number() -> None:
    assert labels("FROM a\nFROM b AS c\nFROM d\nCOPY --from=|")[-1] == "0"


def test_named_contexts_and_known_images_are_offered() -> None:
    inputs = Inputs(
        platform=LINUX,
        build_platform=LINUX,
        contexts={"shared": None},
        images={"docker.io/library/golang:1.23": ImageConfig(LINUX)},
    )
    assert labels("FROM |", inputs)[:2] == ["shared", "golang:1.23"]
    assert labels("FROM a\nCOPY --from=go|", inputs) == ["golang:1.23"]


def test_names_with_blanks_are_left_out_where_they_cannot_be_written() -> None:
    assert "a b.txt" not in labels("FROM a\nCOPY |")


def test_keywords_follow_the_case_of_the_file() -> None:
    assert labels("from a\nrun b\nex|") == ["expose"]
    assert labels("FROM a\nrun b\nRUN c\nex|") == ["EXPOSE"]


def test_triggers_are_only_what_may_be_one() -> None:
    offered = labels("FROM a\nONBUILD |")
    assert {"RUN", "COPY"} <= set(offered)
    assert not {"FROM", "ONBUILD", "MAINTAINER"} & set(offered)


def test_snippets_can_be_read() -> None:
    items = [i for i in completions("FROM a\n|").items if i.kind is CompletionKind.SNIPPET]
    assert items
    for item in items:
        assert item.snippet
        assert SnippetText.parse(item.insert).stops


def test_nothing_is_asked_of_surroundings_that_know_nothing() -> None:
    here = at("FROM a\nCOPY |")
    answer = complete(here.document, here.program, here.offset, NoSurroundings())
    assert answer.items[0].label == "--chown="


def test_an_answer_without_items_is_an_empty_range() -> None:
    answer = completions("FROM a\nRUN echo|")
    assert (answer.start, answer.end) == (15, 15)
