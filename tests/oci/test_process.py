"""What a container will really run, and why."""

from __future__ import annotations

import pytest

from explorer.oci.config import ImageConfig
from explorer.oci.platform import Platform
from explorer.oci.process import Process, effective_process

Words = tuple[str, ...] | None
SHELL = ("/bin/sh", "-c")


def _process(entrypoint: Words = None, cmd: Words = None, **fields: str) -> Process:
    platform = Platform(fields.pop("os", "linux"), "amd64")
    return effective_process(
        ImageConfig(platform, entrypoint=entrypoint, cmd=cmd, **fields)  # type: ignore[arg-type]
    )


def _says(process: Process, text: str) -> bool:
    return any(text in sentence for sentence in process.explanation)


@pytest.mark.parametrize(
    ("entrypoint", "cmd", "argv", "form"),
    [
        (None, None, (), "none"),
        ((), (), (), "none"),
        (None, ("nginx", "-g"), ("nginx", "-g"), "exec"),
        (("/entry",), None, ("/entry",), "exec"),
        (("/entry",), ("a", "b"), ("/entry", "a", "b"), "exec"),
        (None, (*SHELL, "npm start"), (*SHELL, "npm start"), "shell"),
        ((*SHELL, "top"), ("x",), (*SHELL, "top", "x"), "shell"),
        (SHELL, ("make",), (*SHELL, "make"), "shell"),
        (("/bin/bash", "-o", "pipefail", "-c", "x"), None, None, "shell"),
        (None, ("bash",), ("bash",), "exec"),
        (None, ("sh", "/run.sh"), ("sh", "/run.sh"), "exec"),
        (None, ("cmd", "/S", "/C", "dir"), None, "shell"),
    ],
)
def test_entrypoint_and_cmd_are_put_together(
    entrypoint: Words, cmd: Words, argv: Words, form: str
) -> None:
    process = _process(entrypoint, cmd)
    assert process.argv == (argv if argv is not None else (entrypoint or ()) + (cmd or ()))
    assert process.form == form


def test_an_image_without_a_command_says_so() -> None:
    process = _process()
    assert process.explanation == (
        "The image sets neither ENTRYPOINT nor CMD: a command has to be given to run it",
    )
    assert process.command_line == ""


def test_cmd_has_no_effect_beside_an_entrypoint_in_shell_form() -> None:
    process = _process((*SHELL, "top -b"), ("-d", "1"))
    assert _says(process, "CMD has no effect")
    assert _says(process, "`docker run IMAGE args` changes nothing")


@pytest.mark.parametrize("script", ['exec top "$@"', "top $0", "top ${1:-x}"])
def test_a_script_that_reads_its_arguments_gets_cmd(script: str) -> None:
    process = _process((*SHELL, script), ("-d",))
    assert not _says(process, "CMD has no effect")
    assert _says(process, "CMD reaches it as $0, $1")
    assert _says(process, "args in place of CMD")


def test_an_entrypoint_that_is_only_a_shell_runs_cmd_as_its_script() -> None:
    process = _process(SHELL, ("make all",))
    assert _says(process, "CMD is the script")
    assert not _says(process, "no effect")


def test_arguments_of_docker_run_replace_cmd() -> None:
    assert _says(_process(("/e",), ("a",)), "runs `/e` args: args replace CMD")
    assert _says(_process(("/e",)), "runs `/e` args")
    assert _says(_process(None, ("a",)), "runs args instead of CMD")


def test_signals_reach_process_1_in_exec_form() -> None:
    process = _process(None, ("nginx",), stop_signal="SIGQUIT")
    assert _says(process, "nginx is process 1 and gets SIGQUIT")
    assert process.stop_signal == "SIGQUIT"


def test_signals_stop_at_the_shell_unless_it_replaces_itself() -> None:
    assert _says(_process(None, (*SHELL, "npm start")), "does not pass it on")
    assert _says(_process(None, (*SHELL, "exec npm start")), "becomes process 1 and gets SIGTERM")


def test_an_init_passes_signals_on_and_a_script_may_not() -> None:
    assert _says(_process(("/sbin/tini", "--"), ("x",)), "tini is process 1: it passes signals on")
    assert _says(_process(("/docker-entrypoint.sh",), ("x",)), "only if the script")


def test_user_directory_and_path_are_told() -> None:
    process = _process(None, ("app",), user="1000", workdir="/srv")
    assert (process.user, process.workdir) == ("1000", "/srv")
    assert _says(process, "It runs as 1000 in /srv")
    assert _says(process, "the image has none")
    config = ImageConfig(Platform("linux", "amd64"), cmd=("app",), env=(("PATH", "/bin"),))
    assert _says(effective_process(config), "looked up in the image's PATH")
    assert _says(_process(None, ("./app",), workdir="/srv"), "./app is found from /srv")
    default = _process(None, ("app",))
    assert (default.user, default.workdir) == ("root", "/")


def test_windows_has_neither_signals_nor_root() -> None:
    process = _process(None, ("cmd", "/S", "/C", "dir"), os="windows")
    assert not _says(process, "process 1")
    assert (process.user, process.workdir) == ("the default user", "C:\\")


@pytest.mark.parametrize(
    ("cmd", "warning"),
    [
        ((*SHELL, "['nginx', '-g']"), "not valid JSON"),
        (("echo", "$HOME"), "no shell expands $HOME"),
        (("echo", "${HOME}/x"), "no shell expands"),
        (("make", "&&", "run"), "&& is passed as a plain argument"),
    ],
)
def test_what_most_likely_is_not_meant_is_warned_of(cmd: tuple[str, ...], warning: str) -> None:
    assert len(_process(None, cmd).warnings) == 1
    assert warning in _process(None, cmd).warnings[0]
    assert warning in _process(cmd).warnings[0]


@pytest.mark.parametrize("cmd", [("nginx", "-g", "daemon off;"), (*SHELL, "echo $HOME && x")])
def test_what_is_usual_is_not_warned_of(cmd: tuple[str, ...]) -> None:
    assert _process(None, cmd).warnings == ()


def test_the_command_line_can_be_typed() -> None:
    assert _process(None, ("nginx", "-g", "daemon off;")).command_line == "nginx -g 'daemon off;'"


def test_hostile_words_do_not_reach_the_explanation_raw() -> None:
    process = _process(("\x1b[2J" + "x" * 100_000,), ("$A\n\x07",), user="\x1b", workdir="\x1b")
    for sentence in (*process.explanation, *process.warnings):
        assert len(sentence) < 600
        assert "\x1b" not in sentence
        assert "\n" not in sentence
