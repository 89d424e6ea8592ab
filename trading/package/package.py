"""A package shows different amounts of itself to different clients, by levels of access (11.1)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ...patterns.catalogue import attach
from ...patterns.constraint import rule
from ...patterns.document import Document
from .place import Found, Path

EVERYBODY = "*"
"""As a user of a level: every other package, and all the code that is in none."""

NAMED = rule(
    "package.named",
    pattern="11.1",
    says="What is declared has a name of letters, digits, - and _; a module has Python's, with its dots.",
)
NAMED_ONCE = rule(
    "package.named-once",
    pattern="11.1",
    says="No two packages have one name or one module, and no two levels of a package have one name.",
)
KNOWN = rule("package.known", pattern="11.1", says="Who is named as a package is declared as one.")
NAMES_ANOTHER = rule(
    "package.names-another",
    pattern="11.1",
    says="A package sees all of itself; it is neither a user nor a subtype of itself.",
)
HAS_USERS = rule("package.level-has-users", pattern="11.1", says="A level of access has users.")
SHOWS_ITS_OWN = rule(
    "package.level-shows-its-own",
    pattern="11.1",
    says="A level shows modules of its own package, and none that belongs to a package declared within it.",
)
THROUGH_LEVEL = rule(
    "package.import-through-level",
    pattern="11.1",
    says="Of another package, only what a level shows is imported, and only by that level's users.",
)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_MODULE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_BELOW = ".**"


class AccessLevel(Document):
    """
    One of the interfaces of a package: what it shows, and to whom.

    Shape:  `shows` are modules of the package, `name.**` standing for all that is below one; where nothing
            is named, it is the facade: the package's own module. `users` are names of packages, or `*`.
    Source: Analysis Patterns 11.1.
    """

    name: str = "facade"
    shows: tuple[str, ...] = ()
    users: tuple[str, ...] = ()


class Package(Document):
    """
    A package, and what others may see of it: nothing but what its levels show.

    Shape:  a `name`; its `module`, to which everything below belongs that is in no package declared for
            itself; the packages that it holds a `subtype_of`, whose facades it sees; its levels.
    Source: Analysis Patterns 11.1 and 11.3.
    """

    name: str
    module: str
    subtype_of: tuple[str, ...] = ()
    levels: tuple[AccessLevel, ...] = ()

    def shown(self, level: AccessLevel) -> tuple[str, ...]:
        """The modules that one of its levels shows, the facade where that names none."""
        return level.shows or (self.module,)

    def levels_for(self, user: str) -> Iterator[AccessLevel]:
        """The levels that the package named `user` was given."""
        for level in self.levels:
            if user in level.users or EVERYBODY in level.users:
                yield level


def is_module(name: str) -> bool:
    """Whether a module can have this name."""
    return _MODULE.fullmatch(name) is not None


def is_within(module: str, package: str) -> bool:
    """Whether a module is a package's own, or below it."""
    return module == package or module.startswith(f"{package}.")


def is_shown(module: str, shown: str) -> bool:
    """
    Whether a level that shows `shown` shows this module.

    >>> [is_shown("bank.loan.terms", each) for each in ("bank.loan", "bank.loan.terms", "bank.loan.**")]
    [False, True, True]
    """
    if shown.endswith(_BELOW):
        return module.startswith(shown.removesuffix("**"))
    return module == shown


def home(module: str, packages: Sequence[str]) -> str | None:
    """Of `packages`, by their modules, the innermost that the module belongs to."""
    return max((each for each in packages if is_within(module, each)), key=len, default=None)


def ancestors(packages: Sequence[Package], name: str) -> list[str]:
    """The names of the packages that the one named `name` holds subtypes of, the nearest first."""
    above = {package.name: package.subtype_of for package in packages}
    found: dict[str, None] = {}
    waiting = list(above.get(name, ()))
    while waiting:
        each = waiting.pop(0)
        if each not in found and each in above:
            found[each] = None
            waiting += above[each]
    return list(found)


def visibilities(packages: Sequence[Package], *, named_only: bool = False) -> Mapping[str, set[str]]:
    """
    The names of the packages that each package sees, by a level or as supertypes of its subtypes.

    Shape:  with `named_only`, without what is shown to everybody.
    """
    names = {package.name for package in packages}
    seen: dict[str, set[str]] = {name: set(ancestors(packages, name)) for name in sorted(names)}
    for package in packages:
        for level in package.levels:
            to_all = EVERYBODY in level.users and not named_only
            for user in names if to_all else names & set(level.users):
                seen[user].add(package.name)
    return {name: others - {name} for name, others in seen.items()}


def badly_named(name: str, path: Path) -> Found:
    """Refuse, as the name of something declared, what is none."""
    if _NAME.fullmatch(name) is None:
        yield (
            path,
            NAMED.violation(
                found=f"the name {name!r}",
                allowed="letters, digits, - and _, a letter or digit first",
                remedy="Name it so",
            ),
        )


def badly_named_module(module: str, path: Path) -> Found:
    """Refuse, as the name of a module, what is none."""
    if not is_module(module):
        yield (
            path,
            NAMED.violation(
                found=f"the module {module!r}",
                allowed="names that Python allows, with dots between them",
                remedy="Name the module as it is imported",
            ),
        )


def unknown(name: str, packages: Sequence[Package], path: Path) -> Found:
    """Refuse a name that no package has."""
    names = [package.name for package in packages]
    if name not in names:
        yield (
            path,
            KNOWN.violation(
                found=f"a package {name!r}",
                allowed=f"those declared: {', '.join(names) or 'none is'}",
                remedy="Declare it, or name another",
            ),
        )


def misdeclared(packages: Sequence[Package]) -> Found:
    """What is wrong with the names, the levels and the users of packages, and the way to each."""
    for number, package in enumerate(packages):
        path: Path = ("packages", number)
        yield from badly_named(package.name, (*path, "name"))
        yield from badly_named_module(package.module, (*path, "module"))
        for position, supertype in enumerate(package.subtype_of):
            yield from _unfit(supertype, package, packages, (*path, "subtype_of", position))
        yield from said_twice([level.name for level in package.levels], "level", (*path, "levels"))
        for position, level in enumerate(package.levels):
            yield from _unfit_level(level, package, packages, (*path, "levels", position))
    yield from said_twice([package.name for package in packages], "package", ("packages",))
    yield from said_twice([package.module for package in packages], "module", ("packages",))


def said_twice(names: Sequence[str], what: str, path: Path) -> Found:
    """Refuse each name after the first that says the same."""
    met: Counter[str] = Counter()
    for number, name in enumerate(names):
        met[name] += 1
        if met[name] > 1:
            yield (
                (*path, number),
                NAMED_ONCE.violation(
                    found=f"the {what} {name!r} a second time",
                    allowed="each once",
                    remedy="Say there all that there is to say, or give one of them another name",
                ),
            )


def _unfit(other: str, package: Package, packages: Sequence[Package], path: Path) -> Found:
    if other == package.name:
        yield (
            path,
            NAMES_ANOTHER.violation(
                package,
                found=f"{package.name} named by itself",
                allowed="other packages",
                remedy="Leave it out",
            ),
        )
    else:
        yield from unknown(other, packages, path)


def _unfit_level(level: AccessLevel, package: Package, packages: Sequence[Package], path: Path) -> Found:
    yield from badly_named(level.name, (*path, "name"))
    if not level.users:
        yield (
            path,
            HAS_USERS.violation(
                level,
                found=f"the level {level.name!r} of {package.name}, with no users",
                allowed="the names of packages, or '*' for everybody",
                remedy="Say who may use it, or leave it out",
            ),
        )
    for position, user in enumerate(level.users):
        if user != EVERYBODY:
            yield from _unfit(user, package, packages, (*path, "users", position))
    for position, shown in enumerate(level.shows):
        here: Path = (*path, "shows", position)
        module = shown.removesuffix(_BELOW)
        yield from badly_named_module(module, here)
        if home(module, [each.module for each in packages]) != package.module:
            yield (
                here,
                SHOWS_ITS_OWN.violation(
                    level,
                    found=f"{shown} shown by {package.name}",
                    allowed=f"{package.module} and what is below it, outside of other packages",
                    remedy="Let the package that it belongs to show it",
                ),
            )


attach(
    "11.1",
    types=(Package, AccessLevel),
    figure="analysis_patterns.trading.package.package",
    when_not="Where all clients need the same of a package, one facade does. Where some need a part that "
    "others should not even load, split the package instead, and declare both halves.",
    example="""
>>> from analysis_patterns.trading.package import Import, Imports, illegal_imports, parse_declaration
>>> declared = parse_declaration('''
... roots: [house]
... packages:
...   - {name: pricing, module: house.pricing}
...   - {name: risk, module: house.risk}
...   - name: scenario
...     module: house.scenario
...     levels:
...       - {name: facade, users: [pricing, risk]}
...       - {name: structure, shows: [house.scenario.structure], users: [risk]}
... ''')
>>> whole = Imports.of(
...     Import("house.risk", "house.scenario.structure"), Import("house.pricing", "house.scenario.structure"))
>>> [str(problem.violation.found) for problem in illegal_imports(declared, whole)]
['house.pricing imports house.scenario.structure']
""",
)
