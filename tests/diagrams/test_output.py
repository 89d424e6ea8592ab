"""What is written is put in place whole, inside the folder asked for, and over nothing that is not ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analysis_patterns.diagrams import OutputError, write_file, write_folder
from analysis_patterns.diagrams.output import LISTING, require_inside

OUTSIDE = ["", ".", "../a", "a/../../b", "/a", "C:\\a", "C:a", "..\\a", "\\\\host\\a", "a\0b"]


def contents(folder: Path) -> dict[str, str]:
    """The files of a folder by their names."""
    return {
        path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_name_that_leads_outside_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="would be written outside of the folder asked for"):
        write_folder(tmp_path / "out", {"fine.html": "x", name: "y"})

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a", "a/b.html", "..a", "a..b", "a b"])
def test_a_name_inside_is_none_of_that(name: str) -> None:
    require_inside(name)


def test_a_folder_is_written_with_a_list_of_what_is_in_it(tmp_path: Path) -> None:
    write_folder(tmp_path / "new" / "out", {"a.html": "A", "b/c.bin": b"C"})

    assert contents(tmp_path) == {
        "new/out/a.html": "A",
        "new/out/b/c.bin": "C",
        f"new/out/{LISTING}": "a.html\nb/c.bin\n",
    }


def test_a_folder_written_before_is_replaced_whole(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", {"a": "1", "b": "2"})

    write_folder(tmp_path / "out", {"b": "3"})

    assert contents(tmp_path) == {"out/b": "3", f"out/{LISTING}": "b\n"}


def test_a_folder_with_anything_else_in_it_is_left_alone(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", {"a": "1"})
    (tmp_path / "out" / "mine").write_text("mine")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a").write_text("mine")
    before = contents(tmp_path)

    for name in ("out", "other"):
        with pytest.raises(OutputError, match="which was not drawn into it: name another folder"):
            write_folder(tmp_path / name, {"a": "2"})

    assert contents(tmp_path) == before


def test_what_is_no_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")

    for name in ("file", "link"):
        with pytest.raises(OutputError, match="is there and no folder"):
            write_folder(tmp_path / name, {"a": "1"})
    with pytest.raises(OutputError, match="cannot be written"):
        write_folder(tmp_path / "file" / "below", {"a": "1"})

    assert contents(tmp_path) == {"file": "mine"}


def test_names_that_differ_in_case_alone_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="differ in nothing but case"):
        write_folder(tmp_path / "out", {"a": "1", "A": "2"})


@pytest.mark.parametrize("fails_at", [1, 2])
def test_a_folder_that_cannot_be_put_in_place_leaves_what_was_there(
    fails_at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(tmp_path / "out", {"a": "1"})
    before, calls, rename = contents(tmp_path), [], Path.rename

    def failing(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == fails_at:
            raise PermissionError(13, "no")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OutputError, match="cannot be written: no"):
        write_folder(tmp_path / "out", {"a": "2"})

    assert contents(tmp_path) == before


def test_a_file_is_replaced_whole_and_keeps_who_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    assert write_file(path, "1") == path
    assert path.stat().st_mode & 0o777 == 0o666 & ~current_mask()
    path.chmod(0o640)

    write_file(path, b"2")

    assert (path.read_text(), path.stat().st_mode & 0o777) == ("2", 0o640)
    assert [each.name for each in tmp_path.iterdir()] == ["a.svg"]


def current_mask() -> int:
    """The permissions that new files are not given."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_file_that_cannot_be_written_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.svg"
    path.write_text("before")

    def failing(self: Path, target: Path) -> Path:
        raise OSError(28, "no space left")

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(OutputError, match=r"a\.svg cannot be written: no space left"):
        write_file(path, "after")

    assert contents(tmp_path) == {"a.svg": "before"}
