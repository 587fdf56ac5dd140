// Passwords: what is too easy to guess, and five plain words as an offer. The server never sees one.
const LEAST = 12;
const OBVIOUS = [
  "password", "katasandi", "sandi", "kentongan", "imigrasi", "kanim", "indonesia", "petugas", "pimpasa",
  "rahasia", "bismillah", "qwerty", "asdfgh", "zxcvbn", "sayang", "admin", "merdeka", "garuda",
  "1234567890", "0987654321", "abcdefghij",
];
const DIFFERENT_LETTERS = 5;

// 256 everyday words: five of them are 40 bits, behind Argon2id.
const WORDS = (
  "abadi abang acara adat agung ajaib alam alat alis alun anak angin angka angsa antar arah " +
  "arang arus asam asap asli atap atlas awan ayam ayun babak badai bagan bahan bahu bajak " +
  "baju bakau bakul balai balok bambu bandul bangku bantal baris baru basah batang batik batu bawang " +
  "bayam beras besi biji bilah bintang biru bola buah bubur budaya bukit buku bulan bulu bumbu " +
  "bunga busur cabai cahaya camar candi cangkir cat catur cepat ceria cermin cincin cita corak cuaca " +
  "cucur damai danau dapur darat dasar daun debur dekat delima dermaga desa dinding dondong duku durian " +
  "ekor elang emas embun empat enam fajar gajah galah gambar garam gelas gelang gema gempita gerbang " +
  "getah gitar gula gunung hangat harum hati hijau hujan hutan ikan indah intan irama jagung jahe " +
  "jalan jamur janur jarak jarum jati jeruk jingga juara kabut kaca kacang kaki kakak kamus kancil " +
  "kanal kapal kapas karang kasur kayu kebun kecap kelapa kelor kemah kendi kenari keris ketan kijang " +
  "kilat kipas kolam kopi koran kota kuda kuning kunyit kursi ladang lagu lampu langit laut layar " +
  "lebah lembah lemari lengkuas lidi lilin lima lontar lumbung madu makan malam mangga manis mawar meja " +
  "melati menara merah merak merpati minyak mutiara naga nanas nangka nasi nelayan nenek nila nuri obor " +
  "ombak padi pagar pagi paku palung panah pandan panen pantai papan pasar pasir payung pelangi pena " +
  "perahu perak permata pesisir petir piring pisang pohon pulau purnama rajut rakit ranting rasa rawa rebana " +
  "rotan rumah rumput rusa sagu sahabat salak sampan sapi sarung satu sawah sawo sayur sejuk selasih"
).split(" ");

/** Why this password is too easy, in words for the officer; "" when it is good. */
export function weakness(password, staffNo, name) {
  if ([...password].length < LEAST) return `Terlalu pendek: paling sedikit ${LEAST} huruf atau angka.`;
  let rest = password.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  const known = [staffNo, ...name.split(/\s+/)].map((word) => word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ""));
  for (const word of [...OBVIOUS, ...known]) if (word.length > 2) rest = rest.replaceAll(word, "");
  if (new Set(rest).size < DIFFERENT_LETTERS) {
    return "Terlalu mudah ditebak: jangan nama, nomor pegawai, atau kata yang umum.";
  }
  return "";
}

/** Five words, each drawn evenly. */
export function passphrase() {
  const drawn = crypto.getRandomValues(new Uint8Array(5));
  return Array.from(drawn, (byte) => WORDS[byte]).join(" ");
}

export const wordCount = WORDS.length;
