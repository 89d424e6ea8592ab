"""Referring to objects, planning, schedules and life cycles (ch. 5 and 8)."""

from analysis_patterns.migrations import frozen

revision = "analysis_patterns_0003"
down_revision = "analysis_patterns_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and their guards."""
    frozen.create(__file__)


def downgrade() -> None:
    """Drop them all, where that was asked for by name."""
    frozen.drop(__file__)
