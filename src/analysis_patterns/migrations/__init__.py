"""
The library's tables as an Alembic branch, labelled `analysis_patterns`, beside an application's own.

An application names both folders in its `alembic.ini`, lets its first revision depend on ours, and runs
one `alembic upgrade heads`. The separator has to be a newline: `os` is a colon on most systems, splits
`package:folder` in two, and Alembic then finds no revisions and says nothing.

    [alembic]
    script_location = %(here)s/migrations
    path_separator = newline
    version_locations =
        %(here)s/migrations/versions
        analysis_patterns.migrations:versions
"""

from .frozen import MigrationRefused
from .run import BRANCH, FOLDER, PREFIXES, VERSIONS, guards_lifted, run_migrations, upgrade

__all__ = [
    "BRANCH",
    "FOLDER",
    "PREFIXES",
    "VERSIONS",
    "MigrationRefused",
    "guards_lifted",
    "run_migrations",
    "upgrade",
]
