"""What is written replaces all that stood there, or nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis_patterns.patterns.errors import AnalysisPatternsError
from analysis_patterns.site.writing import write


def test_writes_files_and_folders_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path / "site", {"a.txt": "one\n", "b/c.txt": "two\n"})

    found = {path.relative_to(tmp_path / "site").as_posix() for path in (tmp_path / "site").rglob("*")}
    assert found == {"a.txt", "b", "b/c.txt"}
    assert (tmp_path / "site" / "b" / "c.txt").read_bytes() == b"two\n"


def test_leaves_what_stood_there_where_one_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "b.txt").mkdir()

    with pytest.raises(AnalysisPatternsError, match="cannot be written into"):
        write(tmp_path, {"a.txt": "new", "b.txt": "new"})

    assert (tmp_path / "a.txt").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "b.txt"]


@pytest.mark.parametrize("name", ["../outside.txt", "a/../../outside.txt"])
def test_writes_nothing_outside_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(AnalysisPatternsError, match="writes nothing outside"):
        write(tmp_path / "site", {"a.txt": "new", name: "new"})

    assert not (tmp_path / "site").exists()
    assert not (tmp_path / "outside.txt").exists()
