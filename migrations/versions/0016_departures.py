"""departures: a traveller's sealed plan, and the relatives who may look at it

Revision ID: 0016_departures
Revises: 0015_broken_wraps
"""

import sqlalchemy as sa
from alembic import op

revision = '0016_departures'
down_revision = '0015_broken_wraps'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'departure',
        sa.Column('contact_id', sa.Integer(), nullable=False),
        sa.Column('plan', sa.LargeBinary(), nullable=False),
        sa.Column('remind_at', sa.BigInteger(), nullable=True),
        sa.Column('keep_until', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['contact_id'], ['contact.id']),
        sa.PrimaryKeyConstraint('contact_id'),
    )
    op.create_index('ix_departure_remind_at', 'departure', ['remind_at'])
    op.create_index('ix_departure_keep_until', 'departure', ['keep_until'])
    op.create_table(
        'departure_follower',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('contact_id', sa.Integer(), nullable=False),
        sa.Column('code_index', sa.LargeBinary(), nullable=True),
        sa.Column('relative_id', sa.Integer(), nullable=True),
        sa.Column('since', sa.BigInteger(), nullable=False),
        sa.Column('allowed_at', sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(['contact_id'], ['contact.id']),
        sa.ForeignKeyConstraint(['relative_id'], ['contact.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('code_index'),
        sa.UniqueConstraint('relative_id'),
    )
    op.create_index('ix_departure_follower_contact_id', 'departure_follower', ['contact_id'])


def downgrade() -> None:
    op.drop_table('departure_follower')
    op.drop_table('departure')
