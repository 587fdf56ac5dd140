"""working on a case: shares, merges, what was seen, forms that were carried out

Revision ID: 0012_cases
Revises: 0011_console_session
"""

import sqlalchemy as sa
from alembic import op

import bot.database

revision = '0012_cases'
down_revision = '0011_console_session'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('tip_share',
    sa.Column('tip_number', sa.Integer(), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('shared_by', sa.Integer(), nullable=False),
    sa.Column('shared_at', bot.database.Moment(), nullable=False),
    sa.Column('key_id', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], ),
    sa.ForeignKeyConstraint(['shared_by'], ['officer.id'], ),
    sa.ForeignKeyConstraint(['tip_number'], ['tip.number'], ),
    sa.PrimaryKeyConstraint('tip_number', 'officer_id')
    )
    op.create_table('tip_merge',
    sa.Column('tip_number', sa.Integer(), nullable=False),
    sa.Column('into_number', sa.Integer(), nullable=False),
    sa.Column('merged_at', bot.database.Moment(), nullable=False),
    sa.ForeignKeyConstraint(['into_number'], ['tip.number'], ),
    sa.ForeignKeyConstraint(['tip_number'], ['tip.number'], ),
    sa.PrimaryKeyConstraint('tip_number')
    )
    op.create_index('ix_tip_merge_into_number', 'tip_merge', ['into_number'])
    op.create_table('tip_seen',
    sa.Column('tip_number', sa.Integer(), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('part_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], ),
    sa.ForeignKeyConstraint(['tip_number'], ['tip.number'], ),
    sa.PrimaryKeyConstraint('tip_number', 'officer_id')
    )
    op.create_table('form_used',
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('nonce', sa.String(), nullable=False),
    sa.Column('at', bot.database.Moment(), nullable=False),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], ),
    sa.PrimaryKeyConstraint('officer_id', 'nonce')
    )
    op.create_index('ix_form_used_at', 'form_used', ['at'])


def downgrade() -> None:
    for table in ('form_used', 'tip_seen', 'tip_merge', 'tip_share'):
        op.drop_table(table)
