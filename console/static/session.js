// A signed-in page covers itself when its session ends: nobody reads it on a phone left lying about.
import { forgetKey } from "./keys.js";

const { root } = document.body.dataset;

function watch(seconds) {
  window.setTimeout(look, Math.min(seconds + 1, 3600) * 1000);
}

async function look() {
  let left = 0;
  try {
    const response = await fetch(`${root}/session`, { redirect: "error", cache: "no-store" });
    if (response.ok) left = (await response.json()).seconds;
  } catch { /* no connection and no session look alike: cover the page */ }
  if (left > 0) watch(left);
  else cover();
}

function cover() {
  forgetKey();
  const card = document.createElement("section");
  card.className = "card";
  const title = document.createElement("h1");
  title.textContent = "Waktu masuk habis";
  const words = document.createElement("p");
  words.textContent = "Demi keamanan halaman ini ditutup. Masuklah lagi, nanti Anda kembali ke sini.";
  const link = document.createElement("a");
  link.className = "primary";
  link.href = `${root}/?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = "Masuk lagi";
  card.append(title, words, link);
  document.querySelector("main").replaceChildren(card);
}

watch(Number(document.body.dataset.seconds));
window.addEventListener("pageshow", (event) => { if (event.persisted) look(); });
document.querySelector("header form")?.addEventListener("submit", forgetKey);
