"""Images put into a registry with nothing but HTTP: what the window does is measured by it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import http.client
import io
import json
import tarfile
from dataclasses import dataclass, field
from typing import Any

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


@dataclass
class Seeder:
    """Talks to one registry; ``login`` is ``name:password``."""

    host: str
    login: str = ""
    manifests: dict[str, str] = field(default_factory=dict)

    def image(
        self, name: str, files: dict[str, bytes], *, base: bytes = b"", created: str = "2026-01-02"
    ) -> dict[str, Any]:
        """Push ``repository:tag`` with a base layer and one of ``files``; its descriptor."""
        repository = name.rpartition(":")[0]
        layers, diffs = [], []
        for content in ({"base": base}, files) if base else (files,):
            plain = _tar(content)
            packed = gzip.compress(plain, mtime=0)
            self._blob(repository, packed)
            layers.append({"mediaType": LAYER, "digest": digest_of(packed), "size": len(packed)})
            diffs.append(digest_of(plain))
        config = {
            "architecture": "amd64",
            "os": "linux",
            "created": f"{created}T03:04:05Z",
            "config": {"Cmd": ["serve"], "User": "1000"},
            "rootfs": {"type": "layers", "diff_ids": diffs},
            "history": [{"created_by": f"COPY {number}"} for number in range(len(layers))],
        }
        data = json.dumps(config).encode()
        self._blob(repository, data)
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "digest": digest_of(data), "size": len(data)},
            "layers": layers,
        }
        return self.put(name, manifest, MANIFEST)

    def put(self, name: str, document: dict[str, Any], media_type: str) -> dict[str, Any]:
        """Put a manifest under a tag; its descriptor."""
        repository, _, tag = name.rpartition(":")
        data = json.dumps(document).encode()
        where = f"/v2/{repository}/manifests/{tag}"
        self.ask("PUT", where, data, {"Content-Type": media_type})
        self.manifests[name] = digest_of(data)
        return {"mediaType": media_type, "digest": digest_of(data), "size": len(data)}

    def digest(self, name: str) -> str:
        """What a tag stands for at the registry; empty for nothing."""
        repository, _, tag = name.rpartition(":")
        where = f"/v2/{repository}/manifests/{tag}"
        status, headers, _ = self.ask("HEAD", where, accept=(200, 404))
        return headers.get("docker-content-digest", "") if status == 200 else ""

    def ask(
        self,
        method: str,
        where: str,
        data: bytes = b"",
        headers: dict[str, str] | None = None,
        accept: tuple[int, ...] = (200, 201, 202),
    ) -> tuple[int, dict[str, str], bytes]:
        sent = {"Accept": f"{MANIFEST}, {INDEX}", **(headers or {})}
        if self.login:
            sent["Authorization"] = f"Basic {base64.b64encode(self.login.encode()).decode()}"
        connection = http.client.HTTPConnection(self.host, timeout=20)
        try:
            connection.request(method, where, data or None, sent)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        assert answer.status in accept, (method, where, answer.status, body[:200])
        found = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, found, body

    def _blob(self, repository: str, data: bytes) -> None:
        _, headers, _ = self.ask("POST", f"/v2/{repository}/blobs/uploads/")
        where = headers["location"]
        joint = "&" if "?" in where else "?"
        octets = {"Content-Type": "application/octet-stream"}
        self.ask("PUT", f"{where}{joint}digest={digest_of(data)}", data, octets)


def _tar(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(data), 1_700_000_000
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()
