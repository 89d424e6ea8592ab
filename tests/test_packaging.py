"""What is published is what stands in the folders, under the one import name, beside any other package."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
NAME = "analysis_patterns"
PACKAGES = ("patterns", "observation", "accounting", "trading", "diagrams")

IMPORT_EVERYTHING = """
import importlib, pkgutil
import analysis_patterns
from analysis_patterns.patterns.errors import AnalysisPatternsError

modules = [module.name for module in pkgutil.walk_packages(analysis_patterns.__path__, "analysis_patterns.")]
for name in modules:
    if ".migrations." not in name:  # alembic's to import
        try:
            importlib.import_module(name)
        except AnalysisPatternsError as missing:
            assert "analysis-patterns[" in str(missing), name
print(len(modules))
"""

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command away from the checkout and return what it printed; show all of it where it fails."""
    finished = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def files_under(folder: Path) -> set[str]:
    """The files under `folder` that are worth publishing, relative to it."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def in_the_folders() -> set[str]:
    """What the wheel has to hold, read from the checkout's real folders."""
    own = files_under(PROJECT / "src" / NAME)
    mapped = {f"{package}/{path}" for package in PACKAGES for path in files_under(PROJECT / package)}
    return {f"{NAME}/{path}" for path in own | mapped}


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive, built from the checkout."""
    folder = tmp_path_factory.mktemp("sdist")
    run(sys.executable, "-m", "build", "--no-isolation", "--sdist", "--outdir", folder, PROJECT, cwd=folder)
    (archive,) = folder.glob("*.tar.gz")
    return archive


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source archive alone."""
    folder = tmp_path_factory.mktemp("wheel")
    run("tar", "-xzf", sdist, cwd=folder)
    (source,) = folder.iterdir()
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", folder, source, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment into which the wheel and the other package named `diagrams` were installed."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    pip = (folder / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check")
    run(*pip, "install", wheel, "diagrams", cwd=folder)
    return folder


def test_the_wheel_holds_exactly_the_folders(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()

    held = {name for name in names if ".dist-info/" not in name}
    assert held == in_the_folders()
    assert len(names) == len(set(names))


def test_the_source_archive_holds_what_the_project_is_made_of(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}

    expected = {f"src/{NAME}/{path}" for path in files_under(PROJECT / "src" / NAME)}
    for room in (*PACKAGES, "tests", "benchmarks", "docs", "examples"):
        expected |= {f"{room}/{path}" for path in files_under(PROJECT / room)}
    expected |= {"pyproject.toml", "Makefile", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"}
    assert expected - held == set()


def test_the_archives_hold_no_file_twice_through_the_links(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = archive.getnames()

    assert [name for name in names if any(f"src/{NAME}/{package}/" in name for package in PACKAGES)] == []


def test_it_lives_beside_another_package_of_the_same_name_as_ours(installed: Path) -> None:
    found = run(
        installed / "bin" / "python",
        "-c",
        "import diagrams, analysis_patterns.diagrams as ours; print(diagrams.__file__, ours.__file__)",
        cwd=installed,
    )

    theirs, ours = found.split()
    assert theirs.endswith("site-packages/diagrams/__init__.py")
    assert ours.endswith(f"site-packages/{NAME}/diagrams/__init__.py")


def test_every_module_of_an_installed_copy_can_be_imported_or_names_its_extra(installed: Path) -> None:
    found = run(installed / "bin" / "python", "-W", "error", "-c", IMPORT_EVERYTHING, cwd=installed)

    assert int(found) > len(PACKAGES)


def test_the_command_line_is_installed(installed: Path) -> None:
    helped = run(installed / "bin" / "analysis-patterns", "--help", cwd=installed)

    assert "Usage: analysis-patterns" in helped


def test_the_typing_marker_is_installed(installed: Path) -> None:
    (marker,) = installed.rglob(f"site-packages/{NAME}/py.typed")

    assert marker.is_file()
