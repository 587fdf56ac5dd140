"""Links in a broadcast, also those that are disguised: only go.id, the office's own, our own chats."""

import re
import unicodedata
from urllib.parse import urlsplit

from flows.entities_contacts import KNOWN_HOSTS

_ENDINGS = (
    "com|net|org|id|me|info|link|site|online|shop|top|xyz|ly|io|co|app|biz|click|store|ee|gl|page"
    "|vip|pro|win|club|cc|tk|dev|asia|gg|bio|gle"
)
_LINK = re.compile(
    rf"h(?:tt|xx)ps?\s?:\s?//\s?\S+|(?<![\w@.-])(?:[\w-]+\.)+(?:{_ENDINGS})\b(?![\w-])\S*",
    re.IGNORECASE,
)
"""Written links, also bare ones: what a phone makes tappable."""
_DOT = re.compile(r"\s*(?:\[\.\]|\(\.\)|\[dot\]|\(dot\)|\[titik\]|\(titik\))\s*", re.IGNORECASE)
_SPACED = re.compile(
    "(?<!\\w)(?:"
    + "|".join(
        r"\s*(?:\.|\btitik\b|\bdot\b)\s*".join(map(re.escape, host.split(".")))
        for host in KNOWN_HOSTS
    )
    + r")(?!\w)",
    re.IGNORECASE,
)
"""A shortener or a chat whose dot was pulled apart or written out: "bit . ly", "wa titik me"."""
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_END = ".,;:!?)]}\"'’”»*_~"


def strange(text: str, hosts: frozenset[str], chats: frozenset[str]) -> list[str]:
    """Hosts that are linked to and not ours to vouch for; of a chat or a shortener also its path."""
    found = []
    for link in _links(text):
        host, path = _parts(link)
        if host == "go.id" or host.endswith(".go.id") or host in hosts:
            continue
        if f"{host}{path}".casefold() in chats:
            continue
        found.append(host)
    return list(dict.fromkeys(found))


def _links(text: str) -> list[str]:
    plain = _DOT.sub(".", _UNSEEN.sub("", unicodedata.normalize("NFKC", text)))
    plain = _SPACED.sub(lambda host: _joined(host[0]), plain)
    return [link.rstrip(_END) for link in _LINK.findall(plain)]


def _joined(host: str) -> str:
    return re.sub(r"\s*(?:\.|\btitik\b|\bdot\b)\s*", ".", host, flags=re.IGNORECASE)


def _parts(link: str) -> tuple[str, str]:
    """(host, first part of the path). Browsers read a backslash as a slash."""
    link = re.sub(r"^h(?:tt|xx)p(s?)\s?:\s?//\s?", r"http\1://", link, flags=re.IGNORECASE)
    link = link.replace("\\", "/")
    try:
        split = urlsplit(link if "//" in link else f"//{link}")
        host = (split.hostname or "").rstrip(".")
    except ValueError:  # brackets that are no address
        return link[:40], ""
    path = re.match(r"/[^/?#]*", split.path)
    return host.removeprefix("www."), path[0].rstrip("/") if path else ""
