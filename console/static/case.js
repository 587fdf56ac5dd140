// One case in the officer's browser: opened here, shown as text only, and worked on.
import { b64, openPart, openTip, openWith, partInfo, pack, post, privateKey, random, Refused,
  sealFor, unpack, wrapInfo } from "./keys.js";
import { plain } from "./plain.js";

const LABELS = [
  ["question", "Pertanyaan"], ["what", "Kejadian"], ["where_name", "Tempat"],
  ["where_words", "Tempat, kata pengirim"], ["when", "Waktu"], ["who", "Pelaku"],
  ["victim", "Korban"], ["home_name", "Asal korban"], ["home_words", "Asal, kata pengirim"],
  ["proof", "Bukti"], ["helper", "Melapor untuk orang lain"], ["incomplete", "Belum selesai ditulis"],
  ["partner", "Dikirim oleh"], ["reasons", "Alasan penggolongan"],
  ["category_words", "Kata-kata yang menandainya"],
];
const TOLD_APART = new Set(["contact", "consent"]);
const WHO = {
  from_reporter: "Dari pengirim", to_reporter: "Dari petugas", note: "Catatan petugas",
  to_partner: "Kepada mitra", from_partner: "Dari mitra",
};
const PICTURES = new Set(["image/jpeg", "image/png", "image/webp"]);
const BROKEN = "Bagian ini tidak bisa dibuka: segelnya rusak. Beri tahu pengelola di kantor.";

const root = document.querySelector("[data-tip]");
const number = root.dataset.tip;
const at = (id) => document.getElementById(id);

/** An element with only text in it: nothing of a report is ever read as HTML. */
function element(tag, words = "", className = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = words;
  return made;
}

// ---- reading

async function openCase() {
  const own = await privateKey();
  const page = await post(`/tip/${number}/open`, { why: root.dataset.why ?? "read" });
  const tip = await openTip(own, page);
  return { tip: { ...tip, public: page.public }, parts: page.parts };
}

async function show(opened) {
  const { tip, parts } = opened;
  const talk = [];
  const files = [];
  for (const part of parts) {
    if (part.kind === "attachment") files.push(part);
    else if (part.kind === "report") showReport(await contentOf(tip, part));
    else talk.push([part, await contentOf(tip, part)]);
  }
  showTalk(talk);
  showFiles(tip, files);
}

async function contentOf(tip, part) {
  try {
    return (await openPart(tip, part)).content;
  } catch {
    return { broken: BROKEN };
  }
}

function showReport(report) {
  const list = at("facts");
  list.replaceChildren();
  if (report.broken) list.append(element("dd", report.broken, "error"));
  const known = new Set(LABELS.map(([name]) => name));
  const needed = root.dataset.topic === "question" ? ["question", "where_name"]
    : ["what", "where_name", "when", "who"];
  for (const [name, label] of LABELS) {
    let words = report[name] ?? "";
    if (name === "where_name") words ||= root.dataset.place;
    if (name === "where_words" && words === report.where_name) continue;
    if (words || needed.includes(name)) addFact(list, label, words || "tidak tahu");
  }
  const others = Object.entries(report).filter(
    ([name, words]) => words && !known.has(name) && !TOLD_APART.has(name) && name !== "broken",
  );
  for (const [, words] of others) addFact(list, "Lain-lain", words);
}

function addFact(list, label, words) {
  list.append(element("dt", label), element("dd", words === "yes" ? "ya" : plain(words)));
}

function showTalk(talk) {
  const list = at("talk");
  if (!list) return;
  list.replaceChildren();
  at("no-talk").hidden = talk.length > 0;
  for (const [part, content] of talk) {
    const item = element("li", "", part.kind === "note" ? "inside" : "");
    item.append(element("time", `${WHO[part.kind] ?? "Lain-lain"}, ${part.at}`));
    item.append(element("p", plain(content.text ?? content.broken ?? "")));
    list.append(item);
  }
}

function showFiles(tip, files) {
  const card = at("files");
  if (!card) return;
  card.hidden = files.length === 0;
  const list = card.querySelector("ul");
  list.replaceChildren();
  files.forEach((part, index) => {
    const item = document.createElement("li");
    const size = Math.max(1, Math.round(part.size / 1024));
    const button = element("button", `Buka lampiran ${index + 1} (${size} KB)`, "secondary");
    button.type = "button";
    button.addEventListener("click", () => openFile(tip, part, item, button));
    item.append(button);
    list.append(item);
  });
}

async function openFile(tip, part, item, button) {
  button.disabled = true;
  item.querySelector(".error")?.remove();
  try {
    const sealed = await fetchPart(part.uid);
    const plainBytes = await openWith(tip.bytes, partInfo(tip.id, part.kind, part.uid), sealed);
    const { content, data } = unpack(plainBytes);
    const size = Number(content.size);
    button.replaceWith(shownFile(content, size ? data.slice(0, size) : data));
  } catch (problem) {
    const words = problem instanceof Refused ? problem.message : BROKEN;
    item.append(element("p", words, "error"));
    button.disabled = false;
  }
}

async function fetchPart(uid) {
  const { root: base, csrf } = document.body.dataset;
  let response;
  try {
    response = await fetch(`${base}/tip/${number}/part/${uid}`, {
      method: "POST", body: "{}",
      headers: { "Content-Type": "application/json", "X-CSRF": csrf },
    });
  } catch {
    throw new Refused("Tidak tersambung. Periksa internet Anda, lalu coba lagi.", 0);
  }
  if (!response.ok) {
    const answer = await response.json().catch(() => ({}));
    throw new Refused(answer.error ?? "Ada gangguan. Coba lagi.", response.status);
  }
  return new Uint8Array(await response.arrayBuffer());
}

/** A picture or a sound from memory; anything else only as a file that no program opens by itself. */
function shownFile(content, data) {
  const type = content.media_type ?? "";
  const name = plain(content.name ?? "lampiran");
  const box = document.createElement("figure");
  const isPicture = PICTURES.has(type), isSound = /^audio\/[a-z0-9.+-]+$/.test(type);
  const kind = isPicture || isSound ? type : "application/octet-stream";
  const address = URL.createObjectURL(new Blob([data], { type: kind }));
  if (isPicture) {
    const picture = document.createElement("img");
    picture.src = address;
    picture.alt = "Foto dari pengirim";
    box.append(picture);
  } else if (isSound) {
    const sound = document.createElement("audio");
    sound.controls = true;
    sound.src = address;
    box.append(sound);
  } else {
    const link = element("a", "Simpan sebagai berkas .bin", "secondary");
    link.href = address;
    link.download = `${(content.name ?? "lampiran").replace(/[^\p{L}\p{N}._-]+/gu, "_").slice(0, 60)}.bin`;
    box.append(element("p", "Hati-hati: berkas ini dari orang yang tidak dikenal. Jangan dibuka di HP atau komputer kantor tanpa diperiksa dulu.", "hint"), link);
  }
  box.append(element("figcaption", name));
  return box;
}

// ---- working on it

/** Sends a form; where a colleague's key is missing it seals the tip's key to it and sends again. */
async function send(opened, act, body) {
  for (let tries = 0; tries < 3; tries += 1) {
    const answer = await post(`/tip/${number}/${act}`, body);
    if (!answer.wrap_for) return answer.go;
    if (!opened) throw new Refused("Isi laporan belum terbuka di sini. Muat ulang halaman.", 0);
    const { id, public: key } = answer.wrap_for;
    const wrap = await sealFor(key, wrapInfo(opened.tip.id, id), opened.tip.bytes);
    body = { ...body, key_id: id, wrap: b64(wrap) };
  }
  throw new Refused("Kuncinya berubah terus. Muat ulang halaman.", 0);
}

function bodyOf(form) {
  const body = {};
  for (const [name, value] of new FormData(form)) {
    body[name] = form.elements[name].dataset?.number === undefined ? value : Number(value);
  }
  return body;
}

/** A note is sealed here: the server never reads it. */
async function sealedNote(opened, body) {
  if (!opened) throw new Refused("Isi laporan belum terbuka di sini. Muat ulang halaman.", 0);
  const text = body.words.trim();
  if (text.length < 3) throw new Refused("Tulisan terlalu pendek.", 0);
  const uid = Array.from(random(12), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const { tip } = opened;
  const sealed = await sealFor(tip.public, partInfo(tip.id, "note", uid), pack({ text }));
  return { nonce: body.nonce, uid, sealed: b64(sealed) };
}

function wire(form, ready) {
  const button = form.querySelector("button:not([type=button])");
  const error = form.appendChild(element("p", "", "error"));
  error.setAttribute("role", "alert");
  let note = null; // what was sealed stays the same when it is sent again
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    error.textContent = "";
    try {
      const opened = await ready.catch(() => null);
      let body = bodyOf(form);
      if (form.dataset.act === "note") {
        if (note?.words !== body.words) note = { words: body.words, body: await sealedNote(opened, body) };
        body = note.body;
      }
      const go = await send(opened, form.dataset.act, body);
      location.assign(`${document.body.dataset.root}${go}`);
    } catch (problem) {
      error.textContent = problem instanceof Refused ? problem.message : "Ada gangguan. Coba lagi.";
      error.scrollIntoView({ block: "nearest" });
      button.disabled = false;
    }
  });
}

function wireCanned(button) {
  button.addEventListener("click", () => {
    const field = at("words");
    field.value = field.value ? `${field.value.trimEnd()} ${button.textContent.trim()}` : button.textContent.trim();
    field.focus();
  });
}

export const ready = openCase();
document.querySelectorAll("form[data-act]").forEach((form) => wire(form, ready));
document.querySelectorAll("button.canned").forEach(wireCanned);
try {
  if (at("facts")) await show(await ready);
} catch (problem) {
  const noWrap = !(problem instanceof Refused);
  at("facts").replaceChildren(element("dd", noWrap
    ? "Kunci Anda belum bisa membuka laporan ini. Mintalah pimpinan membuka konsol sebentar, lalu muat ulang halaman ini."
    : problem.message, "error"));
}
