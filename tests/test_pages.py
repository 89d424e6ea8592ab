"""The readers of pages themselves: a page's blocks are found where they stand, a wrong command is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from .commands import complaint
from .pages import blocks, only

PAGE = """\
# A page

```python
one = 1
```

1. Then:

   ```python
   print(one)
   ```

```sh
make test
```
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_text(PAGE)
    return path


def test_finds_each_block_with_its_language_and_line(page: Path) -> None:
    found = [(block.language, block.line, block.text) for block in blocks(page)]

    assert found == [("python", 4, "one = 1\n"), ("python", 10, "print(one)\n"), ("sh", 14, "make test\n")]


def test_keeps_the_code_of_one_language_on_its_own_lines(page: Path) -> None:
    kept = only(page, "python").splitlines()

    assert kept == ["", "", "", "one = 1", "", "", "", "", "", "print(one)"]


@pytest.mark.parametrize(
    "command",
    [
        "make test",
        "python3.11 -m venv .venv",
        "make PYTHON=python3.13 check",
        "cd analysis-patterns",
        "# a remark",
        "analysis-patterns --version",
        ".venv/bin/pytest tests/test_pages.py::test_finds_each_block_with_its_language_and_line -q",
        "HYPOTHESIS_PROFILE=thorough .venv/bin/pytest tests/test_pages.py",
        "pip install 'analysis-patterns[postgres]'",
        "python3.11 -m pip install analysis-patterns",
    ],
)
def test_accepts_a_command_that_exists(command: str) -> None:
    assert complaint(command) is None


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("analysis-patterns --version --wide", "analysis-patterns has no option --wide"),
        ("make tests", "no such make target: ['tests']"),
        ("analysis-patterns tuor", "analysis-patterns has no command tuor"),
        ("analysis-patterns --verbose", "analysis-patterns has no option --verbose"),
        (".venv/bin/pytest tests/test_nothing.py", "no such file: ['tests/test_nothing.py']"),
        ("pip install 'analysis-patterns[postgres,nothing]'", "no such extra: ['nothing']"),
        ("frobnicate", "no program of ours or of everybody's: frobnicate"),
    ],
)
def test_complains_of_a_command_that_does_not_exist(command: str, said: str) -> None:
    assert complaint(command) == said
