"""signing in: the officer is warned again each day, a known browser is counted by itself

Revision ID: 0014_sign_in
Revises: 0013_report_media
"""

import sqlalchemy as sa
from alembic import op

revision = '0014_sign_in'
down_revision = '0013_report_media'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('sign_in_failure', schema=None) as batch_op:
        batch_op.add_column(sa.Column('warned_at', sa.BigInteger(), nullable=True))
    op.create_table(
        'known_browser',
        sa.Column('hash', sa.LargeBinary(), nullable=False),
        sa.Column('officer_id', sa.Integer(), nullable=False),
        sa.Column('until', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['officer_id'], ['officer.id']),
        sa.PrimaryKeyConstraint('hash'),
    )
    with op.batch_alter_table('known_browser', schema=None) as batch_op:
        batch_op.create_index('ix_known_browser_officer_id', ['officer_id'], unique=False)


def downgrade() -> None:
    op.drop_table('known_browser')
    with op.batch_alter_table('sign_in_failure', schema=None) as batch_op:
        batch_op.drop_column('warned_at')
