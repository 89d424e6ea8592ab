"""Jobs and employees, as `alembic revision --autogenerate` writes them."""

import sqlalchemy as sa
from alembic import op

from analysis_patterns.patterns.persistence.types import Key

revision = "business_0001"
down_revision = None
branch_labels = ("business",)
depends_on = "analysis_patterns_0001"


def upgrade() -> None:
    """Create the business's tables, which point at ours."""
    op.create_table(
        "business_employee",
        sa.Column("id", Key(), nullable=False),
        sa.Column("badge", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["patterns_party.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("badge"),
    )
    op.create_table(
        "business_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("client_id", Key(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["patterns_party.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    """Drop them again; the library's stay."""
    op.drop_table("business_job")
    op.drop_table("business_employee")
