"""Values are light: whoever imports them waits for no database, no numpy and no pydantic."""

import subprocess
import sys

import pytest

from analysis_patterns.patterns import values

HEAVY = (
    "alembic",
    "iso4217",
    "networkx",
    "numpy",
    "pydantic",
    "pydantic_core",
    "sqlalchemy",
    "sqlite3",
    "yaml",
)


@pytest.mark.parametrize("use", ["", "values.Money(1, 'USD') / 2 + values.Quantity(1, 'USD')"])
def test_importing_values_loads_nothing_heavy(use: str) -> None:
    allowed = {"iso4217"} if use else set[str]()
    program = (
        f"import sys; from analysis_patterns.patterns import values; {use}\n"
        f"loaded = {{name for name in {HEAVY} if name in sys.modules}} - {allowed!r}\n"
        "sys.exit(str(loaded) if loaded else 0)"
    )

    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], check=False, capture_output=True, text=True
    )

    assert ran.returncode == 0, ran.stderr


def test_every_public_name_can_be_imported() -> None:
    assert all(hasattr(values, name) for name in values.__all__)
