// Broadcasts: how long the text is, one click one post, and how far a running one is.

const { root } = document.body.dataset;
const EVERY = 4000;

for (const text of document.querySelectorAll("textarea[data-most]")) {
  const line = document.getElementById("count");
  const most = Number(text.dataset.most);
  const count = () => {
    const letters = [...text.value.trim()].length;
    line.textContent = letters > most ? `${letters} huruf, paling banyak ${most}.` : `${letters} dari ${most} huruf.`;
    line.classList.toggle("over", letters > most);
  };
  text.addEventListener("input", count);
  count();
}

for (const form of document.querySelectorAll("form.once")) {
  form.addEventListener("submit", () => { form.querySelector("button").disabled = true; });
}
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("form.once button")) button.disabled = false;
});

const card = document.getElementById("broadcast");
if (card && "open" in card.dataset) window.setTimeout(look, EVERY);

async function look() {
  if (!document.hidden) {
    try {
      const response = await fetch(`${root}/api/broadcasts/${card.dataset.number}`, { redirect: "error", cache: "no-store" });
      if (!response.ok) return;
      const now = await response.json();
      const same = now.status === card.dataset.status && now.acts.join(" ") === card.dataset.acts;
      if (!same && !document.querySelector("details[open]")) return again();
      show(now);
    } catch { /* no connection for a moment: ask again */ }
  }
  window.setTimeout(look, EVERY);
}

/** Not a reload: after a refusal this page is the answer to a post. */
function again() {
  location.replace(`${root}/broadcasts/${card.dataset.number}`);
}

function show(now) {
  const bar = card.querySelector(".far progress");
  if (!bar) {
    if (now.of && !document.querySelector("details[open]")) again();
    return;
  }
  bar.max = now.of;
  bar.value = now.done;
  card.querySelector(".done-of").textContent = `${now.done} dari ${now.of}`;
  document.getElementById("counts").replaceChildren(...now.counts.map((one) => row(one, now.of)));
  document.getElementById("answers").textContent =
    `${now.replies} orang menulis setelah siaran ini, ${now.stops} di antaranya STOP.`;
}

function row(one, of) {
  const line = document.createElement("tr");
  const name = document.createElement("th");
  name.scope = "row";
  name.textContent = one.words;
  const bar = document.createElement("progress");
  bar.max = of;
  bar.value = one.number;
  const cells = [document.createElement("td"), document.createElement("td")];
  cells[0].append(bar);
  cells[1].textContent = one.number;
  line.append(name, ...cells);
  return line;
}
