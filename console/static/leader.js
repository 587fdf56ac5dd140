// On every page of a leader: what the others' keys still need, with a line that says so.
import { shareWith, work } from "./key_work.js";

const line = document.getElementById("key-work");
const list = document.getElementById("key-share");

function say(words) {
  line.textContent = words;
  line.hidden = false;
}

/** Whoever invites could have enrolled in that name: a leader says first that they know the person. */
function question({ id, name }) {
  const item = document.createElement("li");
  const words = document.createElement("p");
  words.textContent = `Kunci baru atas nama ${name}. Anda sudah memastikan orangnya?`;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "secondary";
  button.textContent = "Bagikan";
  button.addEventListener("click", async () => {
    button.disabled = true;
    say("Membagikan kunci kantor…");
    try {
      await shareWith(id);
      await run();
    } catch {
      say("Kunci kantor belum terbagi. Coba lagi sebentar.");
      button.disabled = false;
    }
  });
  item.append(words, button);
  return item;
}

async function run() {
  const { done, unsure } = await work(say);
  list.querySelector("ul").replaceChildren(...unsure.map(question));
  const shared = !list.hidden && !unsure.length;
  list.hidden = !unsure.length;
  if (done || shared) say("Kunci untuk petugas dan pimpinan sudah lengkap.");
}

try {
  await run();
} catch {
  say("Kunci untuk petugas baru belum selesai dibuat. Ini dilanjutkan saat halaman dibuka lagi.");
}
