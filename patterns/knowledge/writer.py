"""A writer of YAML that our reader reads back as it was, letter by letter (2.5)."""

from __future__ import annotations

import re

import yaml

from .reader import Plain

_LINE_ENDS = re.compile("[\x85\u2028\u2029]")


class _Dumper(yaml.SafeDumper):
    """Never writes an alias, and quotes the line ends that PyYAML would lose in single quotes."""

    def ignore_aliases(self, data: object) -> bool:
        return True

    def text(self, text: str) -> yaml.ScalarNode:
        style = '"' if _LINE_ENDS.search(text) else None
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _Dumper.text)


def write_yaml(data: Plain) -> str:
    """Write `data` as one YAML document, the keys in their order."""
    written: str = yaml.dump(
        data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=None, width=100
    )
    return written
