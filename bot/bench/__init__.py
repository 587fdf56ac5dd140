"""`kentongan bench`: ratios within one run, never absolute numbers to be proud of."""

import json


def plain_translate(body: bytes) -> tuple[str, str, str]:
    """(event id, address, text) of a private text message, as a quick hand would write it."""
    update = json.loads(body)
    message = update["message"]
    return str(update["update_id"]), str(message["from"]["id"]), message["text"]
