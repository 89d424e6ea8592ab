"""The public surface changes only on purpose: it is compared with the one that was written down."""

from __future__ import annotations

from .public_api import BASELINE, public_names, public_packages


def test_the_public_names_are_those_written_down() -> None:
    written = BASELINE.read_text(encoding="utf-8").split()

    found = public_names()

    assert found == written, "if that is on purpose, `make api` writes the new surface down"


def test_every_public_name_leads_to_something() -> None:
    missing = [
        f"{package.__name__}.{name}"
        for package in public_packages()
        for name in getattr(package, "__all__", ())
        if not hasattr(package, name)
    ]

    assert missing == []


def test_every_package_lists_its_public_names() -> None:
    assert [package.__name__ for package in public_packages() if not hasattr(package, "__all__")] == []
