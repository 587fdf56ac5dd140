"""pictures that wait to be read

Revision ID: 0002_pictures
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

import bot.database

revision = '0002_pictures'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('picture_job',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('contact_id', sa.Integer(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('not_before', bot.database.Moment(), nullable=False),
    sa.Column('lease_until', bot.database.Moment(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('created_at', bot.database.Moment(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('token')
    )
    with op.batch_alter_table('picture_job', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_picture_job_contact_id'), ['contact_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('picture_job', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_picture_job_contact_id'))
    op.drop_table('picture_job')
