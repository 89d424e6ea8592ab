"""The environment of our own branch, where no application has one: see `analysis-patterns db`."""

from alembic import context

from analysis_patterns.migrations import run_migrations

run_migrations(context.config.attributes["engine"])
