"""ADD of what is not in the build context: URLs and repositories."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import os
import socket
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from explorer.build.engines.sandbox.repositories import Repository
from explorer.build.events import Stopped
from explorer.build.request import BuildRequest
from explorer.errors import NotFound, Unsupported
from explorer.filesystem.entry import Entry
from tests.build.engines.building import Project, Told
from tests.integration.programs import need


@dataclass
class Site:
    """A server on this machine: what it gives for each path, and what was asked of it."""

    address: str
    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def has(self, path: str, data: bytes, status: int = 200, **headers: str) -> str:
        """Give something at a path; returns its URL. Underscores in names of headers are dashes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = status, {"Content-Length": str(len(data)), **named}, data
        return f"{self.address}{path}"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A server of one test, reached without a proxy."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            status, headers, data = found.pages.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Site(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def entry(told: Told, path: bytes) -> Entry:
    state = told.image.final
    found = state.entry(state.find(path))
    assert found is not None
    return found


def content(told: Told, path: bytes) -> bytes:
    image = told.image
    return b"".join(image.content(int(image.final.visible[image.final.find(path)])).chunks())


# -- URLs ------------------------------------------------------------------------------------------


def test_a_file_is_fetched_as_the_server_tells_it(plain: Project, site: Site) -> None:
    url = site.has("/dir/tool.bin?x=1", b"tool", Last_Modified="Tue, 14 Nov 2023 22:13:20 GMT")
    told = plain.build(f"FROM scratch\nADD {url} /opt/\n")
    found = entry(told, b"/opt/tool.bin")
    assert (found.mode, found.uid, found.gid) == (0o600, 0, 0)
    assert found.mtime_ns == 1_700_000_000 * 10**9
    assert content(told, b"/opt/tool.bin") == b"tool"


def test_flags_hold_for_it(plain: Project, site: Site) -> None:
    url = site.has("/x", b"x")
    told = plain.build(f"FROM scratch\nADD --chown=5:6 --chmod=755 {url} /bin/renamed\n")
    found = entry(told, b"/bin/renamed")
    assert (found.mode, found.uid, found.gid) == (0o755, 5, 6)


def test_the_name_is_that_of_the_url_else_what_the_server_says(plain: Project, site: Site) -> None:
    named = site.has("/", b"x", Content_Disposition='attachment; filename="../../said.txt"')
    odd = site.has("/a%20%5Bb%5D%2A", b"y")
    told = plain.build(f"FROM scratch\nADD {named} {odd} /d/\n")
    assert content(told, b"/d/said.txt") == b"x"
    assert content(told, b"/d/a [b]*") == b"y"


def test_an_archive_is_unpacked_only_where_that_is_asked_for(plain: Project, site: Site) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        member = tarfile.TarInfo("in/side")
        member.size = 2
        tar.addfile(member, io.BytesIO(b"hi"))
    url = site.has("/a.tgz", packed.getvalue())
    told = plain.build(f"FROM scratch\nADD {url} /kept/\nADD --unpack {url} /open/\n")
    assert content(told, b"/kept/a.tgz") == packed.getvalue()
    assert content(told, b"/open/in/side") == b"hi"
    with pytest.raises(NotFound):
        told.image.final.find(b"/kept/in")


def test_it_stands_beside_files_and_here_documents(plain: Project, site: Site) -> None:
    url = site.has("/far", b"far")
    plain.write("near", "near")
    told = plain.build(f"FROM scratch\nADD near {url} <<inline /d/\ntext\ninline\nCOPY near /e\n")
    assert [content(told, b"/d/" + n) for n in (b"near", b"far", b"inline")] == [
        b"near", b"far", b"text\n",
    ]  # fmt: skip
    assert content(told, b"/e") == b"near"


def test_the_same_content_is_not_added_again_and_other_content_is(
    plain: Project, site: Site
) -> None:
    url = site.has("/x", b"one")
    text = f"FROM scratch\nADD {url} /x\n"
    plain.build(text)
    assert plain.build(text).done.cached == 1
    site.has("/x", b"two")
    told = plain.build(text)
    assert told.ran == [f"ADD {url} /x"]
    assert any("/x" in why and "changed" in why for why in told.because(f"ADD {url} /x"))
    assert content(told, b"/x") == b"two"


def test_what_a_checksum_pins_is_fetched_once(plain: Project, site: Site) -> None:
    url = site.has("/x", b"one")
    digest = hashlib.sha256(b"one").hexdigest()
    text = (
        f"FROM scratch AS a\nADD --checksum=sha256:{digest} {url} /x\nFROM a\nCOPY --from=a /x /y\n"
    )
    plain.build(text)
    site.pages.clear()
    told = plain.build(f"{text}WORKDIR /x2\n")
    assert told.done.cached == 2
    assert content(told, b"/x") == b"one"
    assert len(site.asked) == 1


def test_other_content_than_the_checksum_is_refused(plain: Project, site: Site) -> None:
    url = site.has("/x", b"other")
    told = plain.build(f"FROM scratch\nADD --checksum=sha256:{'0' * 64} {url} /x\n")
    assert told.failed.line == 2
    assert "digest mismatch" in told.failed.message


def test_redirections_are_followed(plain: Project, site: Site) -> None:
    url = site.has("/old", b"", 302, Location="/new")
    site.has("/new", b"moved")
    assert content(plain.build(f"FROM scratch\nADD {url} /d/\n"), b"/d/old") == b"moved"


@pytest.mark.parametrize(
    ("path", "page", "said"),
    [
        ("/none", None, "127.0.0.1: the server says 404"),
        ("/half", (200, {"Content-Length": "10"}, b"half"), "6 bytes missing"),
        ("/file", (302, {"Location": "file:///etc/passwd"}, b""), "redirect"),
        ("/loop", (302, {"Location": "/loop"}, b""), "redirect"),
    ],
)
def test_what_cannot_be_fetched_is_told_with_host_and_cause(
    plain: Project, site: Site, path: str, page: tuple[int, dict[str, str], bytes] | None, said: str
) -> None:
    if page is not None:
        site.pages[path] = page
    told = plain.build(f"FROM scratch\nADD {site.address}{path} /x\n")
    assert told.failed.line == 2
    assert said in told.failed.message


def test_no_server_is_told_and_a_password_is_not(plain: Project, site: Site) -> None:
    told = plain.build("FROM scratch\nADD http://me:s3cr3t@127.0.0.1:1/x /x\n")
    assert "127.0.0.1: Connection refused" in told.failed.message
    assert "s3cr3t" not in told.failed.message


def test_a_silent_server_keeps_no_build_from_being_stopped(plain: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/x"
        plain.write("Dockerfile", f"FROM scratch\nADD {url} /x\n")
        events: list[object] = []

        async def stopped() -> socket.socket:
            request = BuildRequest(plain.folder / "Dockerfile", plain.folder)
            task = asyncio.ensure_future(plain.engine.build(request, events.append))  # noqa: TID251
            connection, _ = await asyncio.to_thread(silent.accept)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            return connection

        with asyncio.run(stopped()):
            waiting = [each for each in threading.enumerate() if each.name == "fetching"]
            assert waiting, "the build waited for it"
    assert isinstance(events[-1], Stopped)
    for thread in waiting:
        thread.join()


# -- repositories ----------------------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two commits, the first of them tagged."""
    need("git", root=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    folder = tmp_path / "repository.git"
    git(tmp_path, "init", "-q", "-b", "main", folder.name)
    (folder / "sub").mkdir()
    (folder / "sub/run").write_text("#!/bin/sh\n")
    (folder / "sub/run").chmod(0o755)
    (folder / "top").write_text("one\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "one")
    git(folder, "tag", "-m", "one", "v1")
    (folder / "top").write_text("two\n")
    git(folder, "commit", "-qam", "two")
    config = f'[url "file://{tmp_path}/"]\n\tinsteadOf = https://git.test/\n'
    (home / ".gitconfig").write_text(config)
    return folder


def git(folder: Path, *words: str) -> str:
    when = "2024-01-02T03:04:05Z"
    names = {
        f"GIT_{who}_{what}": "x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    done = subprocess.run(
        ["git", *words], cwd=folder, env={**os.environ, **names, **dates}, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.strip()


URL = "https://git.test/repository.git"


def test_a_repository_is_its_files(plain: Project, repository: Path) -> None:
    told = plain.build(f"FROM scratch\nADD {URL} /src\n")
    assert content(told, b"/src/top") == b"two\n"
    found = entry(told, b"/src/sub/run")
    assert (found.mode, found.uid) == (0o755, 0)
    assert found.mtime_ns == 1_704_164_645 * 10**9
    with pytest.raises(NotFound):
        told.image.final.find(b"/src/.git")


def test_a_repository_at_a_tag_and_a_folder_of_it(plain: Project, repository: Path) -> None:
    told = plain.build(
        f"FROM scratch\nADD {URL}#v1 /one\nADD {URL}#main:sub /sub\n"
        f"ADD --keep-git-dir=true {URL}#v1 /kept\n"
    )
    assert content(told, b"/one/top") == b"one\n"
    assert content(told, b"/sub/run") == b"#!/bin/sh\n"
    assert content(told, b"/kept/.git/HEAD")


def test_a_repository_is_added_again_when_its_branch_moves(
    plain: Project, repository: Path
) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    moving, pinned = f"ADD {URL}#main /a", f"ADD {URL}#{commit} /b"
    text = f"FROM scratch AS a\n{moving}\nFROM scratch\n{pinned}\nCOPY --from=a /a /a\n"
    plain.build(text)
    assert plain.build(text).done.cached == 3
    (repository / "top").write_text("three\n")
    git(repository, "commit", "-qam", "three")
    told = plain.build(text)
    assert told.ran == [moving, "COPY --from=a /a /a"]
    assert (content(told, b"/a/top"), content(told, b"/b/top")) == (b"three\n", b"two\n")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (f"{URL}#nowhere", "no branch or tag nowhere"),
        (f"{URL}#main:../..", "no folder ../.."),
        (f"{URL}#main:top", "no folder top"),
        ("https://git.test/absent.git", "cannot be fetched"),
        (f"{URL}#--upload-pack=touch", "no branch or tag --upload-pack=touch"),
    ],
)
def test_what_is_not_in_a_repository_is_told(
    plain: Project, repository: Path, source: str, said: str
) -> None:
    told = plain.build(f"FROM scratch\nADD {source} /x\n")
    assert told.failed.line == 2
    assert said in told.failed.message


def test_without_git_a_repository_is_refused_by_name(
    plain: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unsupported, match="git"):
        plain.build(f"FROM scratch\nADD {URL} /x\n")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (URL, Repository(URL)),
        (f"{URL}#v1", Repository(URL, "v1")),
        (f"{URL}#v1:a/b", Repository(URL, "v1", "a/b")),
        (f"{URL}#:a", Repository(URL, "", "a")),
        (f"{URL}?tag=v1&subdir=a", Repository(URL, "v1", "a")),
        ("git@git.test:a/b.git#x", Repository("git@git.test:a/b.git", "x")),
    ],
)
def test_what_a_source_names(text: str, meant: Repository) -> None:
    assert Repository.parse(text) == meant
