"""ADD of a URL: one file over HTTP or HTTPS, as BuildKit's http source has it.

The file has mode 0600, the time that the server says it was last modified, and the last component
of the URL's path as its name.
"""

from __future__ import annotations

import base64
import contextlib
import email.message
import email.utils
import hashlib
import http.client
import posixpath
import socket
import ssl
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, cast

from explorer.build.engines.sandbox.onefile import OneFileTree, OpenedFile
from explorer.errors import Refused
from explorer.filesystem.entry import Entry, EntryType
from explorer.oci.layout import one_line, visible
from explorer.progress import Job
from explorer.store.images.files import cannot_write

TIMEOUT: Final = 30.0
"""Seconds that a server may be silent."""
LIMIT: Final = 64 << 30
"""Bytes of one download."""
_REDIRECTS: Final = 10
_PIECE: Final = 1 << 20
_MODE: Final = 0o600
_NO_NAME: Final = "__unnamed__"


def download(url: str, folder: Path, checksum: str, job: Job) -> OneFileTree:
    """Fetch a URL into an unnamed file below ``folder``; ``checksum``, if any, is a digest that
    its content must have.

    Raises :class:`Refused`, naming the host and the cause; :class:`explorer.errors.StorageFull`;
    :class:`explorer.errors.Cancelled`.
    """
    with contextlib.ExitStack() as undo:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file = undo.enter_context(tempfile.TemporaryFile(dir=folder))
        except OSError as error:
            raise cannot_write(folder, error) from error
        with _told(url), _opened(url) as response:
            headers = response.headers
            digests, size = _read(url, response, file, folder, checksum, job)
        _check(url, checksum, digests)
        undo.pop_all()
    name = b"/" + _name(url, headers).encode("utf-8", "surrogateescape")
    modified = _modified(headers) * 1_000_000_000
    entry = Entry(name, EntryType.FILE, _MODE, size=size, mtime_ns=modified)
    return OneFileTree(entry, OpenedFile(file, size), shown(url), f"sha256:{digests['sha256']}")


@contextlib.contextmanager
def _told(url: str) -> Iterator[None]:
    """Turn what goes wrong in the network into words."""
    try:
        yield
    except urllib.error.HTTPError as error:
        error.close()
        raise _refused(url, error) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _refused(url, error) from error


def shown(url: str) -> str:
    """A URL for people, without the password in it."""
    parts = urllib.parse.urlsplit(url)
    if parts.password is not None:
        user, host = parts.username or "", parts.netloc.rpartition("@")[2]
        url = parts._replace(netloc=f"{user}:xxxxx@{host}").geturl()
    return visible(url)


class _Redirects(urllib.request.HTTPRedirectHandler):
    max_redirections = _REDIRECTS

    def http_error_302(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
    ) -> IO[bytes] | None:
        """Only to HTTP and HTTPS."""
        where = urllib.parse.urljoin(req.full_url, headers.get("Location", ""))
        if urllib.parse.urlsplit(where).scheme not in ("http", "https"):
            fp.close()
            raise urllib.error.URLError(f"it redirects to {shown(where)}")
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Not from HTTPS to HTTP."""
        before, after = urllib.parse.urlsplit(req.full_url), urllib.parse.urlsplit(newurl)
        if (before.scheme, after.scheme) == ("https", "http"):
            fp.close()
            raise urllib.error.URLError(f"it redirects to {shown(newurl)}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opened(url: str) -> http.client.HTTPResponse:
    """The answer to a GET. Proxies are those of this machine's environment."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _Redirects(),
    ):
        opener.add_handler(handler)
    headers = {"Accept-Encoding": "identity", "User-Agent": "layerscope"}
    parts = urllib.parse.urlsplit(url)
    if parts.username is not None:
        account = f"{parts.username}:{parts.password or ''}"
        known = base64.b64encode(urllib.parse.unquote(account).encode()).decode()
        headers["Authorization"] = f"Basic {known}"
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()
    request = urllib.request.Request(bare, headers=headers)
    found = opener.open(request, timeout=TIMEOUT)
    if found is None:
        raise urllib.error.URLError("no such scheme")
    return cast("http.client.HTTPResponse", found)


def _read(
    url: str,
    response: http.client.HTTPResponse,
    file: IO[bytes],
    folder: Path,
    checksum: str,
    job: Job,
) -> tuple[dict[str, str], int]:
    names = {"sha256", checksum.partition(":")[0]} - {""}
    hashes = {name: hashlib.new(name) for name in names}
    said = response.headers.get("Content-Length", "")
    size = 0
    while piece := response.read(_PIECE):
        job.check()
        size += len(piece)
        if size > LIMIT:
            raise Refused(f"{shown(url)} is too large", why=f"more than {LIMIT >> 30} GiB")
        for each in hashes.values():
            each.update(piece)
        _write(file, piece, folder)
    if said.isdigit() and int(said) != size:
        raise http.client.IncompleteRead(b"", int(said) - size)
    return {name: each.hexdigest() for name, each in hashes.items()}, size


def _write(file: IO[bytes], piece: bytes, folder: Path) -> None:
    try:
        file.write(piece)
        file.flush()
    except OSError as error:
        raise cannot_write(folder, error) from error


def _check(url: str, checksum: str, digests: dict[str, str]) -> None:
    if not checksum:
        return
    algorithm, _, wanted = checksum.partition(":")
    if digests[algorithm] != wanted:
        raise Refused(
            f"digest mismatch {algorithm}:{digests[algorithm]}: {checksum}",
            why=f"{shown(url)} holds something else than its --checksum says",
            hint="Take the new digest if the new content is what you want",
        )


def _refused(url: str, error: Exception) -> Refused:
    host = urllib.parse.urlsplit(url).hostname or url
    return Refused(f"{shown(url)} cannot be fetched", why=f"{visible(host)}: {_cause(error)}")


def _cause(error: object) -> str:
    match error:
        case urllib.error.HTTPError():
            return f"the server says {error.code} {one_line(error.reason)}".rstrip()
        case urllib.error.URLError():
            return _cause(error.reason)
        case http.client.IncompleteRead():
            return f"the connection broke with {error.expected or 0:,} bytes missing"
        case TimeoutError():
            return f"no answer for {TIMEOUT:.0f} seconds"
        case socket.gaierror():
            return "no host of this name is known"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted: {error.verify_message}"
        case OSError():
            return error.strerror or str(error)
    return visible(str(error))


def _modified(headers: email.message.Message) -> int:
    """Seconds since 1970; 0 where the server does not say."""
    try:
        found = email.utils.parsedate_to_datetime(headers.get("Last-Modified", ""))
        return max(0, int(found.timestamp()))
    except (ValueError, TypeError, OverflowError):
        return 0


def _name(url: str, headers: email.message.Message) -> str:
    path = urllib.parse.unquote(urllib.parse.urlsplit(url).path)
    for name in (posixpath.basename(path.rstrip("/")), headers.get_filename("") or ""):
        name = posixpath.basename(name.replace("\\", "/"))
        if name not in ("", ".", "..") and "\0" not in name:
            return name
    return _NO_NAME
