"""hours in blocks, Kanwil offices, leave, the decision clock, pauses, copies of a tip

Revision ID: 0007_routing_and_clock
Revises: 0005_watch_standing
"""

import sqlalchemy as sa
from alembic import op

import bot.database

revision = '0007_routing_and_clock'
down_revision = '0006_sealed_to_people'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('office', sa.Column('kind', sa.String(), nullable=False, server_default='kanim'))
    op.add_column('office', sa.Column('hours', sa.String(), nullable=False, server_default=''))
    op.add_column('office', sa.Column('ramadan_hours', sa.String(), nullable=False, server_default=''))
    op.execute("UPDATE office SET hours = 'Mon-Fri ' || opens || '-' || closes")
    op.drop_column('office', 'closes')
    op.drop_column('office', 'opens')
    op.add_column('tip', sa.Column('answered_at', bot.database.Moment(), nullable=True))
    op.add_column('tip', sa.Column('decide_by', bot.database.Moment(), nullable=True))
    op.add_column('tip', sa.Column('paused_until', bot.database.Moment(), nullable=True))
    op.add_column('tip', sa.Column('pause_reason', sa.String(), nullable=False, server_default=''))
    op.add_column('tip', sa.Column('due_after_pause', bot.database.Moment(), nullable=True))
    op.create_table(
        'officer_leave',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('officer_id', sa.Integer(), nullable=False),
        sa.Column('begins_at', bot.database.Moment(), nullable=False),
        sa.Column('ends_at', bot.database.Moment(), nullable=False),
        sa.Column('deputy_id', sa.Integer(), nullable=True),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('moved_at', bot.database.Moment(), nullable=True),
        sa.ForeignKeyConstraint(['officer_id'], ['officer.id']),
        sa.ForeignKeyConstraint(['deputy_id'], ['officer.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_officer_leave_officer_id', 'officer_leave', ['officer_id'])
    op.create_table(
        'tip_copy',
        sa.Column('tip_number', sa.Integer(), nullable=False),
        sa.Column('office', sa.String(), nullable=False),
        sa.Column('office_code', sa.String(), nullable=True),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('made_at', bot.database.Moment(), nullable=False),
        sa.ForeignKeyConstraint(['tip_number'], ['tip.number']),
        sa.ForeignKeyConstraint(['office_code'], ['office.code']),
        sa.PrimaryKeyConstraint('tip_number', 'office'),
    )
    op.add_column('outbox', sa.Column('tip_number', sa.Integer(), nullable=True))
    op.create_index('outbox_tip', 'outbox', ['tip_number'],
                    sqlite_where=sa.text('tip_number IS NOT NULL'),
                    postgresql_where=sa.text('tip_number IS NOT NULL'))


def downgrade() -> None:
    op.drop_index('outbox_tip', 'outbox')
    op.drop_column('outbox', 'tip_number')
    op.drop_table('tip_copy')
    op.drop_table('officer_leave')
    op.execute("UPDATE tip SET status = 'acknowledged' WHERE status = 'answered'")
    for column in ('due_after_pause', 'pause_reason', 'paused_until', 'decide_by', 'answered_at'):
        op.drop_column('tip', column)
    op.add_column('office', sa.Column('opens', sa.String(), nullable=False, server_default='08:00'))
    op.add_column('office', sa.Column('closes', sa.String(), nullable=False, server_default='16:00'))
    for column in ('ramadan_hours', 'hours', 'kind'):
        op.drop_column('office', column)
