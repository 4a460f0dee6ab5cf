"""Every builder writes ``created_by`` in its own way; the instruction behind it is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.oci.config import History
from explorer.oci.instruction import MAX_CREATED_BY, Instruction

HASH = "ce026b62356eec3ad1214f92be2c9dc063fe205bd5e600be3492c4dfb17148bd"

CLASSIC = [
    (f"/bin/sh -c #(nop) ADD file:{HASH} in / ", f"ADD file:{HASH} /"),
    (f"/bin/sh -c #(nop) COPY --chown=a:b dir:{HASH} in /x ", f"COPY --chown=a:b dir:{HASH} /x"),
    ('/bin/sh -c #(nop)  CMD ["sh"]', 'CMD ["sh"]'),
    (
        '/bin/sh -c #(nop)  CMD ["nginx" "-g" "daemon off;"]',
        'CMD ["nginx", "-g", "daemon off;"]',
    ),
    ('/bin/sh -c #(nop)  CMD ["/bin/sh" "-c" "npm start"]', "CMD npm start"),
    ('/bin/sh -c #(nop)  ENTRYPOINT ["/x" "say \\"hi\\""]', 'ENTRYPOINT ["/x", "say \\"hi\\""]'),
    ("/bin/sh -c #(nop)  ENV LANG=C.UTF-8", "ENV LANG=C.UTF-8"),
    ("/bin/sh -c #(nop)  EXPOSE 80", "EXPOSE 80"),
    ("/bin/sh -c #(nop)  MAINTAINER Ann <a@b>", "MAINTAINER Ann <a@b>"),
    ("/bin/sh -c #(nop) WORKDIR /app", "WORKDIR /app"),
    ("/bin/sh -c apt-get update", "RUN apt-get update"),
    ("cmd /S /C echo hi", "RUN echo hi"),
    ("cmd /S /C #(nop)  USER ContainerUser", "USER ContainerUser"),
]

BUILDKIT = [
    ("RUN /bin/sh -c make # buildkit", "RUN make"),
    ("COPY a b /c # buildkit", "COPY a b /c"),
    ("ADD rootfs.tar.xz / # buildkit", "ADD rootfs.tar.xz /"),
    ("WORKDIR /app", "WORKDIR /app"),
    ("EXPOSE map[443/tcp:{} 80/tcp:{}]", "EXPOSE 443/tcp 80/tcp"),
    ("EXPOSE [80/tcp]", "EXPOSE 80/tcp"),
    ("VOLUME [/data /logs]", "VOLUME /data /logs"),
    ("SHELL [/bin/bash -o pipefail -c]", 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]'),
    ("LABEL maintainer=Ann B <a@b>", 'LABEL maintainer="Ann B <a@b>"'),
    ("ENV A=1 B=two words", 'ENV A=1 B="two words"'),
    ('ENV A="already quoted"', 'ENV A="already quoted"'),
    ("ARG VERSION", "ARG VERSION"),
    ('CMD ["/hello"]', 'CMD ["/hello"]'),
    ("ONBUILD RUN make", "ONBUILD RUN make"),
    (
        'HEALTHCHECK &{["CMD-SHELL" "curl -f x || exit 1"] "30s" "3s" "0s" "0s" \'\\x03\'}',
        "HEALTHCHECK --interval=30s --timeout=3s --retries=3 CMD curl -f x || exit 1",
    ),
    (
        'HEALTHCHECK &{["CMD" "curl" "x"] "1m0s" "0s" "5s" \'\\x00\'}',
        'HEALTHCHECK --interval=1m0s --start-period=5s CMD ["curl", "x"]',
    ),
    ('HEALTHCHECK &{["NONE"] "0s" "0s" "0s" "0s" \'\\x00\'}', "HEALTHCHECK NONE"),
]

KANIKO = [
    ("RUN mkdir -p /root/example", "RUN mkdir -p /root/example"),
    ('RUN ["make", "all"]', 'RUN ["make", "all"]'),
    ("ADD .scripts/ /root/.data/", "ADD .scripts/ /root/.data/"),
]


@pytest.mark.parametrize(("created_by", "text"), CLASSIC + BUILDKIT + KANIKO)
def test_the_line_of_the_dockerfile_is_found(created_by: str, text: str) -> None:
    instruction = Instruction.from_created_by(created_by)
    assert instruction.text == text
    assert str(instruction) == text
    assert instruction.keyword == text.split()[0]


@pytest.mark.parametrize("created_by", [text for text, _ in BUILDKIT])
def test_buildkit_is_told_by_its_comment(created_by: str) -> None:
    history = History(created_by=created_by, comment="buildkit.dockerfile.v0")
    instruction = Instruction.from_history(history)
    assert instruction.buildkit
    assert instruction.builder == "BuildKit"
    assert "buildkit" not in instruction.text


@pytest.mark.parametrize(
    ("created_by", "shell_form"),
    [
        ("/bin/sh -c make", True),
        ("RUN /bin/sh -c make # buildkit", True),
        ("RUN make all # buildkit", False),
        ("RUN make all", True),
        ('RUN ["make"]', False),
        ('CMD ["/bin/sh" "-c" "x"]', True),
        ('CMD ["x"]', False),
        ("CMD npm start", True),
        ('ENTRYPOINT ["/bin/bash" "-c" "x"]', True),
        ('HEALTHCHECK &{["CMD" "x"] "0s" "0s" "0s" \'\\x00\'}', False),
        ("COPY a b # buildkit", None),
        ("WORKDIR /x", None),
    ],
)
def test_the_form_of_a_command_is_told(created_by: str, shell_form: bool | None) -> None:
    assert Instruction.from_created_by(created_by).shell_form is shell_form


@pytest.mark.parametrize(
    ("created_by", "script", "args", "shell"),
    [
        ("|1 V=1 /bin/sh -c make", "make", ("V=1",), "/bin/sh -c"),
        ("RUN |1 V=1 /bin/sh -c make # buildkit", "make", ("V=1",), "/bin/sh -c"),
        ("|2 A=two words B=3 /bin/sh -c x", "x", ("A=two words", "B=3"), "/bin/sh -c"),
        ("|1 A=b C=d /bin/sh -c x", "x", ("A=b C=d",), "/bin/sh -c"),
        ("|1 A= /bin/bash -eo pipefail -c x", "x", ("A=",), "/bin/bash -eo pipefail -c"),
        ("|1 A=b make all", "make all", ("A=b",), ""),
        ("|0 make", "make", (), ""),
    ],
)
def test_build_arguments_and_the_shell_are_set_aside(
    created_by: str, script: str, args: tuple[str, ...], shell: str
) -> None:
    instruction = Instruction.from_created_by(created_by)
    assert instruction.text == f"RUN {script}"
    assert instruction.build_args == args
    assert instruction.shell == shell
    assert all(arg in instruction.comment for arg in args)


@pytest.mark.parametrize(
    "shell",
    [
        "/bin/bash -o pipefail -c",
        "/bin/bash -euxo pipefail -c",
        "/bin/ash -eo pipefail -c",
        "bash -lc",
        "powershell -Command",
        "powershell -NoLogo -ExecutionPolicy Bypass -Command",
        "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe -Command",
        "pwsh -c",
    ],
)
def test_another_shell_than_the_usual_one_is_mentioned(shell: str) -> None:
    instruction = Instruction.from_created_by(f"RUN {shell} do it # buildkit")
    assert instruction.text == "RUN do it"
    assert instruction.shell == shell
    assert instruction.comment == f"run by {shell}"


def test_a_program_that_only_begins_like_a_shell_is_none() -> None:
    for command in ("sh script.sh", "bash", "/bin/shiny -c x", "cmd.sh /c x", "sh -x run.sh -c"):
        assert Instruction.from_created_by(f"RUN {command} # buildkit").shell == ""


@pytest.mark.parametrize(
    ("history", "builder", "summary"),
    [
        (History(created_by="apko", author="apko"), "apko", "apko"),
        (History(created_by="bazel build ...", author="Bazel"), "Bazel", "bazel build ..."),
        (
            History(created_by="jib-gradle-plugin:3.4", comment="classes"),
            "Jib",
            "jib-gradle-plugin:3.4",
        ),
        (History(created_by="ko build ko://x"), "ko", "ko build ko://x"),
        (History(created_by="Buildpacks Launcher Config"), "Buildpacks", None),
        (
            History(created_by="# debian.sh --arch 'amd64'", comment="debuerreotype 0.15"),
            "debuerreotype",
            "debian.sh --arch 'amd64'",
        ),
        (History(created_by="Apply image 1809-RTM-amd64"), "Windows", None),
        (History(comment="Imported from -"), "docker import", "Imported from -"),
        (History(created_by="bash"), "", "bash"),
        (History(), "", "not recorded"),
        (History(comment="buildkit.exporter.image.v0"), "BuildKit", "not recorded"),
        (History(created_by="RUN make", author="kaniko"), "kaniko", "RUN make"),
    ],
)
def test_other_builders_are_named(history: History, builder: str, summary: str | None) -> None:
    instruction = Instruction.from_history(history)
    assert instruction.builder == builder
    assert instruction.summary == (history.created_by if summary is None else summary)


def test_what_is_no_instruction_is_shown_as_a_comment_of_a_dockerfile() -> None:
    instruction = Instruction.from_created_by("nix build\nstore paths")
    assert instruction.keyword == ""
    assert instruction.text == "# nix build\n# store paths"
    assert instruction.comment
    assert instruction.makes_layer


def test_runs_of_blanks_show_where_the_author_broke_the_line() -> None:
    instruction = Instruction.from_created_by(
        "RUN /bin/sh -c set -eux; \tapt-get update; \tapt-get install -y \t\tcurl \t\tgit \t; "
        "\trm x"
    )
    assert instruction.text == (
        "RUN set -eux; \\\n    apt-get update; \\\n    apt-get install -y \\\n    curl \\\n"
        "    git \\\n    ; \\\n    rm x"
    )
    assert instruction.summary == (
        "RUN set -eux; apt-get update; apt-get install -y curl git ; rm x"
    )


def test_blanks_inside_quotes_are_left_alone() -> None:
    text = "RUN echo 'a   b' \"c   d\" e\\   f"
    assert Instruction.from_created_by(text).text == ("RUN echo 'a   b' \"c   d\" e\\  \\\n    f")


def test_a_long_line_is_broken_at_its_operators() -> None:
    command = (
        "apt-get update && apt-get install -y curl wget git; rm -rf /var/lib/apt/lists/* || true"
    )
    assert Instruction.from_created_by(f"/bin/sh -c {command}").text == (
        "RUN apt-get update \\\n    && apt-get install -y curl wget git; \\\n"
        "    rm -rf /var/lib/apt/lists/* \\\n    || true"
    )


def test_a_short_line_stays_one() -> None:
    assert Instruction.from_created_by("/bin/sh -c a && b").text == "RUN a && b"


@given(st.text(st.sampled_from("ab&; \t'\"\\|"), max_size=150))
def test_joining_the_lines_again_gives_the_command_apart_from_blanks(command: str) -> None:
    text = Instruction.from_created_by(f"RUN /bin/sh -c x{command}x # buildkit").text
    joined = text.replace("\\\n", "")
    assert "".join(joined.split()) == "".join(f"RUNx{command}x".split())


def test_a_heredoc_gets_its_mark_back() -> None:
    recorded = "RUN /bin/sh -c apt-get update\napt-get install x\n # buildkit"
    instruction = Instruction.from_created_by(recorded)
    assert instruction.text == "RUN <<EOF\napt-get update\napt-get install x\nEOF"
    assert instruction.summary == "RUN apt-get update apt-get install x"


def test_a_heredoc_that_was_recorded_whole_is_kept() -> None:
    recorded = "RUN /bin/sh -c cat <<EOF > /x\nhello\nEOF # buildkit"
    assert Instruction.from_created_by(recorded).text == "RUN cat <<EOF > /x\nhello\nEOF"


def test_the_mark_of_a_heredoc_does_not_occur_in_it() -> None:
    text = Instruction.from_created_by("/bin/sh -c a\nEOF\nb").text
    assert text == "RUN <<EOF_\na\nEOF\nb\nEOF_"


def test_a_hash_is_cut_in_the_summary_and_kept_in_the_text() -> None:
    instruction = Instruction.from_created_by(f"/bin/sh -c #(nop) ADD file:{HASH} in / ")
    assert instruction.summary == "ADD file:ce026b62356e… /"
    assert HASH in instruction.text
    assert "not recorded" in instruction.comment


def test_characters_that_would_trick_a_terminal_or_a_reader_are_spelled_out() -> None:
    instruction = Instruction.from_created_by("/bin/sh -c echo \x1b[2J \u202e x \x00")
    assert instruction.text == "RUN echo \\x1b[2J \\u202e x \\x00"
    assert instruction.summary == instruction.text


@pytest.mark.parametrize(
    ("keyword", "makes_layer"),
    [
        ("RUN x", True),
        ("COPY a b", True),
        ("WORKDIR /x", True),
        ("ENV A=b", False),
        ("CMD x", False),
    ],
)
def test_only_some_instructions_make_layers(keyword: str, makes_layer: bool) -> None:
    assert Instruction.from_created_by(keyword).makes_layer is makes_layer


@pytest.mark.parametrize(
    "created_by",
    [
        "/bin/sh -c #(nop) " * 10_000,
        "|999 " * 20_000,
        "a " * 500_000,
        "RUN " + "'" * 100_000,
        "RUN " + '\\"' * 100_000,
        "EXPOSE map[" + "a" * 60_000 + "]",
        "CMD [" + '"\\' * 30_000 + "]",
        'HEALTHCHECK &{["CMD"] ' + '\\"' * 30_000 + "}",
        "RUN a\n" + "<<" * 30_000,
        "LABEL " + "a=b " * 16_000,
        "ADD " + "--a " * 16_000,
    ],
)
def test_hostile_texts_are_read_up_to_a_bound(created_by: str) -> None:
    instruction = Instruction.from_created_by(created_by)
    assert len(instruction.summary) <= 500
    assert len(instruction.text) <= 8 * MAX_CREATED_BY


@given(st.text(max_size=100), st.sampled_from(["", "RUN ", "/bin/sh -c ", "CMD [", "|2 ", "ENV "]))
def test_any_text_gives_a_summary_of_one_line(text: str, start: str) -> None:
    instruction = Instruction.from_created_by(start + text)
    assert "\n" not in instruction.summary
    assert instruction.text.strip()
