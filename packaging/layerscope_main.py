"""Where a frozen Layerscope starts (PyInstaller needs a script, not a module)."""

import sys

from explorer.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
