// A case on paper: only what a colleague or partner needs, and nothing that points to the reporter.
import { openPart } from "./keys.js";
import { ready } from "./case.js";
import { hidden, oneLine } from "./letter.js";
import { plain } from "./plain.js";

const SHOWN = [
  ["question", "Pertanyaan"], ["what", "Kejadian"], ["where_name", "Tempat"], ["when", "Waktu"],
  ["who", "Pelaku"], ["victim", "Korban"], ["proof", "Bukti"],
];
const list = document.getElementById("facts");

try {
  const { tip, parts } = await ready;
  const report = (await openPart(tip, parts.find((part) => part.kind === "report"))).content;
  report.where_name ||= document.querySelector("[data-place]").dataset.place;
  list.replaceChildren();
  for (const [name, label] of SHOWN) {
    if (!report[name]) continue;
    const words = document.createElement("dd");
    words.textContent = plain(hidden(oneLine(report[name]), new Set()));
    const heading = document.createElement("dt");
    heading.textContent = label;
    list.append(heading, words);
  }
  const button = document.getElementById("print");
  button.disabled = false;
  button.addEventListener("click", () => window.print());
} catch {
  const words = document.createElement("dd");
  words.className = "error";
  words.textContent = "Isi laporan tidak bisa dibuka dengan kunci Anda.";
  list.replaceChildren(words);
}
