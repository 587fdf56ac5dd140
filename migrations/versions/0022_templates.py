"""the state of WhatsApp's templates

Revision ID: 0022_templates
Revises: 0021_groups
"""

import sqlalchemy as sa
from alembic import op

import bot.database

revision = '0022_templates'
down_revision = '0021_groups'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'template_state',
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('content_sid', sa.String(), nullable=False),
        sa.Column('status', sa.String(), nullable=False),
        sa.Column('category', sa.String(), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('fingerprint', sa.String(), nullable=False),
        sa.Column('checked_at', bot.database.Moment(), nullable=False),
        sa.PrimaryKeyConstraint('name'),
    )


def downgrade() -> None:
    op.drop_table('template_state')
