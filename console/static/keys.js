// Keys in the browser: what bot/keys.py, bot/accounts.py and bot/tip_seal.py do, on the officer's side.
// Nothing here ever sends a private key, a password or a recovery code anywhere.
import {
  Aes256Gcm, argon2id, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256,
} from "./vendor/keys.js";

const PASSES = 3, MEMORY_KIB = 64 * 1024, LANES = 1; // as bot/accounts.py
const PADDING = 256; // as bot/tip_seal.py
const KEPT = "kentongan-key";
const CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // 32, as bot/sealing.py
const CONFUSED = { O: "0", I: "1", L: "1" };
const RECOVERY_LETTERS = 24;

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm(),
});
const utf8 = new TextEncoder();

/** What can't be opened: another key, another place, or altered. */
export class SealBroken extends Error {}

// ---- bytes

export function b64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
}

export function unb64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

export function random(size) {
  return crypto.getRandomValues(new Uint8Array(size));
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function joined(...pieces) {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

// ---- what things are bound to

export const wrapInfo = (tipId, recipient) => `kentongan/tip-key/v1|${tipId}|${recipient}`;
export const partInfo = (tipId, kind, uid) => `kentongan/tip-part/v1|${tipId}|${kind}|${uid}`;
export const officeKeyInfo = (officeKeyId, officerKeyId) =>
  `kentongan/office-key/v1|${officeKeyId}|${officerKeyId}`;
export const testInfo = (keyId) => `kentongan/test-report/v1|${keyId}`;
const lockInfo = (keyId, how) => utf8.encode(`kentongan/officer-key/v1|${keyId}|${how}`);

// ---- key pairs and sealing (HPKE, RFC 9180: X25519, HKDF-SHA256, AES-256-GCM)

/** {id, bytes, public} of a fresh key pair. */
export async function newKeyPair() {
  const pair = await suite.kem.generateKeyPair();
  return {
    id: hex(random(8)),
    bytes: new Uint8Array(await suite.kem.serializePrivateKey(pair.privateKey)),
    public: new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey)),
  };
}

/** Bytes that open only with the private key of `recipient` (bytes or base64) and this `info`. */
export async function sealFor(recipient, info, plain) {
  const raw = typeof recipient === "string" ? unb64(recipient) : recipient;
  const key = await suite.kem.deserializePublicKey(raw.slice().buffer);
  const { ct, enc } = await suite.seal(
    { recipientPublicKey: key, info: utf8.encode(info) }, plain.slice().buffer,
  );
  return joined(new Uint8Array(enc), new Uint8Array(ct));
}

/** Throws SealBroken. `sealed` is bytes or base64. */
export async function openWith(privateBytes, info, sealed) {
  const raw = typeof sealed === "string" ? unb64(sealed) : sealed;
  try {
    const key = await suite.kem.deserializePrivateKey(privateBytes.slice().buffer);
    const plain = await suite.open(
      { recipientKey: key, enc: raw.slice(0, 32).buffer, info: utf8.encode(info) },
      raw.slice(32).buffer,
    );
    return new Uint8Array(plain);
  } catch {
    throw new SealBroken(info.split("|")[0]);
  }
}

// ---- what an officer knows

/** {proof, key} of a password: the proof signs in, the key opens the private key. */
export async function derive(password, salt) {
  const root = await argon2id({
    password: utf8.encode(password), salt, iterations: PASSES, memorySize: MEMORY_KIB,
    parallelism: LANES, hashLength: 32, outputType: "binary",
  });
  return {
    proof: await subkey(root, salt, "kentongan/console/proof/v1"),
    key: await subkey(root, salt, "kentongan/console/key/v1"),
  };
}

export function recoveryKey(code, salt) {
  const letters = code.toUpperCase().replace(/[^0-9A-Z]/g, "").replace(/[OIL]/g, (letter) => CONFUSED[letter]);
  return subkey(utf8.encode(letters), salt, "kentongan/console/recovery/v1");
}

/** Six groups of four letters, every letter as likely as the other. */
export function newRecoveryCode() {
  const letters = Array.from(random(RECOVERY_LETTERS), (byte) => CODE_LETTERS[byte % 32]);
  return letters.join("").match(/.{4}/g).join("-");
}

async function subkey(root, salt, info) {
  const key = await crypto.subtle.importKey("raw", root, "HKDF", false, ["deriveBits"]);
  const how = { name: "HKDF", hash: "SHA-256", salt, info: utf8.encode(info) };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
}

const aesKey = (bytes) => crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);

async function encrypt(key, plain, additionalData) {
  const iv = random(12);
  const how = { name: "AES-GCM", iv, additionalData };
  return joined(iv, new Uint8Array(await crypto.subtle.encrypt(how, await aesKey(key), plain)));
}

async function decrypt(key, sealed, additionalData) {
  const how = { name: "AES-GCM", iv: sealed.slice(0, 12), additionalData };
  try {
    return new Uint8Array(await crypto.subtle.decrypt(how, await aesKey(key), sealed.slice(12)));
  } catch {
    throw new SealBroken("officer-key");
  }
}

/** The private key under what its officer knows; `how` is `password` or `recovery`. */
export const lock = (key, keyId, how, privateBytes) => encrypt(key, privateBytes, lockInfo(keyId, how));
export const unlock = (key, keyId, how, locked) => decrypt(key, locked, lockInfo(keyId, how));

// ---- the private key while the session lasts: under the half that only the server's page has

/** `half` is base64, as the sign-in answers it and as <body data-half> carries it. */
export async function keepKey(half, key) {
  const locked = await encrypt(unb64(half), key.bytes, utf8.encode(`${KEPT}|${key.id}`));
  sessionStorage.setItem(KEPT, JSON.stringify({ id: key.id, locked: b64(locked) }));
}

export function forgetKey() {
  sessionStorage.removeItem(KEPT);
}

/** {id, bytes} of the signed-in officer; without it the page goes to the sign-in and never returns. */
export async function privateKey() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  try {
    if (!kept) throw new SealBroken("no key in this tab");
    const half = unb64(document.body.dataset.half ?? "");
    const bytes = await decrypt(half, unb64(kept.locked), utf8.encode(`${KEPT}|${kept.id}`));
    return { id: kept.id, bytes };
  } catch {
    forgetKey();
    const here = encodeURIComponent(location.pathname + location.search);
    location.replace(`${document.body.dataset.root}/?next=${here}&again=key`);
    return new Promise(() => {});
  }
}

// ---- a case, as the page carries it in <script type="application/json" id="case">

/** Map of office key id → private bytes, for those that open with this officer's key. */
export async function officeKeys(own, wrapped) {
  const opened = new Map();
  for (const [id, { officerKeyId, wrap }] of Object.entries(wrapped ?? {})) {
    if (officerKeyId !== own.id) continue;
    const bytes = await openWith(own.bytes, officeKeyInfo(id, own.id), wrap).catch(() => null);
    if (bytes) opened.set(id, bytes);
  }
  return opened;
}

/** Whether these are the private bytes of the tip's own key. */
export async function isTipKey(bytes, tipPublic) {
  const word = random(16);
  try {
    const opened = await openWith(bytes, "kentongan/check/v1", await sealFor(tipPublic, "kentongan/check/v1", word));
    return b64(opened) === b64(word);
  } catch {
    return false;
  }
}

/**
 * {bytes, broken} of a tip with the first of these wraps that opens (Map of recipient → private
 * bytes); bytes is null when none does, and broken names those that should have opened and did not.
 */
export async function openWraps(keys, tipId, tipPublic, wraps) {
  const broken = [];
  for (const [recipient, wrap] of Object.entries(wraps)) {
    const key = keys.get(recipient);
    if (!key) continue;
    try {
      const bytes = await openWith(key, wrapInfo(tipId, recipient), wrap);
      if (await isTipKey(bytes, tipPublic)) return { bytes, broken };
    } catch { /* counted below */ }
    broken.push(recipient);
  }
  return { bytes: null, broken };
}

/** Says that these wraps open nothing: the server asks for them again. Never gets in the way. */
export async function reportBroken(tipId, broken) {
  for (const recipient of broken) {
    await post("/keys/broken", { tip: tipId, recipient }).catch(() => {});
  }
}

/** {id, bytes} of the tip's own key. Throws SealBroken when none of the officer's keys opens it. */
export async function openTip(own, page) {
  if (page.ring) return { id: page.id, bytes: unb64(page.ring) };
  const keys = new Map([[own.id, own.bytes], ...await officeKeys(own, page.officeKeys)]);
  const { bytes, broken } = await openWraps(keys, page.id, page.public, page.wraps);
  await reportBroken(page.id, broken);
  if (bytes) return { id: page.id, bytes };
  throw new SealBroken("no wrap for this officer");
}

/** {content, data} of one part {uid, kind, sealed}. */
export async function openPart(tip, part) {
  return unpack(await openWith(tip.bytes, partInfo(tip.id, part.kind, part.uid), part.sealed));
}

/** As bot/tip_seal.py: a line of JSON filled up with spaces, then the bytes of a file. */
export function pack(content, data = new Uint8Array()) {
  const line = utf8.encode(JSON.stringify(content));
  const spaces = (PADDING - ((line.length + 1) % PADDING)) % PADDING;
  return joined(line, utf8.encode(" ".repeat(spaces) + "\n"), data);
}

export function unpack(plain) {
  const end = plain.indexOf(10);
  const line = end < 0 ? plain : plain.slice(0, end);
  return {
    content: JSON.parse(new TextDecoder().decode(line)),
    data: end < 0 ? new Uint8Array() : plain.slice(end + 1),
  };
}

// ---- asking the server

/** What went wrong, in words for the officer. */
export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** Posts JSON with this page's token. Throws Refused with the server's own words. */
export async function post(path, body) {
  let response;
  try {
    response = await fetch(`${document.body.dataset.root}${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF": document.body.dataset.csrf ?? "" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Refused("Tidak tersambung. Periksa internet Anda, lalu coba lagi.", 0);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(answer.error ?? "Ada gangguan. Coba lagi sebentar.", response.status);
  return answer;
}
