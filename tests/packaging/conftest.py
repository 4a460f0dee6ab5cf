"""The development command's modules, imported as `packaging/dev.py` imports them.

This folder has no `__init__.py` on purpose: as a package named `packaging` it could
shadow the library of that name.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "packaging"))
