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

/** Gives everybody what they lack; `say` hears of the progress. True when something was done. */
export async function work(say) {
  let state = await ask();
  const idle = state.office_key && !state.share.length && !state.left;
  if (idle) return false;
  if (!state.office_key) {
    say("Membuat kunci kantor…");
    await makeOfficeKey(state);
    state = await ask();
  }
  const own = await privateKey();
  let keys = await officeKeys(own, state.held);
  if (state.share.length) {
    say("Membagikan kunci kantor…");
    await post("/keys/share", { wraps: await Promise.all(state.share.map(async (lacking) => ({
      office_key_id: lacking.office_key_id,
      officer_key_id: lacking.officer_key_id,
      wrap: b64(await sealFor(
        lacking.public, officeKeyInfo(lacking.office_key_id, lacking.officer_key_id),
        keys.get(lacking.office_key_id),
      )),
    }))) });
  }
  while (state.left) {
    say(`Membuka akses untuk petugas baru: masih ${state.left}…`);
    const wraps = (await Promise.all(state.tips.map((tip) => rewrap(tip, own, keys)))).filter(Boolean);
    const { added } = await post("/keys/tips", { wraps });
    state = await ask();
    if (!added && state.left) throw new Error("Sebagian laporan tidak terbuka dengan kunci ini.");
    keys = await officeKeys(own, state.held);
  }
  return true;
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
