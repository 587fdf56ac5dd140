// What a leader's browser does for the others: the office's key, and wraps that somebody lacks.
// Safe to close at any moment: what is done is kept, and the next page goes on from there.
import {
  b64, isTipKey, newKeyPair, officeKeyInfo, officeKeys, openWith, openWraps, post, privateKey,
  reportBroken, sealFor, wrapInfo,
} from "./keys.js";

const { root } = document.body.dataset;

async function ask() {
  const response = await fetch(`${root}/keys/work`, { cache: "no-store" });
  if (!response.ok) throw new Error("Ada gangguan. Coba lagi sebentar.");
  return response.json();
}

async function makeOfficeKey(state) {
  const key = await newKeyPair();
  const wraps = await Promise.all(state.leaders.map(async (leader) => ({
    office_key_id: key.id,
    officer_key_id: leader.id,
    wrap: b64(await sealFor(leader.public, officeKeyInfo(key.id, leader.id), key.bytes)),
  })));
  await post("/keys/office", {
    key_id: key.id, public: b64(key.public), replaces: state.office_key, wraps,
  });
}

/** A new key for the office's leaders; reports are wrapped to it by `work`. */
export async function changeOfficeKey() {
  await makeOfficeKey(await ask());
}

/**
 * Gives everybody what they lack; `say` hears of the progress. {done, unsure}: whether something was
 * done, and the leaders' new keys [{id, name}] that get nothing before `shareWith`.
 */
export async function work(say) {
  let state = await ask();
  const idle = state.office_key && !state.left;
  if (!state.office_key) {
    say("Membuat kunci kantor…");
    await makeOfficeKey(state);
    state = await ask();
  }
  const own = state.left ? await privateKey() : null;
  while (state.left) {
    say(`Membuka akses untuk petugas baru: masih ${state.left}…`);
    const keys = await officeKeys(own, state.held);
    const before = state.left;
    const wraps = (await Promise.all(state.tips.map((tip) => rewrap(tip, own, keys)))).filter(Boolean);
    const { added } = await post("/keys/tips", { wraps });
    state = await ask();
    // What opens with no key is set aside by the server: the rest goes on.
    if (!added && state.left >= before) throw new Error("Sebagian laporan tidak terbuka dengan kunci ini.");
  }
  const unsure = new Map(state.share.map(({ officer_key_id, name }) => [officer_key_id, name]));
  return { done: !idle, unsure: Array.from(unsure, ([id, name]) => ({ id, name })) };
}

/** The office's keys for one leader's key, once somebody has made sure whose it is. */
export async function shareWith(officerKeyId) {
  const state = await ask();
  const keys = await officeKeys(await privateKey(), state.held);
  const lacking = state.share.filter(({ officer_key_id, office_key_id }) =>
    officer_key_id === officerKeyId && keys.has(office_key_id));
  await post("/keys/share", { wraps: await Promise.all(lacking.map(async (one) => ({
    office_key_id: one.office_key_id,
    officer_key_id: officerKeyId,
    wrap: b64(await sealFor(
      one.public, officeKeyInfo(one.office_key_id, officerKeyId), keys.get(one.office_key_id),
    )),
  }))) });
}

async function rewrap({ tip, tip_public, recipient, public: target, wraps }, own, keys) {
  const opening = new Map([[own.id, own.bytes], ...keys]);
  const { bytes, broken } = await openWraps(opening, tip, tip_public, wraps);
  await reportBroken(tip, broken);
  if (!bytes) return null;
  const wrap = await sealFor(target, wrapInfo(tip, recipient), bytes);
  const mine = opening.get(recipient); // what this browser can open it checks before it gives it
  if (mine && !await isTipKey(await openWith(mine, wrapInfo(tip, recipient), wrap), tip_public)) return null;
  return { tip, recipient, wrap: b64(wrap) };
}
