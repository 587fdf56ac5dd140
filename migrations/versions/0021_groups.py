"""what a village group can do, who coordinates

Revision ID: 0021_groups
Revises: 0020_broadcasts
"""

import sqlalchemy as sa
from alembic import op

import bot.database

revision = '0021_groups'
down_revision = '0020_broadcasts'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('village_group') as batch:
        batch.add_column(sa.Column('trouble', sa.String(), server_default='', nullable=False))
        batch.add_column(sa.Column('bound_by', sa.Integer(), nullable=True))
        batch.add_column(
            sa.Column('lessons', sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        batch.add_column(sa.Column('lesson', sa.String(), server_default='', nullable=False))
        batch.add_column(sa.Column('lesson_at', bot.database.Moment(), nullable=True))
        batch.create_foreign_key('village_group_bound_by', 'officer', ['bound_by'], ['id'])
    with op.batch_alter_table('group_invitation') as batch:
        batch.add_column(sa.Column('kind', sa.String(), server_default='residents', nullable=False))
    op.create_table(
        'group_poll',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('group_id', sa.Integer(), nullable=False),
        sa.Column('lesson', sa.String(), nullable=False),
        sa.Column('item', sa.String(), nullable=False),
        sa.Column('outbox_id', sa.Integer(), nullable=False),
        sa.Column('closes_at', bot.database.Moment(), nullable=False),
        sa.ForeignKeyConstraint(['group_id'], ['village_group.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_group_poll_group_id', 'group_poll', ['group_id'])
    op.create_index('ix_group_poll_closes_at', 'group_poll', ['closes_at'])
    op.create_table(
        'coordination_member',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('group_id', sa.Integer(), nullable=False),
        sa.Column('person_index', sa.LargeBinary(), nullable=False),
        sa.Column('sealed', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['group_id'], ['village_group.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('person_index'),
    )
    op.create_index('ix_coordination_member_group_id', 'coordination_member', ['group_id'])
    op.create_table(
        'coordination_item',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('group_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('sealed', sa.LargeBinary(), nullable=False),
        sa.Column('is_open', sa.Boolean(), nullable=False),
        sa.Column('at', bot.database.Moment(), nullable=False),
        sa.ForeignKeyConstraint(['group_id'], ['village_group.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('group_id', 'number'),
    )
    op.create_index('ix_coordination_item_group_id', 'coordination_item', ['group_id'])
    op.create_table(
        'coordination_part',
        sa.Column('item_id', sa.Integer(), nullable=False),
        sa.Column('member_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['item_id'], ['coordination_item.id']),
        sa.ForeignKeyConstraint(['member_id'], ['coordination_member.id']),
        sa.PrimaryKeyConstraint('item_id', 'member_id'),
    )
    op.create_index('ix_coordination_part_member_id', 'coordination_part', ['member_id'])


def downgrade() -> None:
    for table in ('coordination_part', 'coordination_item', 'coordination_member', 'group_poll'):
        op.drop_table(table)
    with op.batch_alter_table('group_invitation') as batch:
        batch.drop_column('kind')
    with op.batch_alter_table('village_group') as batch:
        batch.drop_constraint('village_group_bound_by', type_='foreignkey')
        for name in ('lesson_at', 'lesson', 'lessons', 'bound_by', 'trouble'):
            batch.drop_column(name)
