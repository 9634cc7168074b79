"""Makes `support` importable, and the package's own fixture too when it is not installed."""

from __future__ import annotations

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from sipua.pytest_plugin import sipua_registrar  # noqa: E402, F401
