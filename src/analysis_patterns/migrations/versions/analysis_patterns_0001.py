"""The registry of things, and accountability: parties, what ties them, and the rules (ch. 2, 5.2)."""

from analysis_patterns.migrations import frozen

revision = "analysis_patterns_0001"
down_revision = None
branch_labels = ("analysis_patterns",)
depends_on = None


def upgrade() -> None:
    """Create the tables and their guards."""
    frozen.create(__file__)


def downgrade() -> None:
    """Drop them all, where that was asked for by name."""
    frozen.drop(__file__)
