"""What Alembic runs: the business's migrations and the library's, as one whole."""

from business import Business, open_database

from analysis_patterns.migrations import run_migrations

run_migrations(open_database(), Business.metadata)
