"""campaign links, admins who forward, recurring news

Revision ID: 0023_campaigns
Revises: 0022_templates
"""

import sqlalchemy as sa
from alembic import op

import bot.database

revision = '0023_campaigns'
down_revision = '0022_templates'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'campaign',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(), nullable=False),
        sa.Column('office_code', sa.String(), nullable=False),
        sa.Column('place_code', sa.String(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('title', sa.String(), nullable=False),
        sa.Column('officer_id', sa.Integer(), nullable=True),
        sa.Column('made_at', bot.database.Moment(), nullable=False),
        sa.Column('ends_on', sa.Date(), nullable=True),
        sa.Column('broadcast_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['office_code'], ['office.code']),
        sa.ForeignKeyConstraint(['officer_id'], ['officer.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('code'),
    )
    op.create_index('ix_campaign_office_code', 'campaign', ['office_code'])
    op.create_index('ix_campaign_broadcast_id', 'campaign', ['broadcast_id'])
    op.create_table(
        'campaign_count',
        sa.Column('campaign_id', sa.Integer(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('what', sa.String(), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id']),
        sa.PrimaryKeyConstraint('campaign_id', 'day', 'what'),
    )
    op.create_table(
        'campaign_repeat',
        sa.Column('campaign_id', sa.Integer(), nullable=False),
        sa.Column('status', sa.String(), nullable=False),
        sa.Column('place_codes', sa.String(), nullable=False),
        sa.Column('day', sa.Integer(), nullable=False),
        sa.Column('hour', sa.Integer(), nullable=False),
        sa.Column('nonce', sa.String(), nullable=False),
        sa.Column('approved_by', sa.Integer(), nullable=True),
        sa.Column('next_at', bot.database.Moment(), nullable=True),
        sa.Column('taught', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(['approved_by'], ['officer.id']),
        sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id']),
        sa.PrimaryKeyConstraint('campaign_id'),
        sa.UniqueConstraint('nonce'),
    )
    op.create_index('ix_campaign_repeat_next_at', 'campaign_repeat', ['next_at'])
    op.create_table(
        'relay',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('contact_id', sa.Integer(), nullable=True),
        sa.Column('office_code', sa.String(), nullable=False),
        sa.Column('place_code', sa.String(), nullable=False),
        sa.Column('label', sa.String(), nullable=False),
        sa.Column('officer_id', sa.Integer(), nullable=True),
        sa.Column('made_at', bot.database.Moment(), nullable=False),
        sa.Column('code_index', sa.LargeBinary(), nullable=True),
        sa.Column('code_until', bot.database.Moment(), nullable=True),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('agreed_at', bot.database.Moment(), nullable=True),
        sa.ForeignKeyConstraint(['contact_id'], ['contact.id']),
        sa.ForeignKeyConstraint(['office_code'], ['office.code']),
        sa.ForeignKeyConstraint(['officer_id'], ['officer.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('code_index'),
    )
    op.create_index('ix_relay_contact_id', 'relay', ['contact_id'])
    op.create_index('ix_relay_place_code', 'relay', ['place_code'])
    op.create_table(
        'relay_task',
        sa.Column('broadcast_id', sa.Integer(), nullable=False),
        sa.Column('relay_id', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(), nullable=False),
        sa.Column('reminded', sa.Integer(), nullable=False),
        sa.Column('next_at', bot.database.Moment(), nullable=True),
        sa.Column('sent_at', bot.database.Moment(), nullable=True),
        sa.Column('answered_at', bot.database.Moment(), nullable=True),
        sa.ForeignKeyConstraint(['broadcast_id'], ['broadcast.id']),
        sa.ForeignKeyConstraint(['relay_id'], ['relay.id']),
        sa.PrimaryKeyConstraint('broadcast_id', 'relay_id'),
    )
    op.create_index('ix_relay_task_next_at', 'relay_task', ['next_at'])


def downgrade() -> None:
    for table in ('relay_task', 'relay', 'campaign_repeat', 'campaign_count', 'campaign'):
        op.drop_table(table)
