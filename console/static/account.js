// One's own account. Each change asks for the present password; the server gets only its proof.
import {
  b64, derive, keepKey, lock, newKeyPair, newRecoveryCode, officeKeyInfo, openWith, post,
  privateKey, recoveryKey, sealFor, testInfo, unb64, wrapInfo,
} from "./keys.js";
import { newPassword, onSubmit } from "./forms.js";
import { changeOfficeKey, work } from "./key_work.js";

const { staffNo, name, salt: saltText } = document.getElementById("account").dataset;
const { half, root } = document.body.dataset;
const salt = unb64(saltText);
const readPassword = newPassword(staffNo, name);
const value = (id) => document.getElementById(id).value;

function section(id) {
  const form = document.getElementById(id);
  const code = form.querySelector("[data-code]");
  return {
    form,
    say: (words) => { form.querySelector(".done").textContent = words; },
    showCode: (letters) => { code.textContent = letters; code.hidden = false; },
    clear: () => { for (const input of form.querySelectorAll("input[type=password]")) input.value = ""; },
  };
}

const password = section("change-password");
onSubmit(password.form, async () => {
  const next = await derive(readPassword(), salt);
  const old = await derive(value("old-for-password"), salt);
  const key = await privateKey();
  await post("/account/password", {
    proof: b64(old.proof), new_proof: b64(next.proof),
    by_password: b64(await lock(next.key, key.id, "password", key.bytes)),
  });
  password.clear();
  password.say("Kata sandi diganti. Sesi lain sudah ditutup.");
}, "Menyimpan…");

const recovery = section("change-recovery");
onSubmit(recovery.form, async () => {
  const old = await derive(value("old-for-recovery"), salt);
  const key = await privateKey();
  const code = newRecoveryCode();
  const byCode = await recoveryKey(code, salt);
  await post("/account/recovery", {
    proof: b64(old.proof), by_recovery: b64(await lock(byCode, key.id, "recovery", key.bytes)),
  });
  recovery.clear();
  recovery.showCode(code);
  recovery.say("Tulis kode ini di kertas sekarang. Kode lama tidak berlaku lagi.");
}, "Membuat kode…");

const own = section("change-key");
onSubmit(own.form, async () => {
  const derived = await derive(value("old-for-key"), salt);
  const old = await privateKey();
  const key = await newKeyPair();
  const code = newRecoveryCode();
  const byCode = await recoveryKey(code, salt);
  const { sealed } = await post("/account/key", {
    proof: b64(derived.proof), key_id: key.id, public: b64(key.public),
    by_password: b64(await lock(derived.key, key.id, "password", key.bytes)),
    by_recovery: b64(await lock(byCode, key.id, "recovery", key.bytes)),
  });
  await rewrapOwn(old, key);
  const word = await openWith(key.bytes, testInfo(key.id), sealed);
  await post("/account/key/proof", { key_id: key.id, word: new TextDecoder().decode(word) });
  await keepKey(half, key);
  own.clear();
  own.showCode(code);
  own.say("Kunci diganti. Tulis kode pemulihan baru ini di kertas sekarang.");
}, "Mengunci ulang…");

/** Everything the old key opens is wrapped to the new one, a handful at a time. */
async function rewrapOwn(old, key) {
  for (;;) {
    const response = await fetch(`${root}/account/key?key=${key.id}`, { cache: "no-store" });
    if (!response.ok) throw new Error("Ada gangguan. Coba lagi sebentar.");
    const todo = await response.json();
    if (!todo.left) return;
    own.say(`Masih ${todo.left} laporan…`);
    await post("/account/key/wraps", {
      key_id: key.id,
      tips: await Promise.all(todo.tips.map(({ id, wrap }) => rewrap(id, wrap, wrapInfo))),
      office: await Promise.all(todo.office.map(({ id, wrap }) => rewrap(id, wrap, officeKeyInfo))),
    });
  }

  async function rewrap(id, wrap, info) {
    const bytes = await openWith(old.bytes, info(id, old.id), wrap);
    return { id, wrap: b64(await sealFor(key.public, info(id, key.id), bytes)) };
  }
}

if (document.getElementById("change-office-key")) {
  const office = section("change-office-key");
  onSubmit(office.form, async () => {
    await changeOfficeKey();
    office.say("Kunci kantor diganti. Laporan sedang dikunci ulang.");
    await work(office.say);
    office.say("Kunci kantor diganti, dan semua laporan sudah dikunci ulang.");
    office.form.reset();
  }, "Mengganti…");
}
