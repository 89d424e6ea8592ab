"""Builds the site of an application that uses the patterns: its modules and their types."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from .. import __version__
from ..patterns.catalogue import PatternRecord
from ..patterns.constraint import Layer
from .address import page
from .application import Application, OwnModule
from .environment import environment
from .figure import within_page
from .writing import write

CATALOGUE = "catalogue"
"""The folder, within the application's site, that has this library's own pages."""


def build_for(into: Path, application: Application, records: Sequence[PatternRecord]) -> Path:
    """
    Write the pages of `application` into the folder `into`, and give the path of the first.

    Shape:  they link to the pages of this library, which belong into `into / CATALOGUE`. Files in `into` that
            are not the site's are left alone.
    Errors: `AnalysisPatternsError` where a file cannot be written; what stood there then stays.
    """
    write(into, own_files(application, records))
    return into / "index.html"


def own_files(application: Application, records: Sequence[PatternRecord]) -> dict[str, str]:
    """Every page and picture of the application, by its path below the site's folder."""
    site = _templates(application, records)
    index = site.get_template("application.html")
    files = {"index.html": index.render(root=f"{CATALOGUE}/", home="")}
    for module in application.modules:
        written = site.get_template("module.html").render(root=f"../{CATALOGUE}/", home="../", module=module)
        files[_module_page(module)] = written
        files |= _pictures(module)
    return files


def _pictures(module: OwnModule) -> dict[str, str]:
    own = {_picture(module, type_.name): type_.figure for type_ in module.types if type_.figure}
    return {_picture(module): module.figure, **own} if module.figure else own


def _module_page(module: OwnModule) -> str:
    return f"modules/{module.name}.html"


def _picture(module: OwnModule, name: str = "") -> str:
    return f"modules/{module.name}{f'-{name}' if name else ''}.svg"


def _templates(application: Application, records: Sequence[PatternRecord]) -> Environment:
    site = environment()
    site.filters |= {
        "dotted": lambda name: Markup("<wbr>").join(re.split(r"(?<=\.)", name)),
        "page": page,
        "module_page": _module_page,
        "picture": _picture,
        "within_page": lambda svg: Markup(within_page(svg)),  # noqa: S704 - checked where it was drawn
    }
    site.globals |= {
        "version": __version__,
        "application": application,
        "all_patterns": {record.number: record for record in records},
        "from_patterns": len([each for each in application.types if each.marks]),
        "cases": (),
        "has_reference": True,
        "layers_of": lambda rule: [layer.value for layer in Layer if layer in rule.layers],
    }
    return site
