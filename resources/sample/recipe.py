"""Makes ``resources/sample.tar``: the image the application shows when it has no other.

    python -m resources.sample.recipe          writes the file
    python -m resources.sample.recipe --check  says whether the file is up to date

The image tells a small story, in which every idea of container images occurs
once: layers shared between two platforms, copy-up of content and of a mode,
whiteouts of files and of a folder, an opaque folder, a deleted password, hard
links, a capability, waste. All names, texts and programs in it are made up for
it; nothing in it can be reached or run to any effect. The same bytes come out
every time (with the zlib that Python usually has).
"""

import sys
from functools import cache
from pathlib import Path
from typing import Any, Final

from resources.sample import application, base, server
from resources.sample.machine import Architecture
from tests.factory import (
    Archive,
    Image,
    ImageBuilder,
    Index,
    docker_archive_containerd,
    index,
)

NAME: Final = "layerscope.example/tour:1.0"
BASE_NAME: Final = "pebble.example/pebble:1.0"
SAMPLE: Final = Path(__file__).parent.parent / "sample.tar"
PLATFORMS: Final[tuple[Architecture, ...]] = ("amd64", "arm64")

PATH: Final = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
COMMENT: Final = "buildkit.dockerfile.v0"

RUNTIME: Final[dict[str, Any]] = {
    "User": "101:101",
    "ExposedPorts": {"8080/tcp": {}},
    "Env": [PATH, "TIDE_STATION=harbour"],
    "Entrypoint": ["/usr/sbin/lantern"],
    "Cmd": ["-f", "/etc/lantern/lantern.conf"],
    "Volumes": {"/app/cache": {}},
    "WorkingDir": "/app",
    "Labels": {
        "org.opencontainers.image.title": "Tide",
        "org.opencontainers.image.description": "Tide tables of three small harbours",
        "org.opencontainers.image.version": "1.0",
        "org.opencontainers.image.licenses": "Apache-2.0",
        "org.opencontainers.image.base.name": BASE_NAME,
    },
    "StopSignal": "SIGQUIT",
    "Healthcheck": {
        "Test": ["CMD", "/app/bin/healthcheck"],
        "Interval": 30_000_000_000,
        "Timeout": 3_000_000_000,
    },
}
"""The runtime configuration; times in nanoseconds, as the specification has them."""


def base_image(architecture: Architecture) -> ImageBuilder:
    """What ``FROM`` brings: one layer and three steps without one."""
    made = base.TIME
    return (
        ImageBuilder(f"linux/{architecture}")
        .add(
            base.rootfs(architecture),
            created_by="ADD pebble-rootfs.tar.gz / # buildkit",
            created=made,
        )
        .empty("LABEL org.opencontainers.image.title=Pebble OS", created=made)
        .empty(f"ENV {PATH}", created=made)
        .empty('CMD ["/bin/sh"]', created=made)
    )


@cache
def platform_image(architecture: Architecture) -> Image:
    """The image for one platform; all but the two lowest layers are the same on each."""
    base_builder = base_image(architecture)
    builder = base_builder.add(
        server.installed(architecture),
        created_by="RUN /bin/sh -c apk add lantern tide-tools # buildkit",
        created=server.TIME,
    )
    builder = _with_shared_layers(builder)
    builder = _with_settings(builder)
    for key, value in (
        ("org.opencontainers.image.base.name", BASE_NAME),
        ("org.opencontainers.image.base.digest", base_builder.build().digest),
    ):
        builder = builder.annotate(key, value)
    return builder.configure(**RUNTIME).top_level(author="The Layerscope authors").build()


def _with_shared_layers(builder: ImageBuilder) -> ImageBuilder:
    made = application.TIME
    steps = (
        (
            server.configured(),
            "RUN /bin/sh -c rm -r /etc/lantern/conf.d && cp -r /run/config/. /etc/lantern/ && "
            "ln -sf /usr/share/zoneinfo/Europe/Lisbon /etc/localtime # buildkit",
            server.TIME + 240,
        ),
        (application.secret(), "COPY .netrc /root/.netrc # buildkit", made),
        (
            application.fetched(),
            "RUN /bin/sh -c tide fetch --year 2025 --into /app/data && rm /root/.netrc # buildkit",
            made + 60,
        ),
        (application.copied(), "COPY app /app # buildkit", made + 90),
        (
            application.owned(),
            "RUN /bin/sh -c mkdir -m 0750 /app/cache && chmod 0640 /app/data/tides-2025.csv && "
            "chown 101:101 /app/cache /app/data/tides-2025.csv # buildkit",
            made + 95,
        ),
        (
            application.cleaned(),
            "RUN /bin/sh -c rm -rf /usr/share/man /app/tests /var/cache/apk/* "
            "/var/log/lantern/* # buildkit",
            made + 120,
        ),
        (
            application.built(),
            "RUN /bin/sh -c tide build --minify /app/static && "
            "mv /app/CHANGES.txt /app/docs/changes.txt # buildkit",
            made + 180,
        ),
    )
    for layer, created_by, created in steps:
        builder = builder.add(layer, created_by=created_by, comment=COMMENT, created=created)
    return builder


def _with_settings(builder: ImageBuilder) -> ImageBuilder:
    for step in (
        "ENV TIDE_STATION=harbour",
        "EXPOSE map[8080/tcp:{}]",
        "VOLUME [/app/cache]",
        "WORKDIR /app",
        "USER 101:101",
        'HEALTHCHECK &{["CMD" "/app/bin/healthcheck"] "30s" "3s" "0s" "0s" \'\\x00\'}',
        'ENTRYPOINT ["/usr/sbin/lantern"]',
        'CMD ["-f" "/etc/lantern/lantern.conf"]',
    ):
        builder = builder.empty(step, created=application.TIME + 180)
    return builder


def sample_index() -> Index:
    """The image for both platforms under its one name."""
    return index(*map(platform_image, PLATFORMS), tags=(NAME,))


def sample() -> Archive:
    """The whole archive: an OCI layout that ``docker load`` takes too."""
    return docker_archive_containerd(sample_index())


def main(arguments: list[str]) -> int:
    """Writes or checks the file; the exit status."""
    made = sample().to_bytes()
    if arguments == ["--check"]:
        same = SAMPLE.exists() and SAMPLE.read_bytes() == made
        print(f"{SAMPLE.name} is {'up to date' if same else 'not what the recipe makes'}")
        return 0 if same else 1
    SAMPLE.write_bytes(made)
    print(f"{SAMPLE.name}: {len(made):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
