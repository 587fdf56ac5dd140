// The first visit: everything secret is made here and only its locked form is sent.
import {
  b64, derive, keepKey, lock, newKeyPair, newRecoveryCode, openWith, post, random, recoveryKey,
  testInfo,
} from "./keys.js";
import { newPassword, onSubmit } from "./forms.js";
import { qrcode } from "./vendor/qr.js";

const page = document.getElementById("setup");
const { path, staffNo, name, otpauth } = page.dataset;
const step = (number) => page.querySelector(`[data-step="${number}"]`);
const form = (number) => step(number).querySelector("form");
const salt = random(16);
const made = {}; // what the steps have given so far
let deriving;

function show(number) {
  for (const section of page.querySelectorAll("[data-step]")) {
    section.hidden = section.dataset.step !== String(number);
  }
  document.getElementById("step-name").textContent = `Langkah ${number} dari 4`;
  step(number).querySelector("h1").scrollIntoView({ block: "center" });
  window.onbeforeunload = number > 1 ? () => true : null;
}

function drawQr() {
  const code = qrcode(0, "M");
  code.addData(otpauth);
  code.make();
  const size = code.getModuleCount();
  const ns = "http://www.w3.org/2000/svg";
  const image = document.createElementNS(ns, "svg");
  image.setAttribute("viewBox", `-4 -4 ${size + 8} ${size + 8}`);
  image.setAttribute("role", "img");
  image.setAttribute("aria-label", "Gambar QR untuk aplikasi kode");
  const dark = document.createElementNS(ns, "path");
  let d = "";
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (code.isDark(row, column)) d += `M${column} ${row}h1v1h-1z`;
    }
  }
  dark.setAttribute("d", d);
  image.append(dark);
  document.getElementById("qr").append(image);
}

const readPassword = newPassword(staffNo, name);

onSubmit(form(1), async () => {
  deriving = derive(readPassword(), salt); // goes on while the code app is set up
  deriving.catch(() => {});
  show(2);
});

onSubmit(form(2), async () => {
  const code = document.getElementById("first-code").value;
  Object.assign(made, await post(`${path}/code`, { code }));
  made.recovery = newRecoveryCode();
  document.getElementById("recovery-code").textContent = made.recovery;
  show(3);
}, "Memeriksa…");

onSubmit(form(3), async () => {
  made.key = await newKeyPair();
  const { sealed } = await post(`${path}/test`, { key_id: made.key.id, public: b64(made.key.public) });
  const opened = await openWith(made.key.bytes, testInfo(made.key.id), sealed);
  made.word = new TextDecoder().decode(opened);
  document.getElementById("word").textContent = made.word;
  show(4);
}, "Membuat kunci…");

onSubmit(form(4), async () => {
  const { key } = made;
  const derived = await deriving;
  const byCode = await recoveryKey(made.recovery, salt);
  const answer = await post(path, {
    step: made.step, receipt: made.receipt, salt: b64(salt), proof: b64(derived.proof),
    key_id: key.id, public: b64(key.public), word: made.word,
    by_password: b64(await lock(derived.key, key.id, "password", key.bytes)),
    by_recovery: b64(await lock(byCode, key.id, "recovery", key.bytes)),
  });
  await keepKey(answer.half, key);
  localStorage.setItem("kentongan-staff-no", staffNo);
  window.onbeforeunload = null;
  location.replace(answer.next);
}, "Menyimpan…");

drawQr();
