"""news before bulk; a picture's row outlives its answer until its copy is deleted

Revision ID: 0004_stop_and_copies
Revises: 0003_register
"""

import sqlalchemy as sa
from alembic import op

revision = '0004_stop_and_copies'
down_revision = '0003_register'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE outbox SET priority = 3 WHERE priority = 2")
    with op.batch_alter_table('picture_job', schema=None) as batch_op:
        batch_op.alter_column('contact_id', existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM picture_job WHERE contact_id IS NULL")
    with op.batch_alter_table('picture_job', schema=None) as batch_op:
        batch_op.alter_column('contact_id', existing_type=sa.Integer(), nullable=False)
    op.execute("UPDATE outbox SET priority = 2 WHERE priority = 3")
