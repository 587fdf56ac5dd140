"""What an older release has written is understood by this one."""

from alembic import command
from sqlalchemy import text

from bot.database import Database
from bot.outbox import BULK, NEWS
from bot.service import alembic_config, migrate


def test_a_broadcast_that_an_older_release_queued_is_still_bulk(database_url: str) -> None:
    """Its priority was 2, which is news now."""
    database = Database(database_url)
    migrate(database)
    config = alembic_config()
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0003_register")
        connection.execute(
            text(
                "INSERT INTO outbox (lane, channel, priority, status, not_before, attempts, resent,"
                " provider_id, error_code, created_at) VALUES ('bg1', 'simulator', 2, 'queued', 0,"
                " 0, false, '', '', 0)"
            )
        )
    migrate(database)
    with database.read() as connection:
        (found,) = connection.execute(text("SELECT priority FROM outbox")).scalars()
    database.close()
    assert found == BULK != NEWS
