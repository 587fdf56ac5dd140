"""the reporter's return: from when on a chat needs the code, and is told nothing; wrong codes

Revision ID: 0008_return
Revises: 0007_routing_and_clock
"""

import sqlalchemy as sa
from alembic import op

from bot.database import Moment

revision = '0008_return'
down_revision = '0007_routing_and_clock'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'receipt_try',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('sender', sa.LargeBinary(), nullable=False),
        sa.Column('at', Moment(), nullable=False),
        sa.Column('counts', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index(op.f('ix_receipt_try_at'), 'receipt_try', ['at'])
    with op.batch_alter_table('contact', schema=None) as batch_op:
        batch_op.add_column(sa.Column('code_before', Moment(), nullable=True))
        batch_op.add_column(sa.Column('quiet_before', Moment(), nullable=True))
    with op.batch_alter_table('tip', schema=None) as batch_op:
        batch_op.add_column(sa.Column('seen_at', Moment(), nullable=True))
    op.create_index(op.f('ix_audit_subject'), 'audit', ['subject'])


def downgrade() -> None:
    op.drop_index(op.f('ix_audit_subject'), table_name='audit')
    with op.batch_alter_table('tip', schema=None) as batch_op:
        batch_op.drop_column('seen_at')
    with op.batch_alter_table('contact', schema=None) as batch_op:
        batch_op.drop_column('quiet_before')
        batch_op.drop_column('code_before')
    op.drop_index(op.f('ix_receipt_try_at'), table_name='receipt_try')
    op.drop_table('receipt_try')
