// Words of strangers made harmless to look at: the same rules as flows/plain_text.py, letter for
// letter (tests/browser/test_console_case.py compares the two). The result is only ever set as textContent.

const UNSEEN = new Set("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0");
const HIDDEN = /^[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]$/u;
const MARK = /^[\p{Mn}\p{Me}]$/u;
const SPACE = /^\p{Zs}$/u;
const MOST_MARKS = 3;

const DOTS = ".\u3002\uff0e\uff61";
const WORD_LETTER = "\\p{L}\\p{N}_";
const LABEL = `[${WORD_LETTER}⟦⟧+\\-]`;
const HOST = new RegExp(`(?<!${LABEL})${LABEL}+(?:[${DOTS}]${LABEL}+)+`, "gu");
const IP_WITH_PATH = new RegExp(`(?<![${WORD_LETTER}.])\\p{Nd}{1,3}(?:\\.\\p{Nd}{1,3}){3}(?=[/:])`, "gu");
const NOT_A_HOST = new Set([
  "bp", "bpk", "cv", "dk", "dr", "drs", "ds", "dsn", "h", "hj", "ibu", "ir", "jl", "jln", "kab",
  "kec", "kh", "no", "pt", "rt", "rw", "sdr", "sdri", "tb", "ud",
]);

/** The text with unseen characters as tokens like ⟦U+202E⟧ and addresses defanged. */
export function plain(text) {
  return defanged(visible(text.replaceAll("\r\n", "\n")));
}

export function visible(text) {
  let shown = "";
  let marks = 0;
  for (const letter of text) {
    marks = MARK.test(letter) ? marks + 1 : 0;
    if (letter === "\n") shown += letter;
    else if (letter === "\t" || SPACE.test(letter)) shown += " ";
    else shown += isHidden(letter) || marks > MOST_MARKS ? token(letter) : letter;
  }
  return shown;
}

export function defanged(text) {
  return text
    .replace(/[^ \n]+/gu, breakAddress)
    .replace(HOST, breakHost)
    .replace(IP_WITH_PATH, breakDots);
}

function isHidden(letter) {
  const code = letter.codePointAt(0);
  const selector = (code >= 0xfe00 && code <= 0xfe0e) || (code >= 0xe0100 && code <= 0xe01ef);
  return selector || UNSEEN.has(letter) || HIDDEN.test(letter);
}

function token(letter) {
  return `⟦U+${letter.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟧`;
}

function breakAddress(word) {
  if (!word.includes("://")) return word;
  return breakDots(word.replace(/http/gi, "hxxp").replaceAll("://", "[:]//"));
}

function breakHost(host) {
  const labels = host.split(new RegExp(`[${DOTS}]`, "u"));
  if (labels.length === 2 && NOT_A_HOST.has(labels[0].toLowerCase())) return host;
  const isName = labels.slice(1).some((label) => /^[\p{L}⟦]/u.test(label));
  return isName ? labels.join("[.]") : host;
}

function breakDots(text) {
  return text.replace(new RegExp(`[${DOTS}]`, "gu"), "[.]");
}
