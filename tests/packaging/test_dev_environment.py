import errno
from pathlib import Path

import pytest
from devkit import environment
from devkit.environment import Environment
from devkit.trouble import DevError


@pytest.fixture
def checkout(tmp_path: Path) -> Environment:
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    return Environment(tmp_path)


def test_a_folder_that_may_not_be_written_is_said_in_words(
    checkout: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Environment, reason: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(self.folder))

    monkeypatch.setattr(Environment, "_make", refuse)

    with pytest.raises(DevError, match="could not prepare") as raised:
        checkout.ensure()

    assert "Permission denied" in raised.value.why
    assert "folder that you may write to" in raised.value.hint


def test_a_python_with_neither_ensurepip_nor_pip_names_what_to_install(
    checkout: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(environment, "_host_pip_version", lambda: None)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")

    with pytest.raises(DevError) as raised:
        checkout.ensure()

    assert raised.value.hint == "sudo apt-get install python3-pip"


def test_a_pip_that_cannot_serve_another_python_is_refused_by_version(
    checkout: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(environment, "_host_pip_version", lambda: (22, 0))

    with pytest.raises(DevError, match="could not put pip") as raised:
        checkout.ensure()

    assert "22.0 is too old" in raised.value.why


def test_a_linked_environment_is_unlinked_and_its_target_kept(
    checkout: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "elsewhere"
    target.mkdir()
    (target / "keep").touch()
    checkout.folder.symlink_to(target)
    monkeypatch.setattr(Environment, "_bootstrap_pip", lambda self: None)
    monkeypatch.setattr(Environment, "_install", lambda self, extras: None)

    checkout.ensure()

    assert not checkout.folder.is_symlink()
    assert (target / "keep").exists()
