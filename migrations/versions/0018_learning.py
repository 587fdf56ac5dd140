"""learning: what each learner remembers, who wants to be reminded, what lessons cost

Revision ID: 0018_learning
Revises: 0017_language
"""

import sqlalchemy as sa
from alembic import op

revision = '0018_learning'
down_revision = '0017_language'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'recall',
        sa.Column('contact_id', sa.Integer(), nullable=False),
        sa.Column('lesson', sa.String(), nullable=False),
        sa.Column('item', sa.String(), nullable=False),
        sa.Column('stability', sa.Float(), nullable=False),
        sa.Column('difficulty', sa.Float(), nullable=False),
        sa.Column('reviewed_at', sa.BigInteger(), nullable=False),
        sa.Column('due', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['contact_id'], ['contact.id']),
        sa.PrimaryKeyConstraint('contact_id', 'lesson', 'item'),
    )
    op.create_table(
        'reminder',
        sa.Column('contact_id', sa.Integer(), nullable=False),
        sa.Column('wanted', sa.Boolean(), nullable=False),
        sa.Column('look_at', sa.BigInteger(), nullable=True),
        sa.Column('unanswered', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['contact_id'], ['contact.id']),
        sa.PrimaryKeyConstraint('contact_id'),
    )
    with op.batch_alter_table('reminder', schema=None) as batch_op:
        batch_op.create_index('ix_reminder_look_at', ['look_at'], unique=False)
    op.create_table(
        'push',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('contact_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['contact_id'], ['contact.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    with op.batch_alter_table('push', schema=None) as batch_op:
        batch_op.create_index('ix_push_contact_id', ['contact_id'], unique=False)
    op.create_table(
        'learning_count',
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('channel', sa.String(), nullable=False),
        sa.Column('what', sa.String(), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('day', 'channel', 'what'),
    )


def downgrade() -> None:
    for table in ('learning_count', 'push', 'reminder', 'recall'):
        op.drop_table(table)
