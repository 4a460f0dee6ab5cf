"""Templates: sound by BuildKit's checks and by our own formatter, and filled in for the folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.dockerfile.checks.check import check
from explorer.dockerfile.commands import model
from explorer.dockerfile.document import Document
from explorer.dockerfile.formatting.document import format_text
from explorer.dockerfile.ignore import IgnoreFile
from explorer.ui.build.templates.library import Template, Variant, templates
from explorer.ui.build.templates.survey import survey

EVERY = [
    pytest.param(template, variant, id=f"{template.id}-{variant.id}")
    for template in templates()
    for variant in template.variants
]


def text_of(template: Template, variant: Variant) -> str:
    return template.dockerfile(variant, survey(Path("/nonexistent")).values)


@pytest.mark.parametrize(("template", "variant"), EVERY)
def test_passes_every_check_and_is_formatted(template: Template, variant: Variant) -> None:
    text = text_of(template, variant)
    assert check(Document.parse(text)).problems == ()
    assert format_text(text) == text


@pytest.mark.parametrize(("template", "variant"), EVERY)
def test_has_stages_a_cache_mount_and_a_user_that_is_not_root(
    template: Template, variant: Variant
) -> None:
    program = check(Document.parse(text_of(template, variant))).program
    assert len(program.stages) > 1
    commands = [step.command for stage in program.stages for step in stage.steps]
    mounts = [m for c in commands if isinstance(c, model.Run) for m in c.mounts]
    assert any(mount.type == "cache" for mount in mounts)
    last = program.stages[-1]
    assert last.steps[-1].settings_after.user not in ("", "root", "0")


@pytest.mark.parametrize("template", templates(), ids=lambda template: template.id)
def test_leaves_out_of_the_context_what_no_build_needs(template: Template) -> None:
    ignore = IgnoreFile.parse(template.ignore_file())
    assert ignore.ignores(".git/HEAD")
    assert ignore.ignores(".env")
    assert ignore.ignores("Dockerfile")
    assert not any(ignore.ignores(manifest) for manifest in template.manifests)


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["requirements.txt"], ("python", "requirements")),
        (["pyproject.toml"], ("python", "project")),
        (["pyproject.toml", "uv.lock"], ("python", "uv")),
        (["package.json", "package-lock.json"], ("node", "npm")),
        (["package.json", "pnpm-lock.yaml"], ("node", "pnpm")),
        (["package.json", "yarn.lock"], ("node", "yarn")),
        (["package.json"], ("node", "plain")),
        (["go.mod"], ("go", "module")),
        (["pom.xml"], ("java", "maven")),
        (["build.gradle.kts"], ("java", "gradle")),
        (["Cargo.toml", "Cargo.lock"], ("rust", "locked")),
        (["index.html"], ("static", "nginx")),
    ],
)
def test_is_chosen_for_the_manifests_of_a_folder(
    tmp_path: Path, names: list[str], wanted: tuple[str, str]
) -> None:
    for name in names:
        (tmp_path / name).touch()
    found = survey(tmp_path)
    template = found.fitting()[0]
    assert (template.id, template.variant_for(found.names).id) == wanted


def test_nothing_fits_an_empty_folder(tmp_path: Path) -> None:
    assert survey(tmp_path).fitting() == ()


@pytest.mark.parametrize(
    ("file", "content", "name", "wanted"),
    [
        ("pyproject.toml", '[project]\nname = "Tide-Tables"\n', "module", "tide_tables"),
        ("package.json", '{"scripts": {"start": "node src/index.js"}}', "main", "src/index.js"),
        ("package.json", '{"main": "lib/app.js"}', "main", "lib/app.js"),
        ("go.mod", "module example.com/x\n\ngo 1.23.4\n", "version", "1.23"),
        ("cmd/serve/main.go", "package main\n", "package", "./cmd/serve"),
        ("Cargo.toml", '[package]\nname = "tides"\n', "binary", "tides"),
        ("Cargo.toml", '[package]\nname = "x"\n[[bin]]\nname = "tidal"\n', "binary", "tidal"),
    ],
)
def test_names_are_read_from_the_manifests(
    tmp_path: Path, file: str, content: str, name: str, wanted: str
) -> None:
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(content)
    assert survey(tmp_path).values[name] == wanted


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("package.json", '{"main": "a\\", \\"b"}'),
        ("package.json", "not json"),
        ("package.json", "[" * 100_000),
        ("package.json", '{"scripts": {"start": "node $(curl evil)"}}'),
        ("Cargo.toml", '[package]\nname = "x && rm -rf /"\n'),
        ("Cargo.toml", "package = 3\n"),
        ("pyproject.toml", "\x00"),
    ],
)
def test_a_manifest_cannot_write_into_the_dockerfile(
    tmp_path: Path, file: str, content: str
) -> None:
    (tmp_path / file).write_text(content)
    assert survey(tmp_path).values == survey(tmp_path / "nothing").values
