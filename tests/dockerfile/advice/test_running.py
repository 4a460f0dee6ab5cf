"""How RUN and ADD are written: pipes, effects that do not last, folders, archives."""

from __future__ import annotations

import pytest

from tests.dockerfile.advice.advising import BASE, fixed, fixes, found

PIPE, LOST = "PipeHidesFailure", "NoLastingEffect"
FOLDER, ADD, CHECKSUM = "WorkdirInstead", "AddInsteadOfCopy", "RemoteAddWithoutChecksum"


@pytest.mark.parametrize(
    ("run", "place"),
    [
        ("curl -fsSL https://e.org/i.sh | sh", "curl -fsSL https://e.org/i.sh | sh"),
        ("a && wget -qO- https://e.org/x|tar xz", "wget -qO- https://e.org/x|tar"),
        ("curl x | sudo tee /y", "curl x | sudo tee"),
    ],
)
def test_a_download_whose_failure_a_pipe_hides_is_told(run: str, place: str) -> None:
    assert [one.replace("sudo ", "") for one in found(f"{BASE}RUN {run}\n", PIPE)] == [
        place.replace("sudo ", "")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "RUN curl x || true",
        "RUN curl x > y && sh y",
        "RUN set -o pipefail && curl x | sh",
        "RUN set -euxo pipefail; curl x | sh",
        'SHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN curl x | sh',
        "RUN <<E\n#!/bin/bash -e\nset -o pipefail\ncurl x | sh\nE",
        "RUN cat x | sh",
        "RUN echo 'curl x | sh'",
        'RUN V=$(curl x | jq .v) && echo "$V"',
        'SHELL ["pwsh"]\nRUN curl x | sh',
    ],
)
def test_pipes_that_fail_or_that_do_not_matter_are_not_told(text: str) -> None:
    assert found(f"{BASE}{text}\n", PIPE) == []


def test_bash_with_pipefail_is_offered_and_on_alpine_the_shell_s_own() -> None:
    text = f"{BASE}RUN curl x | sh\n"
    assert fixed(text, PIPE) == (
        f'{BASE}SHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN curl x | sh\n'
    )
    text = "FROM alpine:3\nRUN curl x | sh\n"
    assert fixed(text, PIPE) == "FROM alpine:3\nRUN set -o pipefail && curl x | sh\n"
    assert not fixes(text, PIPE)[0].safe


@pytest.mark.parametrize(
    "run",
    ["cd /app", "export A=b", "source /venv/bin/activate", ". /venv/bin/activate", "umask 022",
     "alias a=b", "set -e && export A=b", "cd /a && cd b"],
)  # fmt: skip
def test_what_ends_with_its_shell_is_told(run: str) -> None:
    last = run.rpartition("&& ")[2]
    assert found(f"{BASE}RUN {run}\n", LOST) == [last]


@pytest.mark.parametrize(
    "run",
    ["cd /app && make", "export A=b; make", ". /venv/bin/activate && pip install x", "set -e",
     "test -d /x && cd /x", "(cd /x)", "A=b", "cd /x || exit 1", "true"],
)  # fmt: skip
def test_what_something_follows_is_not_told(run: str) -> None:
    assert found(f"{BASE}RUN {run}\n", LOST) == []


def test_the_instruction_that_lasts_is_offered() -> None:
    assert fixed(f"{BASE}RUN cd /app\nRUN make\n", LOST) == f"{BASE}WORKDIR /app\nRUN make\n"
    assert fixed(f"{BASE}RUN export A=b\n", LOST) == f"{BASE}ENV A=b\n"
    assert not fixes(f"{BASE}RUN cd /app\n", LOST)[0].safe
    assert fixes(f"{BASE}RUN export A=$B\n", LOST) == []


def test_going_to_one_folder_again_and_again_is_told_once() -> None:
    text = f"{BASE}RUN cd /app && make\nRUN cd /app && make test\nRUN cd /app/ && make x\n"
    assert found(text, FOLDER) == ["cd /app"]
    assert found(f"{BASE}RUN cd /app && make\nRUN cd /b && make\n", FOLDER) == []
    assert found(f"{BASE}RUN cd a && make\nRUN cd a && make\n", FOLDER) == []
    assert found(f"FROM a:1\nRUN cd /a && b\n{BASE}RUN cd /a && b\n", FOLDER) == []


@pytest.mark.parametrize(
    "line",
    ["ADD . /app", "ADD src/ /app/", "ADD a.json b.py /x/", "ADD --chown=me *.conf /etc/",
     "ADD .bashrc.local /root/", "ADD <<E /x\nhi\nE"],
)  # fmt: skip
def test_add_of_plain_files_is_told(line: str) -> None:
    text = f"{BASE}{line}\n"
    assert found(text, ADD) == ["ADD"]
    assert fixes(text, ADD)[0].safe
    assert fixed(text, ADD) == text.replace("ADD", "COPY")


@pytest.mark.parametrize(
    "line",
    ["ADD x.tar /", "ADD a.txt x.tar.gz /x/", "ADD x.tgz /", "ADD x.tar.zst /", "ADD rootfs /",
     "ADD x.* /", "ADD $X.json /", "ADD https://e.org/x.json /", "ADD https://e.org/x.git /x",
     "ADD --unpack=false a.txt /", "ADD --checksum=sha256:" + "0" * 64 + " https://e.org/x /",
     "COPY . /"],
)  # fmt: skip
def test_add_that_may_do_more_is_not_told(line: str) -> None:
    assert found(f"{BASE}ARG X\n{line}\n", ADD) == []


def test_a_download_without_a_checksum_is_told() -> None:
    address = "https://e.org/x"
    assert found(f"{BASE}ADD {address} /x\n", CHECKSUM) == [address]
    checksum = "--checksum=sha256:" + "0" * 64
    assert found(f"{BASE}ADD {checksum} {address} /x\n", CHECKSUM) == []
    assert found(f"{BASE}ADD https://e.org/x.git /x\nADD a.txt /\n", CHECKSUM) == []
