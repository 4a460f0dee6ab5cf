"""Trust is of one folder, is kept, and can be taken back; what is kept may be damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.ui.build.automatic.trust import TrustedFolders
from explorer.ui.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.at(tmp_path / "settings.ini")


def test_no_folder_is_trusted_at_first(settings: Settings, tmp_path: Path) -> None:
    trusted = TrustedFolders(settings)
    assert not trusted.trusts(tmp_path)
    trusted.switch(tmp_path, on=True)
    assert not trusted.is_on(tmp_path), "nothing is on without trust"


def test_trust_is_kept_until_it_is_taken_back(settings: Settings, tmp_path: Path) -> None:
    TrustedFolders(settings).trust(tmp_path)
    again = TrustedFolders(Settings.at(tmp_path / "settings.ini"))
    assert again.is_on(tmp_path)
    again.switch(tmp_path, on=False)
    assert again.trusts(tmp_path)
    assert not again.is_on(tmp_path)
    again.revoke(tmp_path)
    assert not again.trusts(tmp_path)
    assert again.folders == ()


def test_folders_within_and_around_are_others(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    trusted = TrustedFolders(settings)
    trusted.trust(tmp_path / "a")
    assert not trusted.trusts(tmp_path / "a" / "b")
    assert not trusted.trusts(tmp_path)


def test_a_link_is_where_it_leads_to(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    link = tmp_path / "link"
    link.symlink_to("a")
    trusted = TrustedFolders(settings)
    trusted.trust(link)
    assert trusted.trusts(tmp_path / "a")
    link.unlink()
    link.symlink_to("b")
    assert not trusted.trusts(link), "it leads elsewhere by now"


@pytest.mark.parametrize("kept", ["", "{", "[]", "3", '{"/a": "yes", "3": 1}', "null"])
def test_damaged_settings_trust_nothing(settings: Settings, tmp_path: Path, kept: str) -> None:
    settings.set("build/trusted-folders", kept)
    trusted = TrustedFolders(settings)
    assert not trusted.is_on(tmp_path)
    assert not any(trusted.is_on(folder) for folder in trusted.folders)
