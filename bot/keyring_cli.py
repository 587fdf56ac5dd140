"""`kentongan keyring rotate`: a new key for everything that the server itself can open."""

import argparse
from typing import Any

from sqlalchemy import select

from bot import audit
from bot.resealing import reseal, under_old_keys
from bot.sealing import KeyRing
from bot.service import Service
from bot.terminal import FINDING, FINE, WrongUse, open_service, print_json


def add_commands(commands: Any) -> None:
    keyring = commands.add_parser("keyring", help="the key ring of this system")
    help = "add a key, and seal everything anew under it"
    rotate = keyring.add_subparsers(required=True, metavar="rotate").add_parser(
        "rotate", help=help, description=help
    )
    rotate.add_argument(
        "--retire", action="store_true",
        help="no new key: go on with what is under older ones, then take those out of the ring "
        "(the service must be stopped)",
    )  # fmt: skip
    rotate.add_argument("--json", action="store_true")
    rotate.set_defaults(command=run_rotate)


def run_rotate(given: argparse.Namespace) -> int:
    service = open_service()
    try:
        ring, path = service.ring, service.settings.keyring_path
        if given.retire:
            _must_be_stopped(service)
        else:
            ring = ring.with_new_key()
            ring.replace(path)  # before anything is sealed under it
        done = _reseal(service, ring, given.json)
        with service.database.write() as connection:
            left = under_old_keys(connection, ring)
            action = "keyring_retired" if given.retire and not left else "keyring_rotated"
            audit.record(connection, service.clock.now(), actor="operator", action=action,
                         subject="keyring")  # fmt: skip
        if given.retire and not left and ring.old_keys():
            ring.without_old_keys().replace(path)
        _print_end(given, done, left)
        return FINDING if left else FINE
    finally:
        service.close()


def _must_be_stopped(service: Service) -> None:
    """A process that still seals under an old key would lose what it seals."""
    from bot.schedule import leases  # it brings a scheduler with it, which no command needs

    with service.database.read() as connection:
        running = select(leases.c.name).where(leases.c.until > service.clock.now())
        if connection.execute(running).first():
            raise WrongUse("keyring rotate --retire: stop the service first, all of its processes")


def _reseal(service: Service, ring: KeyRing, as_json: bool) -> int:
    """In passes, until one finds nothing more; returns how many."""
    total, found = 0, True
    while found:
        found = False
        for column, count in reseal(service.database, ring):
            total, found = total + count, found or count > 0
            if count and not as_json:
                print(f"{column}: {count} sealed anew, {total} in all", flush=True)
    return total


def _print_end(given: argparse.Namespace, done: int, left: dict[str, int]) -> None:
    if given.json:
        print_json({"sealed_anew": done, "under_old_keys": left})
        return
    for column, count in left.items():
        print(f"{column}: {count} are still under an older key, in use or not to be opened")
    if left:
        print("no key was taken out of the ring")
    elif given.retire:
        print("the old keys are out of the ring: back up the file anew, destroy its old backups")
    else:
        print("back up the file anew, restart every process, then `keyring rotate --retire`")
