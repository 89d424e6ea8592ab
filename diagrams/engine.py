"""The layout engine: Graphviz, from a wheel, or the one that a caller asks for."""

from __future__ import annotations

import shutil
import subprocess
from importlib import metadata
from pathlib import Path

from .errors import EngineError

WHEEL = "graphviz-pure"
_LONGEST_SECONDS = 120


def engine(name: str | None = None) -> Path:
    """
    The program that lays out: the wheel's, or the one called `name`, such as `dot`.

    Errors: `EngineError` where there is none.
    """
    found = shutil.which(name) if name else _from_wheel() or shutil.which(WHEEL)
    if found is None:
        raise EngineError(
            f"no layout engine {name or WHEEL}: install one (pip install {WHEEL}) or name one, "
            "or ask for DOT or Mermaid, which need none"
        )
    return Path(found)


def _from_wheel() -> str | None:
    try:
        files = metadata.files(WHEEL) or ()
    except metadata.PackageNotFoundError:
        return None
    programs = (file.locate() for file in files if file.stem == WHEEL and file.suffix in {"", ".exe"})
    return next((str(Path(str(program)).resolve()) for program in programs), None)


def run(program: Path, source: str, *arguments: str) -> bytes:
    """
    What `program` makes of DOT.

    Errors: `EngineError` where it fails, or takes more than two minutes.
    """
    try:
        # The program is the wheel's or the caller's own choice; the source is data on its standard input.
        done = subprocess.run(  # noqa: S603
            [program, *arguments],
            input=source.encode(),
            capture_output=True,
            check=True,
            timeout=_LONGEST_SECONDS,
        )
    except subprocess.TimeoutExpired as late:
        raise EngineError(
            f"{program.name} took more than {_LONGEST_SECONDS} seconds; draw less at once, or ask for DOT"
        ) from late
    except subprocess.CalledProcessError as failed:
        said = failed.stderr.decode(errors="replace").strip()
        raise EngineError(f"{program.name} failed: {said or f'exit code {failed.returncode}'}") from failed
    except OSError as refused:
        raise EngineError(f"{program} cannot be run: {refused.strerror}") from refused
    return done.stdout
