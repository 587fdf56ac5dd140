"""Bodies that are no update of Telegram, for its translator and for the server in front of it."""

import pytest

DEEP = b"[" * 10_000 + b"]" * 10_000
_BODIES = {
    "empty": b"",
    "not UTF-8": b"\xff\xfe\x80",
    "not UTF-8 inside": b'{"update_id":1,"message":{"chat":{"id":1,"type":"private"},'
                        b'"from":{"id":1},"text":"\xc3\x28"}}',
    "a form": b"Body=halo",
    "null": b"null",
    "a list": b"[]",
    "no update_id": b"{}",
    "update_id is a text": b'{"update_id":"1"}',
    "update_id is a fraction": b'{"update_id":1.5}',
    "update_id is no number": b'{"update_id":NaN}',
    "update_id without end": b'{"update_id":1e999}',
    "update_id of 100,000 digits": b'{"update_id":' + b"9" * 100_000 + b"}",
    "a message that is a number": b'{"update_id":1,"message":5}',
    "an empty message": b'{"update_id":1,"message":{}}',
    "cut off": b'{"update_id":1',
    "one brace too many": b'{"update_id":1}}',
    "10,000 lists deep": DEEP,
    "10,000 lists deep, unknown field": b'{"update_id":1,"x":' + DEEP + b"}",
    "10,000 lists deep, known field": b'{"update_id":1,"message":' + DEEP + b"}",
    "10,000 objects deep": b'{"update_id":1,"message":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_001,
    "NaN beside half a pair": b'{"update_id":1,"x":"\\ud800","y":NaN}',
    "10,000 lists deep beside half a pair": b'{"update_id":1,"y":"\\ud800","x":' + DEEP + b"}",
}  # fmt: skip
NO_UPDATES = [pytest.param(body, id=name) for name, body in _BODIES.items()]
