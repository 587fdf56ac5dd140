"""sessions of the console; failures counted by staff number

Revision ID: 0011_console_session
Revises: 0010_partners
"""

import sqlalchemy as sa
from alembic import op

import bot.database

revision = '0011_console_session'
down_revision = '0010_partners'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('console_session',
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('half', sa.LargeBinary(), nullable=False),
    sa.Column('started_at', bot.database.Moment(), nullable=False),
    sa.Column('seen_at', bot.database.Moment(), nullable=False),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], ),
    sa.PrimaryKeyConstraint('hash')
    )
    op.create_index('ix_console_session_officer_id', 'console_session', ['officer_id'])
    op.create_table('sign_in_failure',
    sa.Column('staff_index', sa.LargeBinary(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('retry_at', bot.database.Moment(), nullable=True),
    sa.Column('at', bot.database.Moment(), nullable=False),
    sa.PrimaryKeyConstraint('staff_index')
    )
    op.create_index('ix_sign_in_failure_at', 'sign_in_failure', ['at'])
    with op.batch_alter_table('officer_account', schema=None) as batch_op:
        batch_op.drop_column('failures')
        batch_op.drop_column('retry_at')


def downgrade() -> None:
    with op.batch_alter_table('officer_account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('failures', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('retry_at', bot.database.Moment(), nullable=True))
    op.drop_table('sign_in_failure')
    op.drop_table('console_session')
