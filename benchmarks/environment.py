"""Virtual environments for what is measured beside the library: others bring versions of what we use too."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path


@cache
def environment(folder: Path, installed: Sequence[str]) -> str:
    """Make the virtual environment where it is not there; why it cannot be used, or nothing."""
    python, ready = folder / "bin" / "python", folder / "ready"
    if ready.exists() and ready.read_text(encoding="utf-8") == "\n".join(installed):
        return ""
    try:
        subprocess.run(
            [sys.executable, "-m", "venv", "--clear", str(folder)], check=True, capture_output=True
        )
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", *installed], check=True, capture_output=True
        )
    except subprocess.CalledProcessError as failed:
        said = failed.stderr.decode(errors="replace").strip().splitlines()
        return f"it cannot be installed: {said[-1] if said else failed}"
    ready.write_text("\n".join(installed), encoding="utf-8")
    return ""
