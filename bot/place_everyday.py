"""Everyday Indonesian, Javanese and Sundanese words that name no place where they stand alone.

Many of them are also somebody's village, or one letter away from a regency.
"""


def _words(text: str) -> list[str]:
    return text.split()


PLAIN_WORDS = frozenset(
    _words(
        "saya aku sy kami kita dia mereka dari di ke dr untuk rumah alamat orang warga asal"
        " daerah wilayah yg yang dan mau ada itu ini nya sini situ pak bu bapak ibu mbak min"
        " halo hai assalamualaikum mohon tolong bantu lapor kampungku tempat dekat"
        " sebelah nama namanya punya sudah belum tidak tdk gak nggak barang malam sekarang"
        " tuhan semua no nomor kerja saudara teman tetangga adalah dengan juga lagi kalau"
        " tapi karena tanya soal info omahku omah griya imah wong kulo kula saking abdi ti nang"
        " ning tinggal mas mbk pasti asli aslinya asale skrg skr sekarang disini disana kos"
        " ngekos kost ngontrak domisili alamatku alamatnya rumahku nawarin nawari calo"
        " diberangkatkan berangkat dekat deket dkt cedak caket samping depan sampai dengan masih"
        " bapa bpk ibuk adik kakak anak suami istri lurah camat kalo klo utk dgn krn jg sdh blm"
        " agen sponsor pabrik gaji besar tetanggaku sini ke jadi tki tkw pmi lewat via mulai"
        " kejadian kejadiannya terjadi tolongin dong ya iya oh eh lho bang om tante kang teh"
        " urang aing keponakan ponakan korban korbannya warganya makasih trims suwun nuhun gan sob"
        " katanya janji dijanjiin dijanjikan cari nyari indonesia lokasi lokasinya posisi oh anu"
        " ki iki iku kuwi kae ae wae rek lur cak lek pakde bude pakdhe budhe ponakanku rumahe"
        " mbok simbok bojo anakku anaknya saudaraku kakakku adikku ortu orangtua mertua orangnya"
        " kampungnya desanya desane kampungku dusunku bukan melainkan sana waktu kemarin hari"
        " ditampung penampungan disekap ditahan majikan paspor berangkatnya ngajak diajak ajak"
        " kurang terima jam juta ribu rupiah bulan tahun umur kantornya bosnya ntar nanti besok"
        " aja saja sih deh kok apa siapa mana dimana kapan gimana bagaimana kenapa ngomong"
        " lihat lowongan loker legal ilegal ijin izin sakit pelatihan latihan semoga buruh"
        " pengasuh jahat pengaduan diantar dijemput siksa kenal ganteng dadang angkat magang"
        " pelayan saudaranya bantuan facebook ktp kk biaya foto dicarikan asisten gajian dibayar"
        " bayar transfer rekening operator online kontrak visa turis sinyal pulsa kuota bismillah"
        " alhamdulillah pesawat polres polsek polisi wajib maaf balas"
        " jelas dulu kumpul agennya terus banyak"
    )
)
"""Everyday words that end a name; several of them are also villages, or near to a regency."""
EVERYDAY = frozenset(
    _words(
        "baru lama besar kecil tau tahu terang karet pagi siang sore putih merah hitam satu dua tiga"
        " suka setia cinta aman damai kasih selamat slamet sawah kantor agung batal jawa sentosa"
        " bandara pelabuhan kalimantan sumatra sumatera sulawesi makmur mutiara emas gunung"
        " sungai laut pantai hutan"
        " surat per perbulan manis pasak tenang hulu hilir bagus yayasan sering kapal ringgit"
        " tangga bangunan tukang jangan lancar minta sama kamar jompo bayi kebun perkebunan ladang"
        " judi tipu wa foto sita pukul mahal panas dingin muda tua sembilan ungu budi sejahtera"
        " mandiri utama berkah nasi jari tangan mata daun tulang berkas bisa harus tutup sedang"
        " tes duda besi lanjut jasa buruk datang bilang sepuluh pulang jumat intan"
        " dewi rahmat umar yuni tina maya ujang monggo punten visa magang butuh selesai bareng"
        " juli payung rakit sawit sempurna bambang samak lembur pandai lestari negara muka"
    )
)
"""Words that a place may be called, but that alone and without a level word name none."""
GOODS = frozenset(
    _words(
        "nasi sego soto coto tahu bakso baso bakwan batik apel sate satay rendang randang pecel"
        " rawon rujak gudeg pempek empek dodol jenang wajik brem getuk gethuk lumpia lunpia wingko"
        " tempe keripik kripik kerupuk krupuk telur telor bawang salak jeruk mangga durian nanas"
        " kopi garam beras sapi kambing ayam bebek bandeng mie bihun roti martabak kue bika bolu"
        " sarung kain tenun songket ukiran mebel jamu tape tapai peuyeum seblak cilok batagor"
        " siomay lontong ketoprak asinan talas rambutan empal gulai gule tongseng sop mendoan"
        " lanting carica sambal bumbu masakan makan warung restoran resto kuliner jajanan"
        " makanan khas reyog susu lele tauco serabi surabi moci mochi bakpia geplak nopia kretek"
        " genteng kerajinan keramik oleh"
    )
)
"""What is called after a town: "soto Kudus" says nothing about where somebody is."""
OF_GOODS = frozenset(
    _words(
        "goreng asin campur bakar merah manis cingur lele pondoh tulis kering basah enak gentong"
        " liwet uduk kuning betutu taliwang panggang krispi geprek mercon urat madu"
    )
)
"""Words between the goods and the town: "mie ayam Wonogiri", "telur asin Brebes"."""
IDIOMS = (
    "di balik batu",
    "air tenang menghanyutkan",
    "besar pasak",
    "lempar batu",
    "sepandai pandai",
)
"""Sayings that hold the name of a place."""
SELDOM_PLACES = frozenset(_words("tahunan perak bintang kelapa tambak panjang mulia jaya rakit"))
"""Kecamatan whose names are words too: with other words around they are words."""
