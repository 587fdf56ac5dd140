// What the forms of the entrance share: one submit at a time, words for errors, a new password.
import { passphrase, weakness } from "./passwords.js";

/** Runs `work` on submit; what it throws is shown in the form's own error line. */
export function onSubmit(form, work, waiting = "") {
  const button = form.querySelector("button.primary, button.danger");
  const error = form.querySelector(".error");
  const words = button.textContent;
  button.disabled = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    button.textContent = waiting || words;
    error.textContent = "";
    try {
      await work();
    } catch (refused) {
      error.textContent = refused.message || "Ada gangguan. Coba lagi.";
      error.scrollIntoView({ block: "nearest" });
    }
    button.textContent = words;
    button.disabled = false;
  });
}

/** The fields of a new password (parts.html): gives the function that reads it, or throws why not. */
export function newPassword(staffNo, name) {
  const byId = (id) => document.getElementById(id);
  const offer = () => {
    byId("offered").textContent = passphrase();
    byId("offer").hidden = false;
    byId("make-offer").hidden = true;
  };
  byId("make-offer").addEventListener("click", offer);
  byId("other-offer").addEventListener("click", offer);
  byId("use-offer").addEventListener("click", () => {
    for (const id of ["new-password", "again"]) byId(id).value = byId("offered").textContent;
  });
  return () => {
    const password = byId("new-password").value;
    const problem = weakness(password, staffNo, name);
    if (problem) throw new Error(problem);
    if (password !== byId("again").value) throw new Error("Kedua kata sandi tidak sama. Ketik lagi dua-duanya.");
    return password;
  };
}
