"""Writes files so that what stands there is replaced by all of them, or stays as it is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from ..patterns.errors import AnalysisPatternsError


def write(into: Path, files: Mapping[str, str]) -> None:
    """
    Write `files`, by their paths below the folder `into`.

    Errors: `AnalysisPatternsError` where a file cannot be written, or would lie outside `into`; until all
            are written beside it, nothing there is replaced.
    """
    for name in files:
        if not (into / name).resolve().is_relative_to(into.resolve()):
            raise AnalysisPatternsError(f"the site writes nothing outside {into}, unlike {name}")
    try:
        into.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".being-written-", dir=into) as aside:
            for name, text in files.items():
                written = Path(aside) / name
                written.parent.mkdir(parents=True, exist_ok=True)
                written.write_text(text, encoding="utf-8", newline="\n")
                if (into / name).is_dir():
                    raise IsADirectoryError(f"{into / name} is a folder")
                (into / name).parent.mkdir(parents=True, exist_ok=True)
            for name in files:
                os.replace(Path(aside) / name, into / name)
    except OSError as refused:
        raise AnalysisPatternsError(f"the site cannot be written into {into}: {refused}") from None
