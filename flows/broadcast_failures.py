"""Why a message of a broadcast did not arrive, in words; the codes are the providers'."""

REASONS = {
    "63016": "di luar 24 jam WhatsApp",
    "63003": "nomor tidak ditemukan",
    "63014": "memblokir bot",
    "63024": "tidak ada di WhatsApp",
    "21211": "nomor tidak ditemukan",
    "21610": "berhenti berlangganan",
    "21614": "nomor tidak ditemukan",
    "403": "memblokir bot atau bot dikeluarkan",
    "63018": "batas kirim WhatsApp tercapai",
    "63017": "batas kirim WhatsApp tercapai",
    "expired": "kedaluwarsa",
}
"""As in `bot/channels`; what is not here is told with its code, for the operator."""


def say_failure(code: str) -> str:
    return REASONS.get(code, f"ditolak (kode {code or 'tidak ada'})")
