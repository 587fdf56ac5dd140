"""village meetings with answers and questions

Revision ID: 0024_meetings
Revises: 0023_campaigns
"""

revision = '0024_meetings'
down_revision = '0023_campaigns'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
