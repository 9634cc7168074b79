"""Makes `support` importable, and tells when a test leaves an agent's threads behind."""

from __future__ import annotations

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
