"""Trading, derivative contracts and trading packages (ch. 9 to 11)."""

from analysis_patterns.migrations import frozen

revision = "analysis_patterns_0005"
down_revision = "analysis_patterns_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and their guards."""
    frozen.create(__file__)


def downgrade() -> None:
    """Drop them all, where that was asked for by name."""
    frozen.drop(__file__)
