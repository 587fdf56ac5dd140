// Signing in: the password becomes a proof here; the private key opens here and stays in this tab.
import { b64, derive, forgetKey, keepKey, post, unb64, unlock } from "./keys.js";

const REMEMBERED = "kentongan-staff-no";
const form = document.getElementById("sign-in");
const field = (id) => document.getElementById(id);
const button = form.querySelector("button");

field("staff-no").value = localStorage.getItem(REMEMBERED) ?? "";
forgetKey();
button.disabled = false;
(field("staff-no").value ? field("password") : field("staff-no")).focus();

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (button.disabled) return;
  button.disabled = true;
  field("error").textContent = "";
  try {
    const next = await signIn();
    location.assign(next);
  } catch (refused) {
    field("error").textContent = refused.message;
    field("code").value = "";
    field("progress").textContent = "";
    button.disabled = false;
  }
});

async function signIn() {
  const staffNo = field("staff-no").value.trim();
  field("progress").textContent = "Membuka kunci… ini bisa beberapa detik.";
  const { salt } = await post("/sign-in/salt", { staff_no: staffNo });
  const derived = await derive(field("password").value, unb64(salt));
  const answer = await post("/sign-in", {
    staff_no: staffNo, proof: b64(derived.proof), code: field("code").value, next: form.dataset.next,
  });
  const bytes = await unlock(derived.key, answer.key_id, "password", unb64(answer.by_password));
  await keepKey(answer.half, { id: answer.key_id, bytes });
  localStorage.setItem(REMEMBERED, staffNo);
  return answer.next;
}
