"""A suspect who asks who reported him, or whether anybody did, gets one fixed answer.

It is heard in every state and looks nothing up: with or without a report, the words are the same.
"""

import re

from flows.triggers import fold

REFUSAL = "common.who_reported"
_MOST = 120
"""Characters of a question; in a longer message the words are part of a story."""
_ME = r"(?:saya|aku|gue|gua|gw|sy|kami|kita|ku|kula|kulo|inyong|abdi|urang|engko)"
_BY = r"(?:sing|yang|yg|sang|anu|nu|se)"
_REPORT = (
    r"(?:me|nge|ng|m|di)?(?:lapor|adu|tuduh)(?:kan|in|ake|keun|agi|i)?(?:ku|nya)?"
    r"|nglapor(?:ke|ake|no)?|ngadu(?:kan|in)?"
)
_WHO = r"(?:siapa(?:kah)?|sapa|sopo|saha|pasera|sera|who)"
_MAY = r"(?:bisa|boleh|harus|perlu|dapat|wajib|mesti|sebaiknya|saya|aku|kami)\b"
"""Whether something may be reported is a reporter's own question."""
_SOFT = (
    r"(?:pak|bu|kak|mas|mbak|min|bot|tolong|mohon|maaf|coba|kasih tahu|kasih tau|kasi tau|beri tahu"
    r"|sebutkan|saya mau tahu|saya mau tau|mau tanya|tanya|sih|ya|dong|itu|ini|kok|lho|to|sebenarnya"
    r"|sudah|telah|pernah|berani|orang|orangnya|namanya|nama|ke sini|ke imigrasi|ke kantor|disini"
    r"|di sini|di|ke|imigrasi|polisi|petugas|kemarin|jawab|ayo jawab|cepat|cepet|buruan|woi|woy|hei|heh"
    r"|hey|sekarang|please|just|answer|now)"
)
_QUESTIONS = (
    rf"{_WHO} {_BY} (?:{_REPORT}) {_ME}",
    rf"{_WHO} {_BY} (?:{_REPORT})(?: tentang {_ME})?",
    rf"{_WHO} (?:{_REPORT}) {_ME}",
    rf"{_WHO} (?:nama )?pelapor(?:nya|ku)?",
    rf"(?:nama )?pelapor(?:nya)? {_WHO}",
    rf"{_ME} (?:{_REPORT}) (?:oleh |sama )?{_WHO}",
    rf"{_BY} (?:{_REPORT}) {_ME} {_WHO}",
    rf"{_BY} (?:{_REPORT}) {_WHO}",
    rf"(?:apakah |apa )?(?:ada|onok|ono|aya) {_BY} (?:{_REPORT}) {_ME}",
    rf"(?:apakah |apa )(?:{_ME} )(?:{_REPORT})(?: orang)?",
    rf"(?:apakah |apa )?(?:ada )laporan (?:tentang|soal|terhadap|atas nama) {_ME}(?: \w+){{0,3}}",
    rf"(?:nomor|nomer|no|nama|alamat)?(?: ?(?:hp|wa|telepon|telp))? ?{_BY} (?:me|nge|ng|m)?lapor"
    rf"(?:kan|in)?(?: {_ME})? (?:berapa|brp|piro|pira|sabaraha|di ?mana|mana|neng ?endi)",
    rf"(?:apakah|benarkah) (?!laporan)(?:(?!{_MAY})\w+ ){{1,6}}dilapor(?:kan|in)?(?: {_WHO})?",
    r"(?:ada )?(?:berapa|brp|brapa)(?: banyak| jumlah)? laporan(?! saya| ku| kami)(?: [\w]+){0,6}",
    r"(?:ada )?laporan(?:nya)? (?:ada )?(?:berapa|brp|brapa)(?: [\w]+){0,4}",
    r"(?:jumlah|daftar) (?:semua )?laporan (?:tentang|soal|terhadap|d|di|desa) ?(?:[\w]+ ?){0,6}",
    r"(?:who|did (?:any ?one|some ?one|any ?body|some ?body)|has (?:any ?one|any ?body|some ?one))"
    r" (?:has )?(?:report(?:ed|s)?|tell|told on|snitch(?:ed)?(?: on)?) (?:on |about )?(?:me|us)",
    r"(?:am i|was i|have i been|were we) (?:being )?reported(?: by whom)?",
    r"(?:is|was|are) there (?:a|any) reports? (?:about|on|against) (?:me|us)",
)
_ASKS = re.compile("|".join(f"(?:{question})" for question in _QUESTIONS))
_AROUND = re.compile(rf"\b{_SOFT}\b")


def asks_who_reported(text: str) -> bool:
    """The whole message is that question, whatever politeness stands around it."""
    if len(text) > _MOST or not re.search(
        r"lapor|adu|tuduh|report|snitch|told", text, re.IGNORECASE
    ):
        return False
    folded = fold(text)
    bare = " ".join(_AROUND.sub(" ", folded).split())
    return bool(_ASKS.fullmatch(bare) or _ASKS.fullmatch(folded))
