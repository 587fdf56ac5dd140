"""How the log's short names read to people."""

DUTIES = {
    "officer": "petugas",
    "leader": "pimpinan",
    "admin": "pengelola kantor",
    "auditor": "pemeriksa",
    "dpo": "pelindung data pribadi",
}

STATUSES = {
    "assigned": "Menunggu diambil",
    "acknowledged": "Sudah diambil",
    "answered": "Sudah dijawab, belum selesai",
}
ENDINGS = {
    "": "sekarang",
    "overdue": "lewat batas waktu, diteruskan",
    "leave": "cuti, diteruskan",
    "transferred": "pindah tugas, diteruskan",
    "conflict": "disebut dalam laporan, diteruskan",
    "handed_over": "diserahkan",
    "taken": "diambil petugas",
    "closed": "ditutup",
}
"""How one owner's time with a tip ended."""

_ACTIONS = {
    "account_made": "membuat akun",
    "acknowledged": "mengambil",
    "approved": "menyetujui",
    "asked": "bertanya kepada pelapor",
    "called_off": "membatalkan",
    "campaign_approve": "menyetujui",
    "campaign_made": "membuat",
    "campaign_pause": "menjeda",
    "campaign_resume": "melanjutkan",
    "campaign_stop": "menghentikan",
    "cancelled": "membatalkan",
    "changed": "mengubah",
    "closed": "menutup",
    "commanded": "memberi perintah di server",
    "enrolled": "mendaftarkan chat",
    "escalated": "meneruskan karena lewat batas waktu",
    "group_unbound": "memutuskan",
    "forwarded": "meneruskan ke mitra",
    "held": "menghitung yang hadir di",
    "invited": "membuat undangan baru",
    "key_changed": "mengganti kunci",
    "key_proven": "membuktikan kunci",
    "office_key_made": "membuat kunci kantor",
    "office_key_shared": "membagikan kunci kantor",
    "merged_into": "menggabungkan",
    "moved": "memindahkan",
    "noted": "menulis catatan",
    "opened": "mengirim laporan",
    "ordered": "mengirim",
    "outlived": "menghapus isi karena sudah lama ditutup",
    "password_changed": "mengganti kata sandi",
    "paused": "menunda",
    "planned": "merencanakan",
    "proposed": "mengusulkan",
    "printed": "mencetak",
    "read": "membuka isi",
    "read_attachment": "membuka lampiran",
    "recovery_code_changed": "membuat kode pemulihan baru",
    "relay_agreed": "bersedia meneruskan",
    "relay_ended": "menghentikan",
    "relay_invited": "mengundang",
    "rejected": "menolak",
    "resumed": "melanjutkan",
    "rewrapped": "membuka akses bagi petugas lain",
    "roster": "mengganti daftar tugas",
    "sessions_ended": "mengakhiri sesi",
    "sign_in_slowed": "memperlambat percobaan masuk",
    "shared": "membagikan",
    "signed_in": "masuk",
    "stopped": "menghentikan",
    "unshared": "mencabut bagian",
    "withdrew": "menarik kembali",
    "withdrawn": "menarik laporan",
    "wrap_broken": "melaporkan kunci yang tidak membuka",
}

_SUBJECTS = {
    "group": "grup",
    "tip": "laporan",
    "officer": "petugas",
    "office": "kantor",
    "broadcast": "siaran",
    "campaign": "kampanye",
    "meeting": "pertemuan",
    "relay": "admin penerus",
}
_ACTORS = {"relay": "admin grup", "reporter": "pelapor", "system": "sistem", "operator": "operator"}


def action(name: str) -> str:
    """`closed:handled` → `menutup (handled)`; a name that is not known here stays as it is."""
    kind, _, detail = name.partition(":")
    told = _ACTIONS.get(kind, kind)
    return f"{told} ({detail})" if detail else told


def subject(name: str) -> str:
    """`tip:12` → `laporan #12`."""
    kind, _, number = name.partition(":")
    if not number:
        return _ACTORS.get(kind, kind)
    mark = "#" if number.isdigit() else ""
    return f"{_SUBJECTS.get(kind, kind)} {mark}{number}"
