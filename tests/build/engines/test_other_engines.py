"""Real Docker Engine, Podman and BuildKit build what the embedded engine builds, and tell it so."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from explorer.analysis.listing import merged
from explorer.analysis.opened import OpenImage, open_image
from explorer.build.engine import Engine
from explorer.build.engines.buildkit import buildx
from explorer.build.engines.buildkit.engine import BuildkitEngine
from explorer.build.engines.docker import engine as docker
from explorer.build.engines.docker.engine import DockerEngine
from explorer.build.engines.podman.engine import PodmanEngine
from explorer.build.engines.sandbox.engine import SandboxEngine
from explorer.build.events import Event, Log, Started, StepFailed, Stopped, Warned
from explorer.build.files.stacked import StackedTree
from explorer.build.request import BuildRequest, Output, Secret
from explorer.errors import Unsupported
from explorer.filesystem.entry import Entry, EntryType
from explorer.oci import Reference
from explorer.sources.engines import podman_service
from explorer.sources.engines.images import EngineImages
from explorer.store.images import ImageStore
from tests.build.engines import others
from tests.build.engines.building import Project, need_a_sandbox

pytestmark = [pytest.mark.integration, pytest.mark.slow]

ENGINES = ("docker", "docker-classic", "podman", "buildkit", "buildx")
KITS = ("buildkit", "buildx")
"""By buildctl, and by a builder of docker buildx; both with a daemon of their own."""
_DOCKERFILE = """\
FROM base AS one
RUN echo hello && mkdir -p /made/deep && echo made > /made/deep/file
FROM base
ENV NAME=value
WORKDIR /work
COPY . /all/
COPY --chown=1000:1000 a.txt sub/
COPY --from=one /made /made
RUN rm /all/a.txt && ln -s /made /link && chmod 750 /made && echo $NAME > name
LABEL is=labelled
CMD ["sh", "-c", "true"]
"""
# Podman's isolation by chroot leaves what it mounts files upon in the layers of RUN.
_PODMANS_OWN = {
    b"/etc/hosts",
    b"/etc/resolv.conf",
    b"/etc/hostname",
    b"/run",
    b"/run/.containerenv",
}


@pytest.fixture(scope="module", params=ENGINES)
def kind(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Each engine in turn, running, found where the environment says it is."""
    name: str = request.param
    folder = tmp_path_factory.mktemp(name[:3])
    with pytest.MonkeyPatch.context() as patch, _running(name, folder) as (variable, address):
        patch.delenv("BUILDKIT_HOST", raising=False)
        patch.setenv(variable, address)
        patch.setenv("DOCKER_CONFIG", str(folder / "config"))
        patch.setenv("DOCKER_BUILDKIT", "0" if name == "docker-classic" else "1")
        patch.setenv("BUILDAH_ISOLATION", "chroot")
        yield name


async def _no_buildx() -> None:
    return None


@contextmanager
def _running(name: str, folder: Path) -> Iterator[tuple[str, str]]:
    match name:
        case "docker" | "docker-classic":
            with others.dockerd(folder) as address:
                yield "DOCKER_HOST", address
        case "podman":
            with others.podman(folder) as address:
                yield "CONTAINER_HOST", address
        case "buildkit":
            with others.buildkitd(folder) as address:
                yield "BUILDKIT_HOST", address
        case _:
            with others.buildkitd(folder) as address:
                yield "BUILDX_BUILDER", others.builder(folder / "config", address)


@pytest.fixture
def engine(kind: str, store: ImageStore, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The engine, as a user has it."""
    if kind.startswith("docker"):
        # With docker buildx it would build otherwise; that has a test of its own.
        monkeypatch.setattr(docker, "find_buildx", _no_buildx)
        return DockerEngine(store)
    return PodmanEngine(store) if kind == "podman" else BuildkitEngine(store)


@pytest.fixture
def project(engine: Engine, store: ImageStore, tmp_path: Path) -> Project:
    """A project whose Dockerfile may begin with FROM base, which the local store alone has."""
    others.add_base_with_history(store)
    project = Project(tmp_path / "project", engine)
    project.write("a.txt", "a\n")
    project.write("folder/b.txt", "b\n")
    (project.folder / "folder" / "out").symlink_to("/etc/passwd")
    (project.folder / "c.txt").hardlink_to(project.folder / "a.txt")
    return project


def test_it_says_that_it_is_ready(engine: Engine, kind: str) -> None:
    health = asyncio.run(engine.health())
    assert health.ready, health.why
    assert health.version
    assert ("layerscope-tests (remote)" if kind == "buildx" else "unix://") in health.where


def test_it_makes_the_files_that_the_embedded_engine_makes(
    project: Project, kind: str, store: ImageStore
) -> None:
    need_a_sandbox()
    theirs = project.build(_DOCKERFILE)
    ours = Project(project.folder, SandboxEngine(store)).build(_DOCKERFILE)
    assert _files(theirs.image, kind) == _files(ours.image, kind)
    assert _settings(theirs.image, kind) == _settings(ours.image, kind)


def test_every_step_is_told_once_with_its_line(project: Project) -> None:
    told = project.build(_DOCKERFILE, no_cache=True)
    steps = {told.text(e.step) for e in told.of(Started)}
    assert {"COPY . /all/", "COPY --from=one /made /made"} <= steps
    assert len(told.ran) == len(set(told.ran))
    lines = [e.step for e in told.of(Started) if told.text(e.step).startswith("RUN rm ")]
    assert lines == ["1.5"]
    assert told.done.steps == 6
    assert told.done.cached <= 1  # BuildKit keeps a WORKDIR in any case
    assert "hello\n" in told.output


def test_the_second_build_is_cached(project: Project) -> None:
    project.build(_DOCKERFILE)
    told = project.build(_DOCKERFILE)
    assert told.done.steps == told.done.cached == 6
    assert set(told.cached) >= {"COPY . /all/", "WORKDIR /work"}


def test_what_fails_is_told_at_its_line(project: Project) -> None:
    told = project.build("FROM base\nENV A=b\nRUN true\n\nRUN echo bad; \\\n  exit 3\n")
    assert told.failed.line == 5
    assert told.failed.step == "0.2"
    (failed,) = told.of(StepFailed)
    assert (failed.line, failed.code) == (5, 3)
    assert b"bad" in b"".join(e.data for e in told.of(Log) if e.step == "0.2")


def test_a_mistake_in_the_file_is_told_before_anything_is_sent(project: Project) -> None:
    told = project.build("FROM base\nRUM true\n")
    assert told.failed.line == 2
    assert told.events == [told.end]


def test_a_cancelled_build_stops_at_the_engine(
    project: Project, kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if kind == "podman":
        # A service of Podman's ends the RUN that it is at; one of our own goes at once.
        _without_service(monkeypatch, tmp_path)

    async def cancel() -> list[Event]:
        project.write("Dockerfile", "FROM base\nRUN echo begun; sleep 31337; echo over\n")
        events: list[Event] = []
        request = BuildRequest(project.folder / "Dockerfile", project.folder)
        async with asyncio.timeout(60):
            try:
                async with asyncio.TaskGroup() as group:
                    task = group.create_task(project.engine.build(request, events.append))
                    while not _sleepers():
                        await asyncio.sleep(0.05)
                    task.cancel()
            except asyncio.CancelledError:
                pass
            while _sleepers():
                await asyncio.sleep(0.1)
        return events

    events = asyncio.run(cancel())
    assert isinstance(events[-1], Stopped)
    assert not _sleepers()


def test_a_result_can_stay_with_the_engine(project: Project, kind: str, store: ImageStore) -> None:
    name = Reference.parse("stays:1")
    told = project.build("FROM base\nRUN echo stay > /stays\n", references=(name,),
                         outputs=(Output("engine"),))  # fmt: skip
    assert told.done.digest
    assert str(name) not in [str(i.reference) for i in store.images()]
    if kind in KITS:
        return
    transport = "podman" if kind == "podman" else "docker-daemon"
    held = EngineImages(transport).images()
    assert any(Reference.parse(n) == name for image in held for n in image.names)
    opened = open_image(f"{transport}:stays:1")
    assert b"/stays" in _paths(opened)


def test_a_result_comes_into_the_store_under_its_names(project: Project, store: ImageStore) -> None:
    names = (Reference.parse("app:1"), Reference.parse("host.example:5000/team/app:2"))
    told = project.build("FROM base\nRUN echo app > /app\n", references=names)
    for name in names:
        assert str(store.find(str(name)).digest) == told.done.digest


def test_a_name_means_the_stores_image_and_the_engine_keeps_its_own(
    project: Project, kind: str, store: ImageStore, tmp_path: Path
) -> None:
    # The engine gets an image called twice; then the store's changes.
    dockerfile = "FROM twice\nCOPY --from=twice /which /copied\nCOPY a.txt /\n"
    stays = (Output(), Output("engine")) if kind not in KITS else (Output(),)
    name = (Reference.parse("twice"),)
    project.build("FROM base\nRUN echo theirs > /which\n", references=name, outputs=stays)
    ours = Project(tmp_path / "ours", SandboxEngine(store))
    ours.build("FROM base\nRUN echo ours > /which\n", references=name)
    for _ in range(2):
        told = project.build(dockerfile)
        assert _content(told.image, b"/which") == _content(told.image, b"/copied") == b"ours\n"
        assert {"COPY --from=twice /which /copied", "COPY a.txt /"} <= {*told.cached, *told.ran}
        warned = [event.message for event in told.of(Warned) if "another image" in event.message]
        assert len(warned) == (0 if kind in KITS else 1)
    if kind in KITS:
        return
    transport = "podman" if kind == "podman" else "docker-daemon"
    assert _content(open_image(f"{transport}:twice"), b"/which") == b"theirs\n"


def test_a_build_can_end_behind_a_step(project: Project) -> None:
    dockerfile = "FROM base AS a\nRUN touch /one\nRUN touch /two\nFROM base\nRUN touch /three\n"
    told = project.build(dockerfile, stop_after=(0, 0), references=())
    assert _paths(told.image) & {b"/one", b"/two", b"/three"} == {b"/one"}


def test_a_dockerfile_that_is_not_in_the_context_is_not_copied(
    project: Project, kind: str, tmp_path: Path
) -> None:
    project.write(".dockerignore", "Dockerfile\n.dockerignore\n")
    told = project.build("FROM base\nCOPY . /all/\n")
    names = {path for path in _paths(told.image) if path.startswith(b"/all/")}
    assert names == {b"/all/a.txt", b"/all/c.txt", b"/all/folder", b"/all/folder/b.txt",
                     b"/all/folder/out"}  # fmt: skip


def test_what_is_not_saved_yet_is_built(project: Project) -> None:
    project.write("Dockerfile", "FROM base\nRUN touch /saved\n")
    told = project.build(text="FROM base\nCOPY a.txt /\nRUN touch /typed\n")
    assert _paths(told.image) & {b"/typed", b"/saved"} == {b"/typed"}


def test_the_ignore_file_is_applied(project: Project) -> None:
    project.write(".dockerignore", "folder/*\n!folder/b.txt\n")
    told = project.build("FROM base\nCOPY folder /folder/\n")
    assert {p for p in _paths(told.image) if p.startswith(b"/folder/")} == {b"/folder/b.txt"}


def test_arguments_target_and_labels_arrive(project: Project) -> None:
    dockerfile = "FROM base AS a\nARG V=1\nRUN echo $V > /v\nFROM base AS b\nRUN false\n"
    told = project.build(dockerfile, target="a", arguments={"V": "7"}, labels={"x": "y"})
    assert _content(told.image, b"/v") == b"7\n"
    assert _settings(told.image, kind="")["Labels"] == {"x": "y"}


def test_secrets_are_given_or_refused_by_name(project: Project, kind: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    dockerfile = "FROM base\nRUN --mount=type=secret,id=s wc -c < /run/secrets/s > /length\n"
    if kind.startswith("docker"):
        with pytest.raises(Unsupported, match="secrets"):
            project.build(dockerfile, secrets=(Secret("s", secret),))
        return
    told = project.build(f"{dockerfile}COPY . /all/\n", secrets=(Secret("s", secret),))
    assert _content(told.image, b"/length") == b"6\n"
    assert not [path for path in _paths(told.image) if b"secret" in path and b"/run" not in path]
    sizes = {_content(told.image, p) for p in (b"/all/a.txt", b"/all/folder/b.txt")}
    assert sizes == {b"a\n", b"b\n"}


def test_docker_buildx_builds_in_the_engine_with_all_that_takes_a_session(
    project: Project, kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if kind != "docker":
        pytest.skip("one engine is enough")
    if asyncio.run(buildx.find_buildx()) is None:
        pytest.skip("not installed: docker buildx")
    monkeypatch.setattr(docker, "find_buildx", buildx.find_buildx)
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    run = "RUN --mount=type=secret,id=s wc -c < /run/secrets/s > /length"
    told = project.build(f"FROM base\nCOPY . /all/\n{run}\n", secrets=(Secret("s", secret),))
    assert _content(told.image, b"/length") == b"6\n"
    assert told.done.steps == 2
    failed = project.build("FROM base\n\nRUN exit 5\n").failed
    assert (failed.line, failed.step) == (3, "0.0")


# -- looking -------------------------------------------------------------------------------------


def _without_service(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let Podman have no service, and keep what it has in a folder."""
    settings = folder / "storage.conf"
    settings.write_text(
        f'[storage]\ndriver = "vfs"\ngraphroot = "{folder}/root"\nrunroot = "{folder}/run"\n'
    )
    monkeypatch.delenv("CONTAINER_HOST")
    monkeypatch.setenv("CONTAINERS_STORAGE_CONF", str(settings))
    monkeypatch.setattr(podman_service, "podman_endpoint", lambda environ=None: None)


def _sleepers() -> list[str]:
    """Processes of the RUN that sleeps."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if words[:2] == [b"sleep", b"31337"]:
            found.append(folder.name)
    return found


def _paths(image: OpenImage) -> set[bytes]:
    return {entry.path for entry in _entries(image)}


def _entries(image: OpenImage) -> list[Entry]:
    return [row.entry for row in merged(image, image.top, b"/", recursive=True)]


def _content(image: OpenImage, path: bytes) -> bytes:
    content = StackedTree(image.final, image.content, "the image", 0).content(path)
    return content.read_at(0, content.size)


def _files(image: OpenImage, kind: str) -> dict[bytes, tuple[object, ...]]:
    """What is where, with its owner, mode and content; not when it was made."""
    found: dict[bytes, tuple[object, ...]] = {}
    for entry in _entries(image):
        if kind == "podman" and entry.path in _PODMANS_OWN:
            continue
        held = _content(image, entry.path) if entry.type is EntryType.FILE else entry.link
        found[entry.path] = (entry.type, entry.mode, entry.uid, entry.gid, held)
    return found


def _settings(image: OpenImage, kind: str) -> dict[str, object]:
    """How the image runs, without what each engine says of itself."""
    config = json.loads(image.image.config_json)["config"]
    labels = dict(config.get("Labels") or {})
    labels.pop("io.buildah.version", None)
    return {name: config.get(name) or None for name in ("Env", "Cmd", "WorkingDir", "User")} | {
        "Labels": labels
    }
