"""A PostgreSQL server of the tests' own: started once, thrown away with its data."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql

from bot.database import Database
from bot.service import migrate

BINARIES = Path("/usr/lib/postgresql")
STARTS_WITHIN = 30.0
TEMPLATE = "kentongan_template"


class NoPostgreSQL(Exception):
    """The server can't be started; the message is one line that says what to install or mend."""


class PostgreSQLServer:
    """One server on a free port of this machine, run by a user that it accepts (never root)."""

    def __init__(self) -> None:
        self._bin = _binaries()
        self._as_user = _unprivileged()
        self._folder = Path(tempfile.mkdtemp(prefix="kentongan-pg-"))
        self._count = 0
        if self._as_user:
            shutil.chown(self._folder, "postgres", "postgres")
        self._port = free_port()
        self._process = self._start()

    def fresh_database(self) -> str:
        """The address of a database with our tables and no rows: a copy of one that was migrated."""
        if not self._count:
            self._create(TEMPLATE, "template1")
            template = Database(self._address(TEMPLATE))
            migrate(template)
            template.close()
        self._count += 1
        name = f"kentongan_{self._count}"
        self._create(name, TEMPLATE)
        return self._address(name)

    def drop(self, address: str) -> None:
        name = address.rpartition("/")[2]
        with self._connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def _address(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self._port}/{name}"

    def _create(self, name: str, template: str) -> None:
        names = sql.Identifier(name), sql.Identifier(template)
        with self._connect() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=20)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> "subprocess.Popen[bytes]":
        data = self._folder / "data"
        made = subprocess.run(
            [*self._as_user, str(self._bin / "initdb"), "-D", str(data), "-U", "postgres",
             "-A", "trust", "-E", "UTF8", "--no-sync"],
            capture_output=True, check=False, cwd=self._folder,
        )  # fmt: skip
        if made.returncode:
            raise NoPostgreSQL(f"initdb failed: {made.stderr.decode(errors='replace')[-300:]}")
        process = subprocess.Popen(
            [*self._as_user, str(self._bin / "postgres"), "-D", str(data), "-p", str(self._port),
             "-k", str(self._folder), "-h", "127.0.0.1", "-F"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._folder,
        )  # fmt: skip
        self._wait_until_ready(process)
        return process

    def _wait_until_ready(self, process: "subprocess.Popen[bytes]") -> None:
        ends = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < ends:
            if process.poll() is not None:
                raise NoPostgreSQL(f"postgres ended at once with {process.returncode}")
            try:
                self._connect().close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        process.kill()
        process.wait()
        raise NoPostgreSQL(f"postgres took no connection within {STARTS_WITHIN:.0f} s")

    def _connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            host="127.0.0.1", port=self._port, user="postgres", dbname="postgres", autocommit=True
        )


def _binaries() -> Path:
    """The newest installed server."""
    found = sorted(BINARIES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise NoPostgreSQL(f"no {BINARIES}/*/bin/initdb: run `apt-get install postgresql`")
    return found[-1].parent


def _unprivileged() -> list[str]:
    """PostgreSQL refuses to run as root, so root starts it as Debian's user for it."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
