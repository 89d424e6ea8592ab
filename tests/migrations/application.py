"""An application's own Alembic folder, written for one test."""

from __future__ import annotations

import io
from argparse import Namespace
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from ..migration import HEAD

INI = """
[alembic]
script_location = %(here)s
path_separator = {separator}
version_locations =
    %(here)s/versions
    analysis_patterns.migrations:versions
"""

ENVIRONMENT = """
from alembic import context
from analysis_patterns.migrations import run_migrations

attributes = context.config.attributes
run_migrations(attributes["engine"], *attributes["metadata"])
"""

TEMPLATE = '''
"""${message}"""
from alembic import op
import sqlalchemy as sa
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}

def upgrade():
    ${upgrades if upgrades else "pass"}

def downgrade():
    ${downgrades if downgrades else "pass"}
'''

REVISION = '''
"""A revision of the application's."""
import sqlalchemy as sa
from alembic import op
from analysis_patterns.migrations import guards_lifted
from analysis_patterns.patterns.persistence.types import Key

revision = "shop_{number}"
down_revision = {after!r}
branch_labels = {labels!r}
depends_on = {head!r}

def upgrade():
    {upgrade}

def downgrade():
    {downgrade}
'''

A_TABLE = (
    'op.create_table("shop_order", sa.Column("id", sa.Integer, primary_key=True), '
    'sa.Column("client_id", Key, sa.ForeignKey("patterns_party.id")))'
)


class Application:
    """A folder with an `alembic.ini`, and what one does with it at the command line."""

    def __init__(self, folder: Path, engine: Engine, *, separator: str = "newline") -> None:
        self.folder = folder
        self.engine = engine
        self.output = io.StringIO()
        (folder / "versions").mkdir()
        (folder / "alembic.ini").write_text(INI.format(separator=separator))
        (folder / "env.py").write_text(ENVIRONMENT)
        (folder / "script.py.mako").write_text(TEMPLATE)

    def revise(self, upgrade: str = A_TABLE, downgrade: str = 'op.drop_table("shop_order")') -> None:
        """Write the next revision of the application."""
        last = len(list((self.folder / "versions").glob("*.py")))
        text = REVISION.format(
            head=HEAD,
            number=last + 1,
            after=f"shop_{last}" if last else None,
            labels=None if last else ("shop",),
            upgrade=upgrade,
            downgrade=downgrade,
        )
        (self.folder / "versions" / f"shop_{last + 1}.py").write_text(text)

    def config(self, *permissions: str, metadata: tuple[object, ...] = ()) -> Config:
        """What `alembic` would read; `permissions` are what follows its `-x`."""
        config = Config(
            self.folder / "alembic.ini", cmd_opts=Namespace(x=list(permissions)), output_buffer=self.output
        )
        config.attributes.update(engine=self.engine, metadata=metadata)
        return config

    def upgrade(self, to: str = "heads") -> None:
        """`alembic upgrade heads`."""
        command.upgrade(self.config(), to)

    def downgrade(self, to: str = "base", *permissions: str) -> None:
        """`alembic downgrade base`, with permissions after `-x`."""
        command.downgrade(self.config(*permissions), to)

    def heads(self) -> list[str]:
        """`alembic heads`."""
        return sorted(ScriptDirectory.from_config(self.config()).get_heads())
