"""Where names and secrets come from, and where they go."""

from __future__ import annotations

import base64
import json
import os
import stat
from pathlib import Path

import pytest

from explorer.errors import Refused, UsageError
from explorer.registry import helpers
from explorer.registry.credentials import Credentials, find_credentials
from explorer.registry.logins import forget, keep
from explorer.registry.options import Options, is_loopback


def entry(name: str, password: str) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{name}:{password}".encode()).decode()}


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("LAYERSCOPE_DATA_DIR", str(tmp_path / "data"))
    return Path(os.environ["HOME"])


def write(path: Path, document: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))


@pytest.fixture
def helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """``docker-credential-testing``: keeps everything in a file, and notes its arguments."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "docker-credential-testing"
    program.write_text(
        f"""#!/bin/sh
echo "$@" >> {folder}/arguments
case $1 in
store) cat > {folder}/kept ;;
get) read server; [ "$server" = broken ] && exit 3
     [ -f {folder}/kept ] && cat {folder}/kept && exit 0
     echo credentials not found in native keychain; exit 1 ;;
erase) rm -f {folder}/kept ;;
esac
"""
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return folder


def test_docker_s_file_is_read(home: Path) -> None:
    write(home / ".docker/config.json", {"auths": {"a.example": entry("me", "p:w")}})
    assert find_credentials("a.example") == Credentials("me", "p:w")
    assert find_credentials("b.example") is None


def test_docker_hub_has_a_name_of_its_own(home: Path) -> None:
    write(home / ".docker/config.json", {"auths": {"https://index.docker.io/v1/": entry("m", "p")}})
    assert find_credentials("docker.io") == Credentials("m", "p")


def test_podman_s_file_comes_first_and_knows_single_repositories(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    auths = {"a.example/team": entry("team", "1"), "a.example": entry("all", "2")}
    write(tmp_path / "run/containers/auth.json", {"auths": auths})
    write(home / ".docker/config.json", {"auths": {"a.example": entry("docker", "3")}})
    assert find_credentials("a.example", "team/app") == Credentials("team", "1")
    assert find_credentials("a.example", "other") == Credentials("all", "2")


def test_an_identity_token_stands_for_the_password(home: Path) -> None:
    write(home / ".docker/config.json", {"auths": {"a.example": {"identitytoken": "t"}}})
    assert find_credentials("a.example") == Credentials(token="t")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"auths": 3}', '{"auths": {"a.example": []}}'])
def test_a_file_that_makes_no_sense_holds_nothing(home: Path, text: str) -> None:
    (home / ".docker").mkdir(parents=True)
    (home / ".docker/config.json").write_text(text)
    assert find_credentials("a.example") is None


def test_a_helper_is_asked_and_no_argument_holds_a_secret(home: Path, helper: Path) -> None:
    write(home / ".docker/config.json", {"credHelpers": {"a.example": "testing"}})
    assert find_credentials("a.example") is None
    helpers.store("testing", "a.example", "me", "s3cret")
    assert find_credentials("a.example") == Credentials("me", "s3cret")
    helpers.erase("testing", "a.example")
    assert find_credentials("a.example") is None
    assert (helper / "arguments").read_text().split() == ["get", "store", "get", "erase", "get"]


def test_a_helper_that_is_missing_or_fails_is_named(home: Path, helper: Path) -> None:
    with pytest.raises(Refused, match="docker-credential-nowhere"):
        helpers.get("nowhere", "a.example")
    with pytest.raises(Refused, match="code 3"):
        helpers.get("testing", "broken")
    with pytest.raises(Refused, match="no valid name"):
        helpers.get("../../bin/sh", "a.example")


def test_without_anything_better_docker_s_file_keeps_it_for_its_owner_alone(home: Path) -> None:
    file = home / ".docker/config.json"
    write(file, {"auths": {"b.example": entry("x", "y")}, "psFormat": "kept"})
    where = keep("a.example", Credentials("me", "s3cret"))
    assert str(file) in where
    assert "not encrypted" in where
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["psFormat"] == "kept"
    assert find_credentials("a.example") == Credentials("me", "s3cret")
    assert find_credentials("b.example") == Credentials("x", "y")
    assert forget("a.example") == (str(file),)
    assert find_credentials("a.example") is None
    assert forget("a.example") == ()


def test_a_login_goes_to_the_helper_that_docker_uses(home: Path, helper: Path) -> None:
    file = home / ".docker/config.json"
    write(file, {"credsStore": "testing"})
    assert keep("a.example", Credentials("me", "s3cret")) == "docker-credential-testing"
    assert "s3cret" not in file.read_text()
    assert find_credentials("a.example") == Credentials("me", "s3cret")


def test_a_damaged_file_is_not_overwritten(home: Path) -> None:
    file = home / ".docker/config.json"
    file.parent.mkdir(parents=True)
    file.write_text("{ mine")
    with pytest.raises(Refused, match="cannot be changed"):
        keep("a.example", Credentials("me", "s3cret"))
    assert file.read_text() == "{ mine"


def test_the_keyring_keeps_it_where_there_is_one(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[tuple[str, ...], str] = {}

    def keyring(method: str, *arguments: str) -> object:
        match method:
            case "set_password":
                kept[arguments[:2]] = arguments[2]
                return True
            case "get_password":
                return kept.get(arguments)
        return kept.pop(arguments)

    monkeypatch.setattr(helpers, "_keyring", keyring)
    assert keep("a.example", Credentials("me", "s3cret")) == "the system's keyring"
    assert find_credentials("a.example") == Credentials("me", "s3cret")
    assert not (home / ".docker").exists()
    assert forget("a.example") == ("the system's keyring",)
    assert kept == {}


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("localhost:5000", True),
        ("127.0.0.1:5000", True),
        ("127.8.8.8", True),
        ("[::1]:5000", True),
        ("[::1]", True),
        ("10.0.0.1:5000", False),
        ("127.0.0.1.example", False),
        ("localhost.example:5000", False),
        ("[::2]:5000", False),
    ],
)
def test_only_this_machine_is_loopback(host: str, here: bool) -> None:
    assert is_loopback(host) is here


def test_mirrors_come_from_the_environment() -> None:
    options = Options.from_environment(environ={"LAYERSCOPE_MIRRORS": "docker.io=a:1, docker.io=b"})
    assert options.mirrors == {"docker.io": ("a:1", "b")}
    with pytest.raises(UsageError, match="HOST=MIRROR"):
        Options.from_environment(environ={"LAYERSCOPE_MIRRORS": "docker.io"})


def test_plain_http_is_for_this_machine_and_for_whom_the_user_names() -> None:
    options = Options(insecure=frozenset({"registry.example:5000"}))
    assert options.may_be_plain("registry.example:5000")
    assert options.may_be_plain("localhost:5000")
    assert not options.may_be_plain("registry.example")
    assert not Options().may_be_plain("registry.example:5000")
