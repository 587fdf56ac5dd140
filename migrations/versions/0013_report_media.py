"""evidence of a report: kept with the draft, and what its provider still has of it

Revision ID: 0013_report_media
Revises: 0012_cases
"""

import sqlalchemy as sa
from alembic import op

revision = '0013_report_media'
down_revision = '0012_cases'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('picture_job', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('keeps', sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.create_table(
        'draft_media',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('token', sa.String(), nullable=False),
        sa.Column('contact_id', sa.Integer(), nullable=False),
        sa.Column('sealed', sa.LargeBinary(), nullable=False),
        sa.Column('created_at', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['contact_id'], ['contact.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('token'),
    )
    with op.batch_alter_table('draft_media', schema=None) as batch_op:
        batch_op.create_index('ix_draft_media_contact_id', ['contact_id'], unique=False)
    op.create_table(
        'provider_erasure',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('token', sa.String(), nullable=False),
        sa.Column('channel', sa.String(), nullable=False),
        sa.Column('sealed', sa.LargeBinary(), nullable=False),
        sa.Column('draft', sa.LargeBinary(), nullable=True),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('not_before', sa.BigInteger(), nullable=False),
        sa.Column('lease_until', sa.BigInteger(), nullable=True),
        sa.Column('error_code', sa.String(), nullable=False),
        sa.Column('created_at', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('token'),
    )
    with op.batch_alter_table('provider_erasure', schema=None) as batch_op:
        batch_op.create_index('ix_provider_erasure_not_before', ['not_before'], unique=False)
        batch_op.create_index('ix_provider_erasure_draft', ['draft'], unique=False)


def downgrade() -> None:
    op.drop_table('provider_erasure')
    op.drop_table('draft_media')
    with op.batch_alter_table('picture_job', schema=None) as batch_op:
        batch_op.drop_column('keeps')
