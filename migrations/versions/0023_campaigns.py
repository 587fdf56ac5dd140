"""campaign links, admins who forward, recurring news

Revision ID: 0023_campaigns
Revises: 0022_templates
"""

revision = '0023_campaigns'
down_revision = '0022_templates'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
