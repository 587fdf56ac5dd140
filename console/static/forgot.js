// A forgotten password: the printed recovery code opens the private key here, and a new password
// locks it again. The code itself is not sent.
import {
  b64, derive, keepKey, lock, openWith, post, recoveryKey, SealBroken, testInfo, unb64, unlock,
} from "./keys.js";
import { newPassword, onSubmit } from "./forms.js";

const byId = (id) => document.getElementById(id);
const step = (number) => document.querySelector(`[data-step="${number}"]`);
const readPassword = newPassword("", "");
let begun; // the server's answer, once the code app's code was right
let privateBytes;

onSubmit(step(1).querySelector("form"), async () => {
  begun ??= await post("/forgot/begin", { staff_no: byId("staff-no").value, code: byId("code").value });
  const key = await recoveryKey(byId("recovery").value, unb64(begun.salt));
  try {
    privateBytes = await unlock(key, begun.key_id, "recovery", unb64(begun.by_recovery));
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    throw new Error("Kode pemulihan tidak cocok. Periksa huruf demi huruf.");
  }
  step(1).hidden = true;
  step(2).hidden = false;
}, "Memeriksa…");

onSubmit(step(2).querySelector("form"), async () => {
  const derived = await derive(readPassword(), unb64(begun.salt));
  const word = await openWith(privateBytes, testInfo(begun.key_id), begun.sealed);
  const answer = await post("/forgot/finish", {
    ticket: begun.ticket, word: new TextDecoder().decode(word), proof: b64(derived.proof),
    by_password: b64(await lock(derived.key, begun.key_id, "password", privateBytes)),
  });
  await keepKey(answer.half, { id: begun.key_id, bytes: privateBytes });
  location.replace(answer.next);
}, "Menyimpan…");
