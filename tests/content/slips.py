"""Thirty-one slips of an editor: thought out from content/ and its README alone.

They were written before their author had read the linter, so that they ask what editors do, not what
the linter happens to look for. Each changes the first place in one file where `old` stands.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slip:
    """One edit of one content file; `name` says what the editor meant to do."""

    name: str
    file: str
    old: str
    new: str


SLIPS = (
    Slip(
        "shortens the file by dropping a source",
        "lessons/lowongan.yaml",
        "    source: UU 18/2017 Pasal 1 angka 10 dan Pasal 9 ayat (1)\n",
        "",
    ),
    Slip(
        "pastes a card and forgets its id",
        "lessons/lowongan.yaml",
        "  - id: lewat_desa\n",
        "  - id: diperiksa\n",
    ),
    Slip(
        "finds a second answer right as well",
        "lessons/biaya.yaml",
        '      - label: Salah, harus bayar\n        correct: "no"',
        '      - label: Salah, harus bayar\n        correct: "yes"',
    ),
    Slip(
        "writes ya for yes",
        "lessons/biaya.yaml",
        '      - label: Tidak boleh\n        correct: "yes"',
        '      - label: Tidak boleh\n        correct: "ya"',
    ),
    Slip(
        "sets a far review day to have peace",
        "lessons/biaya.yaml",
        "review_by: 2027-02-22",
        "review_by: 2029-02-22",
    ),
    Slip(
        "writes a date the Indonesian way",
        "lessons/biaya.yaml",
        "checked: 2026-11-22",
        "checked: 22-11-2026",
    ),
    Slip(
        "translates a slot",
        "texts/lessons.yaml",
        "Berikutnya untuk Anda: {title}.",
        "Berikutnya untuk Anda: {judul}.",
    ),
    Slip(
        "loses the closing brace of a slot",
        "texts/welcome.yaml",
        "Terima kasih. Desa Anda: {place}.",
        "Terima kasih. Desa Anda: {place.",
    ),
    Slip(
        "deletes a label that looks unused",
        "texts/lessons.yaml",
        "other: Yang lain\n",
        "",
    ),
    Slip(
        "explains more on one card than fits",
        "lessons/biaya.yaml",
        "      rincian tertulis, nama penerima uang, dan kuitansi.\n",
        "      rincian tertulis, nama penerima uang, dan kuitansi. Simpan semuanya di rumah.\n"
        "      Foto juga dengan HP. Kirim fotonya ke keluarga. Jangan hapus foto itu. Catat harinya.\n",
    ),
    Slip(
        "renames a chapter and not its lessons",
        "chapters.yaml",
        "- id: uang\n",
        "- id: biaya\n",
    ),
    Slip(
        "puts a lesson into a chapter that is not there",
        "lessons/biaya.yaml",
        "chapter: uang\n",
        "chapter: biaya_dan_utang\n",
    ),
    Slip(
        "adds a keyword that another lesson has",
        "lessons/lowongan.yaml",
        'keywords: ["lowongan kerja", ',
        'keywords: ["lowongan kerja", "biaya penempatan", ',
    ),
    Slip(
        "names the decision in Indonesian",
        "lessons/biaya.yaml",
        "    decision: pay\n",
        "    decision: bayar\n",
    ),
    Slip(
        "promises",
        "lessons/lowongan.yaml",
        "      Bu Sri di Ngrayun mendengar lowongan dari kantor desa.\n",
        "      Lowongan dari kantor desa dijamin aman.\n",
    ),
    Slip(
        "types a phone number into a card",
        "lessons/lowongan.yaml",
        "      Negaranya beda? Tanya Disnaker dulu.\n",
        "      Negaranya beda? Telepon 0812-3456-7890.\n",
    ),
    Slip(
        "copies a misconception from another lesson",
        "lessons/lowongan.yaml",
        "    misconception: calon_pekerja_tidak_boleh_banyak_tanya\n",
        "    misconception: semua_biaya_gratis\n",
    ),
    Slip(
        "asks another lesson's question once more, a little changed",
        "lessons/lowongan.yaml",
        "    question: Wati ditawari kerja di Hong Kong. SIP2MI yang ditunjukkan PT menyebut Taiwan."
        " Apa artinya?\n",
        "    question: Majikan sudah membayar biaya pelatihan Wati. PT menagih biaya itu lagi kepada"
        " Wati. Bolehkah?\n",
    ),
    Slip(
        "writes a field's name in Indonesian",
        "lessons/lowongan.yaml",
        "title: Lowongan yang benar\n",
        "judul: Lowongan yang benar\n",
    ),
    Slip(
        "forgets the quotes around a sentence with a colon",
        "lessons/biaya.yaml",
        'title: "Biaya: siapa membayar"\n',
        "title: Biaya: siapa membayar\n",
    ),
    Slip(
        "leaves a reason for later",
        "lessons/lowongan.yaml",
        "        why: Sponsor tidak diberi tugas itu oleh undang-undang.\n",
        "        why:\n",
    ),
    Slip(
        "signs for a reviewer who has not read it",
        "lessons/lowongan.yaml",
        "reviewed:\n",
        "reviewed: {by: Pak Hakim, on: 2026-11-22, sha: 0123456789abcdef}\n",
    ),
    Slip(
        "writes one breathless sentence",
        "lessons/lowongan.yaml",
        "      Tanyakan empat hal: apa pekerjaannya, siapa majikannya,\n"
        "      di mana tempatnya, dan bagaimana kondisi kerjanya.\n",
        "      Tanyakan apa kerjanya dan siapa majikannya dan di mana tempatnya dan berapa lama\n"
        "      dan siapa yang antar dan apa isi kontraknya dan kapan kita bisa pulang lagi.\n",
    ),
    Slip(
        "uses an official term that nobody has explained",
        "lessons/lowongan.yaml",
        "      Itu jalan yang ditulis undang-undang: Disnaker, dinas tenaga kerja,\n",
        "      Itu jalan yang ditulis undang-undang: PPTKLN, lalu dinas tenaga kerja,\n",
    ),
    Slip(
        "names the fine in rupiah",
        "lessons/biaya.yaml",
        "      Pekerja dilarang ditagih lagi untuk biaya itu.\n",
        "      Yang menagih lagi didenda Rp600 juta.\n",
    ),
    Slip(
        "sends a word to a conversation that is not there",
        "keywords.yaml",
        'to: "lessons", rest: "yes", words: [belajar',
        'to: "pelajaran", rest: "yes", words: [belajar',
    ),
    Slip(
        "calls a country closed in Indonesian",
        "destinations.yaml",
        "status: uncertain",
        "status: tutup",
    ),
    Slip(
        "renames a way",
        "ways.yaml",
        "- id: gtog\n",
        "- id: g_to_g\n",
    ),
    Slip(
        "hands a case to a partner of a kind that is not in the directory",
        "grounds.yaml",
        "partners: [polres]",
        "partners: [polsek]",
    ),
    Slip(
        "gives a hotline a purpose nobody asks for",
        "hotlines.yaml",
        "purpose: [emergency, report]",
        "purpose: [darurat, lapor]",
    ),
    Slip(
        "extends a hotline for a year without a source",
        "hotlines.yaml",
        "review_by: 2026-12-21",
        "review_by: 2027-12-21",
    ),
)
