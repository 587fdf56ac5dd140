// Handing a case to a partner: the letter is written here, looked at, put on record, and only then
// locked into a file (age) or printed. The server keeps whom, why and the letter's SHA-256.
import { newRecoveryCode, openPart, post, Refused } from "./keys.js";
import { ready } from "./case.js";
import { findings, letter } from "./letter.js";

const WORK_FACTOR = 15; // of 2: 32 MB, so that a cheap phone can; the passphrase has 119 bits
const AGE_KEY = /^age1[02-9ac-hj-np-z]{58}$/;
const number = document.querySelector("[data-tip]").dataset.tip;
const page = JSON.parse(document.getElementById("letter-words").textContent);
const at = (id) => document.getElementById(id);
const form = at("forward");
const button = form.querySelector("button.primary");
let report = null;
let edited = false;

const partner = () => page.partners.find((one) => one.key === at("partner").value);
const ground = () => page.grounds.find((one) => one.id === at("ground").value);
const how = () => form.querySelector("[name=how]:checked").value;

function offerGrounds() {
  const kind = partner()?.kind;
  at("ground").disabled = !kind;
  for (const option of at("ground").options) {
    if (!option.value) continue;
    const fits = page.grounds.find((one) => one.id === option.value).partners.includes(kind);
    option.hidden = option.disabled = !fits;
    if (!fits && option.selected) at("ground").value = "";
  }
  at("reach").textContent = partner()?.reach ?? "";
  at("basis").textContent = ground() ? `${ground().basis}. ${ground().care}` : "";
}

function write() {
  offerGrounds();
  if (!report || !partner() || !ground() || edited) return look();
  const tick = new Set([...form.querySelectorAll("[name=tick]:checked")].map((box) => box.value));
  const choice = { partner: partner(), ground: ground(), asked: at("asked").value, tick };
  at("letter").value = letter(report, choice, page);
  return look();
}

/** What in the letter still points to a person, for the officer to decide. */
function look() {
  const lines = at("letter").value.split("\n");
  const left = lines.flatMap((line) => findings(line, line.startsWith(`${page.told.asked}:`)));
  const words = [...new Set(left.map((one) => one.words.trim()))].filter((one) => one.length > 1);
  at("left").textContent = words.length ? `Periksa lagi: ${words.slice(0, 8).join("; ")}` : "";
  at("key-box").hidden = how() !== "key";
  button.disabled = !report || !at("letter").value.trim();
}

async function sha256(text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** {bytes, passphrase} of the letter as an age file. */
async function locked(text) {
  const { Encrypter } = await import("./vendor/age.js");
  const encrypter = new Encrypter();
  let passphrase = "";
  if (how() === "key") {
    encrypter.addRecipient(at("recipient").value.trim());
  } else {
    passphrase = newRecoveryCode();
    encrypter.setScryptWorkFactor(WORK_FACTOR);
    encrypter.setPassphrase(passphrase);
  }
  return { bytes: await encrypter.encrypt(text), passphrase };
}

async function handOver() {
  if (how() === "key" && !AGE_KEY.test(at("recipient").value.trim())) {
    throw new Refused("Kunci mitra tidak cocok. Kunci age diawali age1 dan panjangnya 62 huruf.", 0);
  }
  const text = at("letter").value.trim();
  const file = how() === "paper" ? null : await locked(text);
  await post(`/tip/${number}/forwarded`, {
    nonce: form.dataset.nonce, partner: partner().key, ground: ground().id, digest: await sha256(text),
  });
  form.hidden = true;
  at("done").hidden = false;
  if (file) showFile(file);
  else showPaper(text);
}

function showFile({ bytes, passphrase }) {
  at("done-words").textContent = passphrase
    ? "Kirim berkasnya lewat surel dinas. Sampaikan kata sandi ini lewat telepon, jangan di surel yang sama. Kata sandi tidak tersimpan di mana pun."
    : "Kirim berkasnya lewat surel dinas. Hanya pemilik kunci itu yang bisa membukanya.";
  at("passphrase").textContent = passphrase;
  at("file").hidden = false;
  at("file").download = `rangkuman-${number}.age`;
  at("file").href = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
}

function showPaper(text) {
  at("done-words").textContent = "Cetak lembar ini dan serahkan langsung. Simpan tanda terimanya.";
  at("paper").hidden = false;
  at("paper").textContent = text;
  window.print();
}

for (const id of ["partner", "ground"]) at(id).addEventListener("change", write);
at("asked").addEventListener("input", write);
form.querySelectorAll("[name=tick]").forEach((box) => box.addEventListener("change", () => { edited = false; write(); }));
form.querySelectorAll("[name=how]").forEach((box) => box.addEventListener("change", look));
at("letter").addEventListener("input", () => { edited = true; look(); });
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (button.disabled) return;
  button.disabled = true;
  at("trouble").textContent = "";
  try {
    await handOver();
  } catch (problem) {
    at("trouble").textContent = problem instanceof Refused ? problem.message : "Ada gangguan. Coba lagi.";
    at("trouble").scrollIntoView({ block: "center" });
    button.disabled = false;
  }
});

try {
  const { tip, parts } = await ready;
  report = (await openPart(tip, parts.find((part) => part.kind === "report"))).content;
  report.where_name ||= document.querySelector("[data-place]").dataset.place;
  if (report.question && !report.what) report.what = report.question;
  write();
} catch (problem) {
  at("trouble").textContent = problem instanceof Refused ? problem.message
    : "Isi laporan tidak bisa dibuka dengan kunci Anda.";
}
