"""languages: what each contact chose to be spoken to in

Revision ID: 0017_language
Revises: 0016_departures
"""

import sqlalchemy as sa
from alembic import op

revision = '0017_language'
down_revision = '0016_departures'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('contact', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('language', sa.String(), nullable=False, server_default='id')
        )


def downgrade() -> None:
    with op.batch_alter_table('contact', schema=None) as batch_op:
        batch_op.drop_column('language')
