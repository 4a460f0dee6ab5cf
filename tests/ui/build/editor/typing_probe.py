"""How long the window is away while somebody types.

``python -m tests.ui.build.editor.typing_probe [LINES]...``: files of 600, 5,000 and 100,000 lines
are opened in a window on Qt's offscreen platform, and typed into as fast as anybody can; a meter
ticks every two milliseconds meanwhile.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_STAGE = """\
# stage {0}
FROM debian:12 AS build{0}
ARG VERSION=1.{0}
RUN --mount=type=cache,target=/x apt-get update && \\
    apt-get install -y curl={0} \\
    && rm -rf /var/lib/apt/lists/*
COPY --from=build{1} /a{0} "/b$VERSION"
RUN <<EOF
set -e
if [ -d /x ]; then echo "{0}"; fi
EOF
CMD ["a", "b{0}"]
"""
_TYPED = "RUN echo hello $PATH && ls -l /usr/local/bin # done"


def text_of(lines: int) -> str:
    """A Dockerfile of about so many lines."""
    return "".join(_STAGE.format(i, max(0, i - 1)) for i in range(lines // 12))


async def _measure(lines: int) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from explorer.ui.build.editor.editor import DockerfileEditor
    from explorer.ui.lag import LagMeter

    editor = DockerfileEditor()
    editor.resize(1000, 700)
    editor.show()
    editor.activateWindow()
    await asyncio.sleep(0.1)
    begun = time.perf_counter()
    editor.set_text(text_of(lines))
    opened = time.perf_counter() - begun
    while not editor.language.is_current:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.3)
    editor.view.setFocus()
    editor.go_to_line(lines // 2 // 12 * 12 + 3)
    QTest.keyClick(editor.view, Qt.Key.Key_End)
    QTest.keyClick(editor.view, Qt.Key.Key_Return)
    await asyncio.sleep(0.2)
    strokes = []
    with LagMeter(editor) as meter:
        for _ in range(2):
            for char in _TYPED:
                at = time.perf_counter()
                QTest.keyClick(editor.view, char)
                strokes.append(time.perf_counter() - at)
                await asyncio.sleep(0.03)
            QTest.keyClick(editor.view, Qt.Key.Key_Return)
    strokes.sort()
    print(f"{lines:>7,} lines: open {_ms(opened)}, ", end="")
    print(f"key {_ms(strokes[len(strokes) // 2])} (longest {_ms(strokes[-1])}), ", end="")
    print(f"loop away: longest {_ms(meter.longest)}, p99 {_ms(meter.percentile(99))}")
    editor.close()
    editor.deleteLater()


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


async def _main() -> None:
    from explorer.ui import theme
    from explorer.ui.garbage import Collector

    theme.switch().install()
    collector = Collector()
    collector.start()
    for lines in map(int, sys.argv[1:] or ["600", "5000", "100000"]):
        await _measure(lines)
    collector.stop()


def main() -> None:
    """Run the probe."""
    from qasync import QEventLoop

    from explorer.ui.session import Application

    sys.setswitchinterval(0.0005)
    app = Application(sys.argv[:1])
    with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        runner.run(_main())


if __name__ == "__main__":
    main()
