"""What an officer reads when a page can't give what was asked: a title, what is so, what to do."""

TROUBLE = (
    "Ada gangguan",
    "Coba lagi sebentar.",
    "Kalau masih begini, beri tahu pengelola di kantor.",
)

WORDS: dict[str, tuple[str, ...]] = {
    "trouble": TROUBLE,
    "signed_out": (
        "Anda belum masuk",
        "Waktu masuk Anda sudah habis.",
        "Masuklah lagi untuk melanjutkan.",
    ),
    "not_here": (
        "Tidak ada di sini",
        "Halaman ini tidak ada, atau bukan untuk Anda.",
        "Kembali ke daftar, lalu coba dari sana.",
    ),
    "gone_setup": (
        "Tautan habis masa pakainya",
        "Tautan ini sudah dipakai atau lewat satu jam.",
        "Mintalah kode MASUK baru kepada pengelola di kantor.",
    ),
    "foreign": (
        "Tidak bisa dikirim dari sini",
        "Kiriman ini tidak datang dari halaman yang Anda buka sekarang.",
        "Muat ulang halamannya, lalu kirim dari sana.",
    ),
    "unreadable": (
        "Kiriman tidak terbaca",
        "Kembali ke halaman sebelumnya, lalu coba lagi.",
    ),
    "too_large": (
        "Kiriman terlalu besar",
        "Kembali ke halaman sebelumnya dan ringkaskan tulisan Anda.",
    ),
    "no_method": (
        "Tidak bisa dibuka begitu",
        "Bukalah tautan dari chat.",
    ),
    "wrong": (
        "Tidak cocok",
        "Nomor pegawai, kata sandi, atau kode tidak cocok. Periksa, lalu coba lagi.",
        "Kode hanya bisa dipakai sekali: tunggu kode berikutnya.",
    ),
    "wrong_recovery": (
        "Tidak cocok",
        "Nomor pegawai, kode 6 angka, atau kode pemulihan tidak cocok.",
        "Periksa, lalu coba lagi dengan kode 6 angka yang baru.",
    ),
    "wrong_password": (
        "Tidak cocok",
        "Kata sandi sekarang tidak cocok. Periksa, lalu coba lagi.",
    ),
    "wrong_code": (
        "Kode tidak cocok",
        "Lihat lagi angka di aplikasi kode Anda. Pastikan jam HP disetel otomatis.",
    ),
    "wrong_key": (
        "Kunci tidak cocok",
        "Laporan uji tidak terbuka dengan kunci ini. Muat ulang halaman, lalu mulai lagi.",
    ),
    "sole_leader": (
        "Tidak bisa dari sini",
        "Ini satu-satunya pimpinan: tidak ada pimpinan lain yang bisa memeriksa undangannya.",
        "Mintalah pengelola server membuat undangannya.",
    ),
    "changed": (
        "Sudah berubah",
        "Keadaannya sudah berubah sementara itu. Muat ulang halaman.",
    ),
}
