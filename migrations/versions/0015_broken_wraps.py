"""a report's only wrap that does not open is set aside, so that the others go on

Revision ID: 0015_broken_wraps
Revises: 0014_sign_in
"""

import sqlalchemy as sa
from alembic import op

revision = '0015_broken_wraps'
down_revision = '0014_sign_in'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('tip_wrap', schema=None) as batch_op:
        batch_op.add_column(sa.Column('broken_at', sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('tip_wrap', schema=None) as batch_op:
        batch_op.drop_column('broken_at')
