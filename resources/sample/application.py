"""The application: its data, its files, and the steps that clean up after it."""

from typing import Final

from resources.sample import server
from resources.sample.picture import harbour, icon
from resources.sample.plan import Plan, text
from resources.sample.tables import STATIONS, YEAR, curve, tides, turns
from tests.factory import Layer, compress, file, sha256, tar_bytes

TIME: Final = 1_741_945_800
"""When the application was built: 2025-03-14T09:50:00Z."""

TIDES: Final = f"app/data/tides-{YEAR}.csv"
OWNER: Final = 101
ICONS: Final = (16, 32, 64, 128, 192)
CASES: Final = ("spring", "neap", "midnight", "new-year", "leap-second", "low", "high", "storm")


def secret() -> Layer:
    """Layer 3: a password that should never have been copied."""
    plan = Plan(TIME)
    plan.file("root/.netrc", text("context/.netrc"), 0o600)
    return plan.layer()


def fetched() -> Layer:
    """Layer 4: the data arrives, and the password goes. Or does it?"""
    plan = Plan(TIME + 60)
    plan.file(TIDES, tides())
    plan.file("app/data/stations.csv", STATIONS)
    plan.file(f"app/data/turns-{YEAR}.json", turns())
    plan.remove("root/.netrc")
    return plan.layer()


def copied() -> Layer:
    """Layer 5: the application's own files."""
    plan = Plan(TIME + 90)
    plan.tree("context/app", "app")
    plan.file("app/static/harbour.png", harbour(640, 360))
    plan.file(f"app/static/curve-{YEAR}.svg", curve())
    for size in ICONS:
        plan.file(f"app/static/icons/{size}.png", icon(size))
    for name in CASES:
        plan.file(f"app/tests/cases/{name}.txt", _test_case(name))
        plan.file(f"app/tests/expected/{name}.html", _expected(name))
    plan.symlink("app/static/data", "../data")
    return plan.layer()


def owned() -> Layer:
    """Layer 6: not one byte of content changes, and the whole table is stored again."""
    plan = Plan(TIME + 95)
    plan.folder("app/cache")
    plan.file(TIDES, tides(), 0o640, OWNER)
    return plan.layer()


def cleaned() -> Layer:
    """Layer 7: much is deleted; nothing gets smaller."""
    plan = Plan(TIME + 120)
    plan.remove("usr/share/man")
    plan.remove("app/tests")
    for name in server.CACHED:
        plan.remove(f"var/cache/apk/{name}.apk")
    plan.remove("var/log/lantern/install.log")
    return plan.layer()


def built() -> Layer:
    """Layer 8: a script made smaller, a bundle, a file renamed, a file that becomes a link."""
    plan = Plan(TIME + 180)
    script, style = text("built/app.js"), text("context/app/static/style.css")
    plan.file("app/static/app.js", script)
    plan.file("app/static/bundle.tar.gz", _bundle(script, style))
    plan.file("app/static/SUMS", _sums({"app.js": script, "style.css": style}))
    plan.remove("app/CHANGES.txt")
    plan.file("app/docs/changes.txt", text("context/app/CHANGES.txt"))
    plan.file("etc/tide/config.json", text("built/etc-tide-config.json"))
    plan.symlink("app/config.json", "/etc/tide/config.json")
    return plan.layer()


def _bundle(script: bytes, style: bytes) -> bytes:
    parts = (
        file("app.js", script, mtime=TIME + 180),
        file("style.css", style, mtime=TIME + 180),
        file("icons/32.png", icon(32), mtime=TIME + 180),
    )
    return compress(tar_bytes(parts), "gzip")


def _sums(files: dict[str, bytes]) -> bytes:
    lines = (f"{sha256(content).partition(':')[2]}  {name}\n" for name, content in files.items())
    return "".join(lines).encode()


def _test_case(name: str) -> bytes:
    return f"station=harbour\ncase={name}\n".encode()


def _expected(name: str) -> bytes:
    rows = tides().decode().splitlines()[1 + len(name) * 24 : 25 + len(name) * 24]
    cells = (row.partition("T")[2].split(",") for row in rows)
    table = "\n".join(f"<tr><td>{time}</td><td>{height} m</td></tr>" for time, height in cells)
    start = text("context/app/templates/page-start.html").decode()
    end = text("context/app/templates/page-end.html").decode()
    return (start.replace("{{title}}", f"Today at {name}") + table + "\n" + end).encode()
