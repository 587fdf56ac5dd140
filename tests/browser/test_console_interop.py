"""What Python seals the browser opens, and the other way round: the same bytes on both sides."""

import base64
import random
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from bot import accounts, keys, tip_seal
from bot.sealing import (
    RECEIPT_ALPHABET,
    canonical_code,
    new_key_pair,
    open_with,
    public_of,
    seal_to,
)
from tests.browser.conftest import LiveConsole

VECTORS = 60
Run = Callable[[str, Any], Any]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def unb64(text: str) -> bytes:
    return base64.b64decode(text)


@pytest.fixture
def run(live: LiveConsole, phone: Page) -> Run:
    """`run(script, argument)`: the script sees the module as `keys` and its argument as `given`."""
    phone.goto(f"{live.url}/console/")
    style = phone.locator("link[rel=stylesheet]").get_attribute("href")
    assert style
    module = style.replace("console.css", "keys.js")

    def evaluate(script: str, given: Any) -> Any:
        return phone.evaluate(
            f"async (given) => {{ const keys = await import('{module}'); {script} }}", given
        )

    return evaluate


def cases() -> list[tuple[bytes, bytes, str, bytes]]:
    """(private, public, info, plain): all sizes, all letters."""
    chance = random.Random(9180)
    infos = ["", "kentongan/tip-key/v1|x|y", "é|ꦲ|🥁", "a" * 300]
    made = []
    for number in range(VECTORS):
        private, public = new_key_pair()
        size = chance.choice([0, 1, 32, 255, 256, 600, 5000])
        made.append((private, public, f"{infos[number % 4]}|{number}", secrets.token_bytes(size)))
    return made


def test_python_seals_and_the_browser_opens(run: Run) -> None:
    made = cases()
    given = [[b64(private), info, b64(seal_to(public, info, plain))]
             for private, public, info, plain in made]  # fmt: skip
    script = """return Promise.all(given.map(async ([key, info, sealed]) =>
        keys.b64(await keys.openWith(keys.unb64(key), info, sealed))));"""
    assert run(script, given) == [b64(plain) for *_, plain in made]


def test_the_browser_seals_and_python_opens(run: Run) -> None:
    made = cases()
    given = [[b64(public), info, b64(plain)] for _, public, info, plain in made]
    script = """return Promise.all(given.map(async ([key, info, plain]) =>
        keys.b64(await keys.sealFor(key, info, keys.unb64(plain)))));"""
    sealed = run(script, given)
    for (private, _, info, plain), found in zip(made, sealed, strict=True):
        assert open_with(private, info, unb64(found)) == plain


def test_the_browser_opens_nothing_altered_or_moved(run: Run) -> None:
    private, public = new_key_pair()
    sealed = seal_to(public, "info", secrets.token_bytes(32))
    given = {"key": b64(private), "sealed": b64(sealed), "other": b64(new_key_pair()[0])}
    script = """
        const refused = async (key, info, sealed) => {
          try { await keys.openWith(keys.unb64(key), info, sealed); return 0; }
          catch (error) { return error instanceof keys.SealBroken ? 1 : 0; }
        };
        let count = await refused(given.other, "info", given.sealed);
        count += await refused(given.key, "infO", given.sealed);
        for (let place = 0; place < 80; place += 1) {
          for (const bit of [1, 128]) {
            const flipped = keys.unb64(given.sealed);
            flipped[place] ^= bit;
            count += await refused(given.key, "info", flipped);
          }
        }
        return [count, await refused(given.key, "info", given.sealed)];"""
    assert run(script, given) == [162, 0]


def test_a_password_becomes_the_same_on_both_sides(run: Run) -> None:
    for password in ("perahu hijau makan durian", "kata sandi é 🥁 panjang", " spasi  tepi "):
        salt = secrets.token_bytes(accounts.SALT_BYTES)
        derived = accounts.derive(password, salt)
        script = """const derived = await keys.derive(given[0], keys.unb64(given[1]));
            return [keys.b64(derived.proof), keys.b64(derived.key)];"""
        assert run(script, [password, b64(salt)]) == [b64(derived.proof), b64(derived.key)]


def test_a_recovery_code_becomes_the_same_however_it_is_typed(run: Run) -> None:
    salt = secrets.token_bytes(accounts.SALT_BYTES)
    script = "return keys.b64(await keys.recoveryKey(given[0], keys.unb64(given[1])));"
    for _ in range(5):
        code = accounts.new_recovery_code()
        key = b64(accounts.recovery_key(code, salt))
        confused = code.lower().replace("0", "o").replace("1", "l")
        for typed in (code, code.lower(), code.replace("-", " "), f" {code}. ", confused):
            assert run(script, [typed, b64(salt)]) == key


def test_a_new_recovery_code_has_24_letters_of_ours(run: Run) -> None:
    codes = run("return Array.from({ length: 50 }, () => keys.newRecoveryCode());", None)
    assert len(set(codes)) == 50
    for code in codes:
        letters = canonical_code(code)
        assert len(letters) == accounts.RECOVERY_LETTERS
        assert set(letters) <= set(RECEIPT_ALPHABET)


def test_a_locked_key_opens_on_both_sides(run: Run) -> None:
    key, private = secrets.token_bytes(32), secrets.token_bytes(32)
    for how in ("password", "recovery"):
        given = [b64(key), how, b64(accounts.lock(key, "id7", how, private)), b64(private)]
        script = """const key = keys.unb64(given[0]);
            return [keys.b64(await keys.unlock(key, "id7", given[1], keys.unb64(given[2]))),
                    keys.b64(await keys.lock(key, "id7", given[1], keys.unb64(given[3])))];"""
        opened, locked = run(script, given)
        assert unb64(opened) == private == accounts.unlock(key, "id7", how, unb64(locked))


def test_a_key_pair_of_the_browser_is_one_of_ours(run: Run) -> None:
    script = """const pair = await keys.newKeyPair();
        return [pair.id, keys.b64(pair.bytes), keys.b64(pair.public)];"""
    for _ in range(10):
        key_id, private, public = run(script, None)
        assert len(key_id) == 16
        assert public_of(unb64(private)) == unb64(public)


def test_parts_and_their_names_are_the_same_on_both_sides(run: Run) -> None:
    contents = [{}, {"text": "a"}, {"what": "é 🥁 \n baris", "who": "x" * 700}]
    for content in contents:
        data = secrets.token_bytes(40)
        packed = run("return keys.b64(keys.pack(given[0], keys.unb64(given[1])));",
                     [content, b64(data)])  # fmt: skip
        assert tip_seal.unpack(unb64(packed)) == (content, data)
        assert len(unb64(packed)) % tip_seal.PADDING == len(data)
        script = """const { content, data } = keys.unpack(keys.unb64(given));
            return [content, keys.b64(data)];"""
        assert run(script, b64(tip_seal.pack(content, data))) == [content, b64(data)]
    names = run("""return [keys.wrapInfo("t", "r"), keys.partInfo("t", "k", "u"),
        keys.officeKeyInfo("o", "p")];""", None)  # fmt: skip
    assert names == [
        tip_seal.wrap_info("t", "r"), tip_seal.part_info("t", "k", "u"),
        keys.office_key_info("o", "p"),
    ]  # fmt: skip
