"""what a watcher knows of the company, and the notice that is on its way

Revision ID: 0005_watch_standing
Revises: 0004_stop_and_copies
"""

import sqlalchemy as sa
from alembic import op

revision = '0005_watch_standing'
down_revision = '0004_stop_and_copies'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('watch', schema=None) as batch_op:
        batch_op.add_column(sa.Column('standing', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('notice_id', sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('watch', schema=None) as batch_op:
        batch_op.drop_column('notice_id')
        batch_op.drop_column('standing')
