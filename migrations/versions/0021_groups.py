"""what a village group can do, who coordinates

Revision ID: 0021_groups
Revises: 0020_broadcasts
"""

revision = '0021_groups'
down_revision = '0020_broadcasts'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
