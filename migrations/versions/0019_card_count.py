"""how often each card of a lesson was shown and gone on from, by day

Revision ID: 0019_card_count
Revises: 0018_learning
"""

import sqlalchemy as sa
from alembic import op

revision = '0019_card_count'
down_revision = '0018_learning'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'card_count',
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('lesson', sa.String(), nullable=False),
        sa.Column('place', sa.String(), nullable=False),
        sa.Column('seen', sa.Integer(), nullable=False),
        sa.Column('answered', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('day', 'lesson', 'place'),
    )


def downgrade() -> None:
    op.drop_table('card_count')
