"""The data of the sample: tide tables, time zones, a log. Whole numbers only.

Floating point may round otherwise on another machine; these bytes may not.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

YEAR: Final = 2025

STATIONS: Final = b"""name,title,latitude,longitude
harbour,Old Harbour,38.70,-9.42
island,Island Quay,38.53,-28.63
estuary,Estuary Bridge,41.15,-8.63
"""

ZONES: Final[Mapping[str, str]] = {
    "UTC": "UTC0",
    "Africa/Cairo": "EET-2EEST,M4.5.5/0,M10.5.4/24",
    "Africa/Johannesburg": "SAST-2",
    "Africa/Lagos": "WAT-1",
    "Africa/Nairobi": "EAT-3",
    "America/Bogota": "<-05>5",
    "America/Chicago": "CST6CDT,M3.2.0,M11.1.0",
    "America/Halifax": "AST4ADT,M3.2.0,M11.1.0",
    "America/Los_Angeles": "PST8PDT,M3.2.0,M11.1.0",
    "America/New_York": "EST5EDT,M3.2.0,M11.1.0",
    "America/Sao_Paulo": "<-03>3",
    "Asia/Dubai": "<+04>-4",
    "Asia/Kathmandu": "<+0545>-5:45",
    "Asia/Kolkata": "IST-5:30",
    "Asia/Shanghai": "CST-8",
    "Asia/Singapore": "<+08>-8",
    "Asia/Tokyo": "JST-9",
    "Atlantic/Azores": "<-01>1<+00>,M3.5.0/0,M10.5.0/1",
    "Atlantic/Reykjavik": "GMT0",
    "Australia/Sydney": "AEST-10AEDT,M10.1.0,M4.1.0/3",
    "Europe/Athens": "EET-2EEST,M3.5.0/3,M10.5.0/4",
    "Europe/Berlin": "CET-1CEST,M3.5.0,M10.5.0/3",
    "Europe/Lisbon": "WET0WEST,M3.5.0/1,M10.5.0",
    "Europe/London": "GMT0BST,M3.5.0/1,M10.5.0",
    "Europe/Paris": "CET-1CEST,M3.5.0,M10.5.0/3",
    "Pacific/Auckland": "NZST-12NZDT,M9.5.0,M4.1.0/3",
}
"""Place to POSIX rule."""

_PARTS: Final = ((745_236, 140), (720_000, 48), (1_549_161, 30), (1_435_901, 17))
"""Periods in thousandths of a minute and heights in centimetres of the main tides."""


@cache
def tides() -> bytes:
    """The height of the water for every hour of the year, in metres."""
    lines = ["time,height"]
    for hour in range(365 * 24):
        height = _height(hour)
        lines.append(f"{_moment(hour)},{height // 100}.{height % 100:02d}")
    return ("\n".join(lines) + "\n").encode()


@cache
def turns() -> bytes:
    """Every high and low water of the year, as JSON."""
    heights = [_height(hour) for hour in range(365 * 24)]
    found = []
    for hour in range(1, len(heights) - 1):
        before, here, after = heights[hour - 1 : hour + 2]
        if before < here >= after or before > here <= after:
            kind = "high" if here > before else "low"
            found.append({"time": _moment(hour), "kind": kind, "metres": here / 100})
    document = {"station": "harbour", "year": YEAR, "turns": found}
    return (json.dumps(document, indent=1) + "\n").encode()


def curve() -> bytes:
    """The year as a drawing (SVG): one line through the height of every third hour."""
    points = " ".join(f"{hour // 3},{480 - _height(hour)}" for hour in range(0, 365 * 24, 3))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2920 480">
<title>The tides of {YEAR} in the old harbour</title>
<rect width="2920" height="480" fill="#f3f7f8"/>
<polyline fill="none" stroke="#1c6e8c" stroke-width="1.5" points="{points}"/>
</svg>
""".encode()


def zone(rule: str) -> bytes:
    """A time zone file (RFC 9636) without transitions, its rule in the footer."""
    name = rule.strip("<").partition(">")[0] if rule[0] == "<" else rule[:3]
    local_time = bytes(6) + name.encode()[:5] + b"\0"
    counts = [0, 0, 0, 0, 1, len(local_time) - 6]
    head = b"TZif2".ljust(20, b"\0") + b"".join(count.to_bytes(4, "big") for count in counts)
    return (head + local_time) * 2 + b"\n" + rule.encode() + b"\n"


def install_log(lines: int) -> bytes:
    """What a talkative installation writes."""
    start = datetime(YEAR, 3, 10, 9, 30, tzinfo=UTC)
    steps = ("unpacking", "checking", "placing", "linking", "noting", "cleaning")
    made = []
    for number in range(lines):
        moment = start + timedelta(milliseconds=137 * number)
        step = steps[number * number % 7 % 6]
        made.append(f"{moment:%Y-%m-%d %H:%M:%S.%f} info  {step} part {number:05d} of {lines:05d}")
    return ("\n".join(made) + "\n").encode()


def _moment(hour: int) -> str:
    return f"{datetime(YEAR, 1, 1, tzinfo=UTC) + timedelta(hours=hour):%Y-%m-%dT%H:%MZ}"


def _height(hour: int) -> int:
    """Centimetres above chart datum."""
    return 240 + sum(_part(hour, period, size) for period, size in _PARTS)


def _part(hour: int, period: int, size: int) -> int:
    """A smooth swing of ``size`` centimetres either way."""
    place = hour * 60_000_000 // period % 1000
    half = place % 500
    swing = size * 4 * half * (500 - half) // 250_000
    return swing if place < 500 else -swing
