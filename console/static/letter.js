// What a partner is handed of a case, as flows/forwarding.py writes it; here because a sealed case
// is readable only in its officer's browser. What points to a person is hidden unless ticked.

import { defanged } from "./plain.js";

const TOLD = ["what", "where_name", "when", "who", "proof"];
const ON_REQUEST = ["victim", "where_words"];
export const HIDDEN = "[disamarkan]";
const MOST = 4000;

const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;
const GAP = "[\\s_/.\\-\\u2010-\\u2015\\u2212()]{0,4}";
const NUMBER = new RegExp(`\\+?[\\p{Nd}OolI](?:${GAP}[\\p{Nd}OolI]){6,}`, "gu");
const LEAST_DIGITS = 7, IDENTITY_DIGITS = 15;
const MONEY = /^\p{Nd}{1,3}(?:[. ]\p{Nd}{3})+$/u;
const DAY = /^\p{Nd}{1,2}[-/. ]\p{Nd}{1,2}[-/. ]\p{Nd}{2,4}$/u;
const HOLDER = new RegExp(
  `(?<![\\p{L}])[Rr][Ee][Kk](?:[Ee][Nn][Ii][Nn][Gg])?(?:[Nn][Yy][Aa])?\\s+(?:\\p{Lu}+\\s+)?`
  + `(?:[Aa]\\.?[Nn]\\.?|[Aa][Tt][Aa][Ss]\\s+[Nn][Aa][Mm][Aa])(?:\\s+[\\p{L}\\p{N}_.'-]+){1,3}`, "gu",
);
const EMAIL = /[\p{L}\p{N}_.+-]{1,64}@[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)+/gu;
const B = "(?<![\\p{L}\\p{N}_])", E = "(?![\\p{L}\\p{N}_])";
// The flag i is missing on purpose: a capital letter tells a name. (?:[Jj]l) and the like stand for it.
const any = (words) => words.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
const NAME = `(?:\\s+(?:\\p{Lu}[\\p{L}\\p{N}_'-]*|${any("binti")}|${any("bin")}))`;
const ME = any("saya|aku|kami|kita|gue|gua|kulo|kula|inyong|nyong|enyong|abdi|simkuring|kuring|sengko");
const KIN = any(
  "anak|suami|istri|isteri|ibu|bapak|ayah|mama|kakak|adik|adek|saudara|sepupu|keponakan|paman"
  + "|bibi|kakek|nenek|mertua|ipar|tetangga|teman|kawan|pacar|majikan|rumah|keluarga|bojo|lanang",
);
const RT = `${B}${any("rt")}${E}[\\s.:/]{0,3}\\p{Nd}{1,3}(?:\\s*[/,]?\\s*${any("rw")}${E}[\\s.:/]{0,3}\\p{Nd}{1,3})?`;
const RW = `${B}${any("rw")}${E}[\\s.:/]{0,3}\\p{Nd}{1,3}`;
const STREET = `${B}(?:(?:${any("jl|jln|gang|gg")})${E}\\.?\\s+[\\p{L}\\p{N}_'-]+|${any("jalan")}\\s+\\p{Lu}[\\p{L}\\p{N}_'-]*)`
  + `(?:\\s+(?!(?:${any("rt|rw|no")})${E})\\p{Lu}[\\p{L}\\p{N}_'-]*){0,3}(?:\\s+${any("no")}(?:${any("mor")})?\\.?\\s*\\p{Nd}{1,4}[\\p{L}\\p{N}_]?)?`;
const HOUSE = `${B}(?:${any("no")}(?:${any("mor")})?\\.?\\s+${any("rumah")}|${any("rumah")}\\s+${any("no")}(?:${any("mor")})?\\.?)\\s*\\p{Nd}{1,4}[\\p{L}\\p{N}_]?`;
const ADDRESS = new RegExp([STREET, RT, RW, HOUSE].join("|"), "gu");
const OF_ME = new RegExp(
  `${B}${any("nama")}\\s*(?:${any("ku")}|(?:${ME}))${E}(?:\\s+${any("adalah")})?(?:\\s+[\\p{L}\\p{N}_'-]+){0,2}${NAME}{0,4}`
  + `|${B}(?:${KIN})(?:\\s+(?:${ME})|${any("ku")})${E}${NAME}{0,3}`, "gu",
);
const I = new RegExp(
  `${B}(?:${ME})${E}(?:\\s+(?!(?:${any("pt|cv|pak|bu|bapak|ibu")})${E})\\p{Lu}[\\p{L}\\p{N}_'-]+){0,2}`, "gu",
);

/** Without line breaks and invisible signs: an answer can't pose as a line of the letter. */
export function oneLine(text) {
  return [...text.replace(UNSEEN, "").split(/\s+/u).filter(Boolean).join(" ")].slice(0, MOST).join("");
}

/** [{kind, words, index}] of all that points to a person; `own` = the officer's words, where "kami" is the
 *  office. Kinds: number, identity, email, address, self. */
export function findings(text, own = false) {
  const found = [];
  const add = (kind, pattern) => {
    for (const { 0: words, index } of text.matchAll(pattern)) found.push({ kind, words, index });
  };
  for (const { 0: words, index } of text.matchAll(NUMBER)) {
    const digits = words.match(/\p{Nd}/gu)?.length ?? 0;
    const isMoney = MONEY.test(words.trim()) && /(?:rp\.?|idr|rm)\s*$/i.test(text.slice(0, index));
    if (digits < LEAST_DIGITS || isMoney || DAY.test(words.trim())) continue;
    found.push({ kind: digits >= IDENTITY_DIGITS ? "identity" : "number", words, index });
  }
  add("number", HOLDER);
  add("email", EMAIL);
  add("address", ADDRESS);
  add("self", OF_ME);
  if (!own) add("self", I);
  return found;
}

/** The letter's text. `choice`: {partner, ground, asked, tick: Set}; `page`: what the server gave. */
export function letter(report, choice, page) {
  const { partner, ground, asked, tick } = choice;
  const lines = [
    [page.words.title, page.words.unproven], [page.words.case, page.case],
    [page.words.office, page.office], [page.words.partner, oneLine(partner.name)],
    [page.words.basis, ground.basis], [page.words.data_basis, ground.data_basis],
  ];
  const names = ground.data ? [...TOLD, ...ON_REQUEST.filter((name) => tick.has(name))] : [];
  for (const name of names) {
    const words = oneLine(report[name] ?? "");
    if (words) lines.push([page.told[name], hidden(words, tick)]);
  }
  lines.push([page.told.asked, hidden(oneLine(asked), tick, true)]);
  lines.push([page.words.due, page.due], [page.words.care, ground.care]);
  lines.push([page.words.reporter, page.words.reporter_kept]);
  return lines.map(([heading, words]) => `${heading}: ${words.trim()}`).join("\n");
}

/** The words with every finding hidden whose kind is not ticked; no live link. */
export function hidden(text, tick, own = false) {
  const found = findings(text, own).filter((one) => !tick.has(one.kind));
  found.sort((a, b) => a.index - b.index);
  let shown = "", done = 0;
  for (const { words, index } of found) {
    if (index >= done) shown += text.slice(done, index) + HIDDEN;
    done = Math.max(done, index + words.length);
  }
  return defanged(shown + text.slice(done));
}
