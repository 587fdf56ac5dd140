"""reports sealed to officers' own keys; accounts instead of PINs

Revision ID: 0006_sealed_to_people
Revises: 0005_watch_standing
"""

import json
import secrets
from typing import Any

import sqlalchemy as sa
from alembic import context, op
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import bot.database
from bot.sealing import KeyRing, KeyRingError, SealBroken, new_key_pair, seal_to
from bot.tip_seal import pack, part_info

revision = '0006_sealed_to_people'
down_revision = '0005_watch_standing'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _new_tables()
    with op.batch_alter_table('link', schema=None) as batch_op:
        batch_op.drop_column('failures')
        batch_op.drop_column('tip_number')
    op.execute("DELETE FROM link")  # links to a PIN lead nowhere now

    with op.batch_alter_table('officer', schema=None) as batch_op:
        batch_op.add_column(sa.Column('key_id', sa.String(), nullable=True))
        batch_op.drop_column('pin_hash')
        batch_op.drop_column('pin_failures')

    with op.batch_alter_table('tip', schema=None) as batch_op:
        batch_op.add_column(sa.Column('category', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('rank', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('public_key', sa.LargeBinary(), nullable=True))
    with op.batch_alter_table('tip_part', schema=None) as batch_op:
        batch_op.add_column(sa.Column('uid', sa.String(), nullable=True))
        batch_op.drop_column('read_at')
    _reseal(op.get_bind(), context.config.attributes.get("ring"))
    with op.batch_alter_table('tip', schema=None) as batch_op:
        batch_op.alter_column('category', existing_type=sa.String(), server_default=None)
        batch_op.alter_column('rank', existing_type=sa.Integer(), server_default=None)
        batch_op.alter_column('public_key', existing_type=sa.LargeBinary(), nullable=False)
    with op.batch_alter_table('tip_part', schema=None) as batch_op:
        batch_op.alter_column('uid', existing_type=sa.String(), nullable=False)
        batch_op.create_index(batch_op.f('ix_tip_part_uid'), ['uid'], unique=True)


def _reseal(connection: sa.Connection, ring: KeyRing | None) -> None:
    """Reports of before: opened with their old key, sealed to a key pair of their own, which stays
    under the key ring until an officer has a key."""
    tips = connection.execute(sa.text(
        "SELECT t.number, t.id, t.status, w.wrap FROM tip t "
        "LEFT JOIN tip_wrap w ON w.tip_number = t.number AND w.recipient = 'server'"
    )).all()
    if tips and ring is None:
        raise KeyRingError("the database holds reports: bring it up with `kentongan serve`, which has the key ring")
    for tip in tips:
        private, public = new_key_pair()
        _set(connection, "UPDATE tip SET public_key = :value WHERE number = :key", public, tip.number)
        if tip.wrap is None:  # withdrawn: nothing is left to open
            continue
        assert ring is not None
        try:
            old = AESGCM(ring.open("tip", tip.id, bytes(tip.wrap)))
        except SealBroken:
            raise KeyRingError(
                f"the key ring does not open report {tip.number} of the database: restore the one it was sealed with"
            ) from None
        for part in connection.execute(
            sa.text("SELECT id, kind, sealed, at FROM tip_part WHERE tip_number = :n"), {"n": tip.number}
        ).all():
            sealed = bytes(part.sealed)
            content = json.loads(old.decrypt(sealed[:12], sealed[12:], f"tip:{tip.id}|v1".encode()))
            uid = secrets.token_hex(12)
            _set(connection, "UPDATE tip_part SET uid = :value WHERE id = :key", uid, part.id)
            _set(connection, "UPDATE tip_part SET sealed = :value WHERE id = :key",
                 seal_to(public, part_info(tip.id, part.kind, uid), pack(content)), part.id)
            if part.kind == "to_reporter":
                connection.execute(
                    sa.text("INSERT INTO tip_relay (tip_number, sealed, at) VALUES (:n, :s, :at)"),
                    {"n": tip.number, "s": ring.seal("tip-relay", tip.id, content["text"].encode()), "at": part.at},
                )
        connection.execute(
            sa.text("UPDATE tip_wrap SET wrap = :value WHERE tip_number = :key AND recipient = 'server'"),
            {"value": ring.seal("tip", tip.id, private), "key": tip.number},
        )


def _set(connection: sa.Connection, statement: str, value: Any, key: int) -> None:
    connection.execute(sa.text(statement), {"value": value, "key": key})


def downgrade() -> None:
    connection = op.get_bind()
    if connection.execute(sa.text("SELECT 1 FROM tip LIMIT 1")).first():
        raise RuntimeError("an older release can't open reports that are sealed to officers")
    with op.batch_alter_table('tip_part', schema=None) as batch_op:
        batch_op.add_column(sa.Column('read_at', bot.database.Moment(), nullable=True))
        batch_op.drop_index(batch_op.f('ix_tip_part_uid'))
        batch_op.drop_column('uid')

    with op.batch_alter_table('tip', schema=None) as batch_op:
        batch_op.drop_column('public_key')
        batch_op.drop_column('category')
        batch_op.drop_column('rank')

    with op.batch_alter_table('officer', schema=None) as batch_op:
        batch_op.add_column(sa.Column('pin_failures', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('pin_hash', sa.String(), nullable=True))
        batch_op.drop_column('key_id')

    with op.batch_alter_table('link', schema=None) as batch_op:
        batch_op.add_column(sa.Column('tip_number', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('failures', sa.Integer(), nullable=False, server_default='0'))

    for table in ('office_key_wrap', 'officer_key', 'officer_account', 'tip_relay', 'tip_fingerprint', 'office_key',
                  'sender_count'):
        op.drop_table(table)


def _new_tables() -> None:
    op.create_table('sender_count',
    sa.Column('fingerprint', sa.LargeBinary(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('until', bot.database.Moment(), nullable=False),
    sa.PrimaryKeyConstraint('fingerprint')
    )
    op.create_index('ix_sender_count_until', 'sender_count', ['until'])
    op.create_table('office_key',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('office_code', sa.String(), nullable=False),
    sa.Column('public', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', bot.database.Moment(), nullable=False),
    sa.Column('retired_at', bot.database.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['office_code'], ['office.code'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_office_key_office_code', 'office_key', ['office_code'])
    op.create_table('tip_fingerprint',
    sa.Column('tip_number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('fingerprint', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['tip_number'], ['tip.number'], ),
    sa.PrimaryKeyConstraint('tip_number', 'kind', 'fingerprint')
    )
    op.create_index('ix_tip_fingerprint_fingerprint', 'tip_fingerprint', ['fingerprint'])
    op.create_table('tip_relay',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('tip_number', sa.Integer(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('at', bot.database.Moment(), nullable=False),
    sa.ForeignKeyConstraint(['tip_number'], ['tip.number'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_tip_relay_tip_number', 'tip_relay', ['tip_number'])
    op.create_table('officer_account',
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('salt', sa.LargeBinary(), nullable=False),
    sa.Column('proof_hash', sa.LargeBinary(), nullable=False),
    sa.Column('totp', sa.LargeBinary(), nullable=False),
    sa.Column('totp_step', sa.Integer(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('retry_at', bot.database.Moment(), nullable=True),
    sa.Column('made_at', bot.database.Moment(), nullable=False),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], ),
    sa.PrimaryKeyConstraint('officer_id')
    )
    op.create_table('officer_key',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('public', sa.LargeBinary(), nullable=False),
    sa.Column('by_password', sa.LargeBinary(), nullable=False),
    sa.Column('by_recovery', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', bot.database.Moment(), nullable=False),
    sa.Column('proven_at', bot.database.Moment(), nullable=True),
    sa.Column('retired_at', bot.database.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_officer_key_officer_id', 'officer_key', ['officer_id'])
    op.create_table('office_key_wrap',
    sa.Column('office_key_id', sa.String(), nullable=False),
    sa.Column('officer_key_id', sa.String(), nullable=False),
    sa.Column('wrap', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['office_key_id'], ['office_key.id'], ),
    sa.ForeignKeyConstraint(['officer_key_id'], ['officer_key.id'], ),
    sa.PrimaryKeyConstraint('office_key_id', 'officer_key_id')
    )
