"""What desktops, packagers and continuous integration read."""

import configparser
import os
import re
import shutil
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APP_ID = "io.github.layerscope.Layerscope"
DESKTOP = ROOT / "packaging" / f"{APP_ID}.desktop"
METAINFO = ROOT / "packaging" / f"{APP_ID}.metainfo.xml"
ICON = ROOT / "resources" / "icons" / "layerscope.svg"
SVG = "{http://www.w3.org/2000/svg}"


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def verdict(*command: str) -> str:
    """What a validator says, empty when it is content."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def desktop_entry() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # keys keep their case
    parser.read(DESKTOP, encoding="utf-8")
    return parser["Desktop Entry"]


@needs("desktop-file-validate")
def test_the_desktop_entry_is_valid() -> None:
    assert verdict("desktop-file-validate", str(DESKTOP)) == ""


@needs("appstreamcli")
def test_the_appstream_component_is_valid() -> None:
    assert verdict("appstreamcli", "validate", "--no-net", str(METAINFO)) == ""


def test_the_application_has_one_identity() -> None:
    component = ET.parse(METAINFO).getroot()

    assert component.findtext("id") == APP_ID
    assert component.findtext("launchable") == DESKTOP.name
    assert component.findtext("icon") == desktop_entry()["Icon"] == APP_ID


def test_the_desktop_and_the_component_claim_the_same_files() -> None:
    component = ET.parse(METAINFO).getroot()
    provided = {element.text for element in component.iterfind("provides/mediatype")}

    assert provided == set(desktop_entry()["MimeType"].rstrip(";").split(";"))


def test_the_desktop_starts_the_command_that_is_installed() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]

    assert desktop_entry()["Exec"].split()[0] in scripts


def test_the_icon_keeps_to_what_every_toolkit_draws() -> None:
    elements = {element.tag.removeprefix(SVG) for element in ET.parse(ICON).iter()}

    assert not elements & {"clipPath", "mask", "filter", "image", "style", "script"}


def test_every_file_that_a_document_points_to_exists() -> None:
    pointed = set()
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (ROOT / name).read_text("utf-8")
        pointed |= set(re.findall(r'\]\(([^)#:]+)\)|src="([^":]+)"', text))

    files = {first or second for first, second in pointed}
    assert files
    assert sorted(file for file in files if not (ROOT / file).exists()) == []


def test_the_commands_of_the_readme_are_those_of_continuous_integration() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    integration = (ROOT / ".ci" / "run").read_text("utf-8")

    assert "python3 packaging/dev.py test" in readme
    assert re.search(r"^python3 packaging/dev\.py test\b", integration, re.MULTILINE)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no execute permission")
def test_the_scripts_can_be_started() -> None:
    for script in (ROOT / ".ci" / "run", ROOT / "packaging" / "dev.py"):
        assert os.access(script, os.X_OK)


@needs("bash")
def test_the_integration_script_is_sound_shell() -> None:
    assert verdict("bash", "-n", str(ROOT / ".ci" / "run")) == ""
