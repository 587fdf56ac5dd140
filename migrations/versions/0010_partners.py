"""partners of an office, and what they were asked or handed

Revision ID: 0010_partners
Revises: 0008_return
"""

import sqlalchemy as sa
from alembic import op

import bot.database

revision = '0010_partners'
down_revision = '0008_return'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('partner',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_code', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('place_code', sa.String(), nullable=False),
    sa.Column('concerns', sa.String(), nullable=False),
    sa.Column('phone', sa.String(), nullable=False),
    sa.Column('site', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('checked', sa.Date(), nullable=False),
    sa.Column('review_by', sa.Date(), nullable=False),
    sa.Column('vouched_by', sa.String(), nullable=False),
    sa.Column('writes', sa.Boolean(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('contact_id', sa.Integer(), nullable=True),
    sa.Column('invitation_index', sa.LargeBinary(), nullable=True),
    sa.Column('invitation_until', bot.database.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], ),
    sa.ForeignKeyConstraint(['office_code'], ['office.code'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('office_code', 'key')
    )
    with op.batch_alter_table('partner', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_partner_contact_id'), ['contact_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_partner_invitation_index'), ['invitation_index'], unique=False)
        batch_op.create_index(batch_op.f('ix_partner_office_code'), ['office_code'], unique=False)

    op.create_table('partner_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(), nullable=False),
    sa.Column('office_code', sa.String(), nullable=False),
    sa.Column('tip_number', sa.Integer(), nullable=False),
    sa.Column('partner_id', sa.Integer(), nullable=True),
    sa.Column('partner_key', sa.String(), nullable=False),
    sa.Column('partner_kind', sa.String(), nullable=False),
    sa.Column('ground', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.Column('code_index', sa.LargeBinary(), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('sent_by', sa.Integer(), nullable=True),
    sa.Column('sent_at', bot.database.Moment(), nullable=False),
    sa.Column('due_at', bot.database.Moment(), nullable=False),
    sa.Column('read_at', bot.database.Moment(), nullable=True),
    sa.Column('answered_at', bot.database.Moment(), nullable=True),
    sa.Column('ended_at', bot.database.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['office_code'], ['office.code'], ),
    sa.ForeignKeyConstraint(['partner_id'], ['partner.id'], ),
    sa.ForeignKeyConstraint(['sent_by'], ['officer.id'], ),
    sa.ForeignKeyConstraint(['tip_number'], ['tip.number'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('uuid')
    )
    with op.batch_alter_table('partner_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_partner_request_due_at'), ['due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_partner_request_partner_id'), ['partner_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_partner_request_tip_number'), ['tip_number'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('partner_request', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_partner_request_tip_number'))
        batch_op.drop_index(batch_op.f('ix_partner_request_partner_id'))
        batch_op.drop_index(batch_op.f('ix_partner_request_due_at'))

    op.drop_table('partner_request')
    with op.batch_alter_table('partner', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_partner_office_code'))
        batch_op.drop_index(batch_op.f('ix_partner_invitation_index'))
        batch_op.drop_index(batch_op.f('ix_partner_contact_id'))

    op.drop_table('partner')
