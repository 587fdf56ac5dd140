// On every page of a leader: what the others' keys still need, with a line that says so.
import { work } from "./key_work.js";

const line = document.getElementById("key-work");

function say(words) {
  line.textContent = words;
  line.hidden = false;
}

try {
  if (await work(say)) say("Kunci untuk petugas dan pimpinan sudah lengkap.");
} catch {
  say("Kunci untuk petugas baru belum selesai dibuat. Ini dilanjutkan saat halaman dibuka lagi.");
}
