"""village meetings with answers and questions

Revision ID: 0024_meetings
Revises: 0023_campaigns
"""

import sqlalchemy as sa
from alembic import op

import bot.database

revision = '0024_meetings'
down_revision = '0023_campaigns'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'meeting',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('office_code', sa.String(), nullable=False),
        sa.Column('officer_id', sa.Integer(), nullable=False),
        sa.Column('place_code', sa.String(), nullable=False),
        sa.Column('title', sa.String(), nullable=False),
        sa.Column('where', sa.String(), nullable=False),
        sa.Column('speakers', sa.String(), nullable=False),
        sa.Column('starts_at', bot.database.Moment(), nullable=False),
        sa.Column('ends_at', bot.database.Moment(), nullable=False),
        sa.Column('status', sa.String(), nullable=False),
        sa.Column('nonce', sa.String(), nullable=False),
        sa.Column('created_at', bot.database.Moment(), nullable=False),
        sa.Column('remind_at', bot.database.Moment(), nullable=True),
        sa.Column('reminded_at', bot.database.Moment(), nullable=True),
        sa.Column('present', sa.Integer(), nullable=True),
        sa.Column('closed_at', bot.database.Moment(), nullable=True),
        sa.Column('reported_at', bot.database.Moment(), nullable=True),
        sa.ForeignKeyConstraint(['office_code'], ['office.code']),
        sa.ForeignKeyConstraint(['officer_id'], ['officer.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('nonce'),
    )
    for column in ('place_code', 'status', 'remind_at'):
        op.create_index(f'ix_meeting_{column}', 'meeting', [column])
    op.create_table(
        'meeting_answer',
        sa.Column('meeting_id', sa.Integer(), nullable=False),
        sa.Column('contact_id', sa.Integer(), nullable=False),
        sa.Column('coming', sa.String(), nullable=False),
        sa.Column('at', bot.database.Moment(), nullable=False),
        sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id']),
        sa.ForeignKeyConstraint(['contact_id'], ['contact.id']),
        sa.PrimaryKeyConstraint('meeting_id', 'contact_id'),
    )
    op.create_index('ix_meeting_answer_contact_id', 'meeting_answer', ['contact_id'])
    op.create_table(
        'meeting_question',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('meeting_id', sa.Integer(), nullable=False),
        sa.Column('contact_id', sa.Integer(), nullable=False),
        sa.Column('token', sa.String(), nullable=False),
        sa.Column('text', sa.LargeBinary(), nullable=False),
        sa.Column('asked_at', bot.database.Moment(), nullable=False),
        sa.Column('topic', sa.Integer(), nullable=False),
        sa.Column('answer', sa.LargeBinary(), nullable=True),
        sa.Column('answered_at', bot.database.Moment(), nullable=True),
        sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id']),
        sa.ForeignKeyConstraint(['contact_id'], ['contact.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('token'),
    )
    for column in ('meeting_id', 'contact_id'):
        op.create_index(f'ix_meeting_question_{column}', 'meeting_question', [column])


def downgrade() -> None:
    op.drop_table('meeting_question')
    op.drop_table('meeting_answer')
    op.drop_table('meeting')
