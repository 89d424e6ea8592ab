"""Packages that say what they show to whom, and code that is held to it (chapter 11)."""

from .contracts import contracts, contracts_toml
from .declaration import Declaration
from .imports import Import, Imports, read_imports
from .layering import Exemption, Layering, Prohibition
from .mutual_visibility import MutualVisibility
from .obedience import illegal_imports, require_obeyed
from .package import AccessLevel, Package, visibilities
from .picture import layering_picture, package_picture
from .place import DeclarationError, IllegalImports, Place
from .reading import parse_declaration, read_declaration
from .subtyping import subtypes

__all__ = [
    "AccessLevel",
    "Declaration",
    "DeclarationError",
    "Exemption",
    "IllegalImports",
    "Import",
    "Imports",
    "Layering",
    "MutualVisibility",
    "Package",
    "Place",
    "Prohibition",
    "contracts",
    "contracts_toml",
    "illegal_imports",
    "layering_picture",
    "package_picture",
    "parse_declaration",
    "read_declaration",
    "read_imports",
    "require_obeyed",
    "subtypes",
    "visibilities",
]
