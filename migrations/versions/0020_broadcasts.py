"""a broadcast is planned, approved, and handed out by its recipients' rows

Revision ID: 0020_broadcasts
Revises: 0019_card_count
"""

import sqlalchemy as sa
from alembic import op

import bot.database

revision = '0020_broadcasts'
down_revision = '0019_card_count'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('broadcast') as batch:
        batch.add_column(sa.Column('kind', sa.String(), server_default='news', nullable=False))
        batch.add_column(sa.Column('status', sa.String(), server_default='done', nullable=False))
        batch.add_column(sa.Column('plan', sa.String(), server_default='', nullable=False))
        batch.add_column(sa.Column('nonce', sa.String(), nullable=True))
        batch.add_column(sa.Column('approved_by', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('starts_at', bot.database.Moment(), nullable=True))
        batch.add_column(sa.Column('ended_at', bot.database.Moment(), nullable=True))
        batch.add_column(sa.Column('told_at', bot.database.Moment(), nullable=True))
        batch.add_column(sa.Column('expires_at', bot.database.Moment(), nullable=True))
        batch.add_column(sa.Column('corrects', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('meeting_id', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('campaign_id', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('stopped_why', sa.String(), server_default='', nullable=False))
        batch.create_unique_constraint('broadcast_nonce', ['nonce'])
        batch.create_foreign_key('broadcast_approved_by', 'officer', ['approved_by'], ['id'])
        batch.create_index('ix_broadcast_status', ['status'])
        batch.create_index('ix_broadcast_meeting_id', ['meeting_id'])
        batch.create_index('ix_broadcast_campaign_id', ['campaign_id'])
    op.create_table(
        'broadcast_recipient',
        sa.Column('broadcast_id', sa.Integer(), nullable=False),
        sa.Column('target', sa.Integer(), nullable=False),
        sa.Column('channel', sa.String(), nullable=False),
        sa.Column('state', sa.String(), nullable=False),
        sa.Column('not_before', bot.database.Moment(), nullable=False),
        sa.PrimaryKeyConstraint('broadcast_id', 'target'),
        sqlite_with_rowid=False,
    )
    for name, columns, where in (
        ('recipient_waiting', ['broadcast_id', 'channel', 'target'], "state = 'waiting'"),
        ('recipient_parked', ['target'], "state = 'parked'"),
    ):
        op.create_index(
            name, 'broadcast_recipient', columns,
            sqlite_where=sa.text(where), postgresql_where=sa.text(where),
        )
    op.create_table(
        'broadcast_share',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('contact_id', sa.Integer(), nullable=False),
        sa.Column('at', bot.database.Moment(), nullable=False),
        sa.Column('template', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_broadcast_share_contact_id', 'broadcast_share', ['contact_id'])
    op.create_index(
        'share_templates', 'broadcast_share', ['at'],
        sqlite_where=sa.text('template'), postgresql_where=sa.text('template'),
    )
    with op.batch_alter_table('departure') as batch:
        batch.add_column(sa.Column('way_index', sa.LargeBinary(), nullable=True))
    with op.batch_alter_table('village_group') as batch:
        batch.add_column(sa.Column('kind', sa.String(), server_default='residents', nullable=False))
        batch.add_column(sa.Column('thread', sa.String(), server_default='', nullable=False))
    op.create_index('ix_contact_place_code', 'contact', ['place_code'])


def downgrade() -> None:
    op.drop_index('ix_contact_place_code', 'contact')
    with op.batch_alter_table('village_group') as batch:
        batch.drop_column('thread')
        batch.drop_column('kind')
    with op.batch_alter_table('departure') as batch:
        batch.drop_column('way_index')
    op.drop_table('broadcast_share')
    op.drop_table('broadcast_recipient')
    with op.batch_alter_table('broadcast') as batch:
        for name in ('campaign_id', 'meeting_id', 'status'):
            batch.drop_index(f'ix_broadcast_{name}')
        batch.drop_constraint('broadcast_approved_by', type_='foreignkey')
        batch.drop_constraint('broadcast_nonce', type_='unique')
        for name in ('stopped_why', 'campaign_id', 'meeting_id', 'corrects', 'told_at', 'expires_at', 'ended_at',
                     'starts_at', 'approved_by', 'nonce', 'plan', 'status', 'kind'):
            batch.drop_column(name)
