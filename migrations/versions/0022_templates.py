"""the state of WhatsApp's templates, which of them a message is, and what a share counts for

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
        sa.Column('rests_until', bot.database.Moment(), nullable=True),
        sa.PrimaryKeyConstraint('name'),
    )
    with op.batch_alter_table('broadcast_share') as batch:
        batch.add_column(
            sa.Column('week', sa.Boolean(), nullable=False, server_default=sa.true())
        )
    op.add_column('outbox', sa.Column('template', sa.String(), nullable=False, server_default=''))


def downgrade() -> None:
    op.drop_column('outbox', 'template')
    op.drop_column('broadcast_share', 'week')
    op.drop_table('template_state')
