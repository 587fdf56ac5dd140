// Simulator tiga telepon. Semua teks masuk ke halaman hanya lewat textContent.
"use strict";

(() => {
  const BASE = "/simulator";
  const BOT_NAME = "Kentongan";
  const TYPING_MS = 3000;
  const RETRY_FIRST_MS = 500;
  const RETRY_MOST_MS = 15000;
  const OFFLINE_BADGE_AFTER_MS = 700;
  const GAP_WORTH_SAYING_MS = 60 * 60 * 1000;
  const SAME_TURN_MS = 60 * 1000;

  // `…` at the end: put into the input to be finished, not sent at once.
  const SUGGESTIONS = {
    warga: ["halo", "cek PT Alfa Nusantara", "Loker admin di Kamboja, gaji 14 juta, DP 2 juta", "lapor"],
    grup: ["/tanya syarat", "/cek PT …", "/lapor …", "/periksa"],
    petugas: ["laporan", "ambil 1", "SIARAN", "PERTEMUAN", "GRUP"],
  };
  const CAPTIONS = {
    warga: "Percakapan pribadi warga dengan Kentongan",
    grup: "Semua warga di grup membaca pesan ini",
    petugas: "Percakapan pribadi petugas dengan Kentongan",
  };

  const DAYS = ["Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"];
  const MONTHS = [
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
  ];
  const ZONES = { 420: "WIB", 480: "WITA", 540: "WIT" };

  const byId = (id) => document.getElementById(id);
  const narrow = window.matchMedia("(max-width: 59.99em)");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

  const els = {
    office: byId("office"),
    clock: byId("clock"),
    clockDate: document.querySelector("#clock .clock-date"),
    clockTime: document.querySelector("#clock .clock-time"),
    tabs: byId("tabs"),
    phones: byId("phones"),
    connection: byId("connection"),
    pageError: byId("page-error"),
    announce: byId("announce"),
    dialog: byId("reset-dialog"),
    phoneTemplate: byId("phone-template"),
    tabTemplate: byId("tab-template"),
  };

  /** @type {Map<string, Phone>} */
  const phones = new Map();
  let activeId = "";
  let lastId = 0;
  let epoch = 0; // grows with every reset, so that late answers of the time before are dropped
  let resets = 0;

  // ------------------------------------------------------------------ time

  function parseTime(iso) {
    const ms = Date.parse(iso);
    if (Number.isNaN(ms)) return null;
    const zone = /([+-])(\d\d):?(\d\d)$/.exec(iso);
    const offset = zone ? (zone[1] === "-" ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3])) : 0;
    return { ms, offset };
  }

  function localParts({ ms, offset }) {
    const d = new Date(ms + offset * 60000);
    const two = (n) => String(n).padStart(2, "0");
    return {
      date: `${DAYS[d.getUTCDay()]}, ${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()}`,
      time: `${two(d.getUTCHours())}.${two(d.getUTCMinutes())}`,
      day: Math.floor((ms + offset * 60000) / 86400000),
    };
  }

  function zoneName(offset) {
    if (ZONES[offset]) return ZONES[offset];
    const sign = offset < 0 ? "−" : "+";
    const size = Math.abs(offset);
    const minutes = size % 60 ? `.${String(size % 60).padStart(2, "0")}` : "";
    return `UTC${sign}${Math.floor(size / 60)}${minutes}`;
  }

  const clock = { base: null, since: 0, frozen: false };

  function setClock(iso) {
    const parsed = parseTime(iso);
    if (!parsed) return;
    const before = clockNow();
    clock.base = parsed;
    clock.since = performance.now();
    drawClock();
    if (before && parsed.ms - before.ms > 60000) {
      els.clockTime.classList.remove("jumped");
      void els.clockTime.offsetWidth; // restart the animation
      els.clockTime.classList.add("jumped");
      say(`Jam sekarang ${els.clockDate.textContent}, ${els.clockTime.textContent}`);
    }
  }

  function clockNow() {
    if (!clock.base) return null;
    const passed = clock.frozen ? 0 : performance.now() - clock.since;
    return { ms: clock.base.ms + passed, offset: clock.base.offset };
  }

  function drawClock() {
    const now = clockNow();
    if (!now) return;
    const parts = localParts(now);
    const time = `${parts.time} ${zoneName(now.offset)}`;
    if (els.clockDate.textContent === parts.date && els.clockTime.textContent === time) return;
    els.clockDate.textContent = parts.date;
    els.clockTime.textContent = time;
    els.clock.dateTime = new Date(now.ms).toISOString();
    for (const phone of phones.values()) phone.statusTime.textContent = parts.time;
  }

  window.setInterval(drawClock, 1000);

  // ------------------------------------------------------------------ safe text

  const URL_IN_TEXT = /https?:\/\/[^\s<>"'`\u200b-\u200f\u202a-\u202e\u2060-\u2069]+/giu;

  function safeUrl(raw, schemes = ["http:", "https:"]) {
    try {
      const url = new URL(raw, document.baseURI);
      // "https://bank.co.id@jahat.example" looks like another place than it leads to
      if (!schemes.includes(url.protocol) || url.username || url.password) return null;
      return url.href;
    } catch {
      return null;
    }
  }

  function trimUrl(raw) {
    let end = raw.length;
    for (;;) {
      const last = raw[end - 1];
      if (/[.,;:!?*_~…’”»]/.test(last)) end -= 1;
      else if (last === ")" && !raw.slice(0, end).includes("(")) end -= 1;
      else if (last === "]" && !raw.slice(0, end).includes("[")) end -= 1;
      else return raw.slice(0, end);
    }
  }

  function outsideLink(href, text) {
    const a = document.createElement("a");
    a.href = href;
    a.target = "_blank";
    a.rel = "noopener noreferrer";
    a.textContent = text;
    return a;
  }

  function fillText(element, text) {
    element.replaceChildren();
    let done = 0;
    for (const match of text.matchAll(URL_IN_TEXT)) {
      const shown = trimUrl(match[0]);
      const href = safeUrl(shown);
      if (!href) continue;
      element.append(text.slice(done, match.index), outsideLink(href, shown));
      done = match.index + shown.length;
    }
    element.append(text.slice(done));
  }

  function say(text) {
    els.announce.textContent = "";
    window.setTimeout(() => { els.announce.textContent = text; }, 50);
  }

  function svg(className, size, path) {
    const ns = "http://www.w3.org/2000/svg";
    const image = document.createElementNS(ns, "svg");
    image.setAttribute("viewBox", size);
    image.setAttribute("class", className);
    image.setAttribute("focusable", "false");
    const line = document.createElementNS(ns, "path");
    line.setAttribute("d", path);
    image.append(line);
    return image;
  }

  const TICK = "M1.5 6.5 5 10 12 2";
  const TWO_TICKS = "M1.5 6.5 5 10 11.5 2M8.5 9.5 9 10 16 2";

  function tick(status) {
    const two = status === "delivered" || status === "read";
    const image = svg(`tick ${status === "read" ? "read" : ""}`.trim(), "0 0 18 12", two ? TWO_TICKS : TICK);
    image.setAttribute("role", "img");
    image.setAttribute("aria-label", status === "read" ? "dibaca" : two ? "sampai" : "terkirim");
    return image;
  }

  function outwardIcon() {
    const image = svg("outward", "0 0 24 24", "M9 5H5v14h14v-4M13 4h7v7M20 4l-9 9");
    image.setAttribute("width", "18");
    image.setAttribute("height", "18");
    image.setAttribute("aria-hidden", "true");
    const line = image.firstChild;
    line.setAttribute("fill", "none");
    line.setAttribute("stroke", "currentColor");
    line.setAttribute("stroke-width", "2");
    return image;
  }

  // ------------------------------------------------------------------ one phone

  class Phone {
    constructor(info) {
      this.id = info.id;
      this.info = info;
      this.entries = []; // {message, time, row, bubble, ...} ordered by id
      this.byMessage = new Map();
      this.unread = 0;
      this.below = 0; // new messages under the place the reader scrolled up to
      this.stick = true;
      this.typingTimer = 0;
      this.typingStart = 0;
      this.sending = false;

      const tone = ["warga", "grup", "petugas"].includes(info.id)
        ? info.id : info.kind === "group" ? "grup" : "warga";
      this.root = els.phoneTemplate.content.firstElementChild.cloneNode(true);
      this.root.dataset.phone = info.id;
      this.root.dataset.tone = tone;
      this.root.id = `phone-${info.id}`;
      const find = (selector) => this.root.querySelector(selector);
      this.title = find(".chat-title");
      this.title.id = `title-${info.id}`;
      this.title.textContent = info.title;
      find(".chat-subtitle").textContent = info.subtitle || "";
      find(".chat-subtitle").title = info.subtitle || "";
      this.root.setAttribute("aria-labelledby", this.title.id);
      this.statusTime = find(".statusbar-time");
      this.messages = find(".messages");
      this.messages.setAttribute("aria-label", `Pesan di telepon ${info.title}`);
      this.typing = find(".typing");
      this.jump = find(".jump");
      this.jumpText = find(".jump-text");
      this.notice = find(".notice");
      this.form = find("form.say");
      this.input = this.form.elements.namedItem("text");
      this.input.setAttribute("aria-label", `Tulis pesan di telepon ${info.title}`);
      find(".send").setAttribute("aria-label", `Kirim dari telepon ${info.title}`);
      const file = this.form.elements.namedItem("picture");
      find(".attach").hidden = tone !== "warga";
      file.setAttribute("aria-label", `Kirim foto dari telepon ${info.title}`);
      file.addEventListener("change", () => {
        if (file.files.length) this.sendPicture(file.files[0]);
        file.value = "";
      });
      this.caption = find(".caption");
      this.caption.textContent = CAPTIONS[tone];

      const suggestions = find(".suggestions");
      suggestions.setAttribute("aria-label", `Contoh pesan untuk telepon ${info.title}`);
      for (const text of SUGGESTIONS[tone]) suggestions.append(this.suggestion(text));

      this.tab = els.tabTemplate.content.firstElementChild.cloneNode(true);
      this.tab.dataset.tab = info.id;
      this.tab.dataset.tone = tone;
      this.tab.id = `tab-${info.id}`;
      this.tab.setAttribute("aria-controls", this.root.id);
      this.tab.querySelector(".tab-title").textContent = info.title;
      this.badge = this.tab.querySelector(".badge");

      this.form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.submit();
      });
      this.input.addEventListener("input", () => { this.notice.textContent = ""; });
      this.messages.addEventListener("scroll", () => this.scrolled(), { passive: true });
      this.jump.addEventListener("click", () => {
        this.toBottom();
        this.messages.focus({ preventScroll: true });
      });
      this.tab.addEventListener("click", () => showPhone(this.id, true));
      new ResizeObserver(() => { if (this.stick) this.toBottom(); }).observe(this.messages);
    }

    suggestion(text) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "suggest";
      button.textContent = text;
      button.addEventListener("click", () => {
        if (text.endsWith("…")) {
          this.input.value = text.slice(0, -1);
          this.input.focus();
          this.input.setSelectionRange(this.input.value.length, this.input.value.length);
        } else {
          this.send({ text });
        }
      });
      return button;
    }

    /** How to sign in to the console as an example officer: each part is copied by a tap. */
    showSignIn(console) {
      if (this.root.dataset.tone !== "petugas" || !console) return;
      if (this.code) {
        this.code.dataset.copy = console.code;
        this.code.textContent = console.code;
        return;
      }
      this.code = this.copied(console.code, console.code);
      this.code.classList.add("code");
      const link = outsideLink(safeUrl(console.address) ?? "", "Konsol petugas");
      this.caption.replaceChildren(
        link, ": ",
        ...console.officers.flatMap(({ staff_no: number, title }) => [this.copied(number, number), ` ${title} · `]),
        "sandi ", this.copied(console.password, console.password), " · kode ", this.code,
      );
    }

    copied(text, words) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.dataset.copy = text;
      button.textContent = words;
      button.title = "Salin";
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(button.dataset.copy);
          say(`${button.dataset.copy} disalin`);
          button.classList.add("done");
          window.setTimeout(() => button.classList.remove("done"), 1200);
        } catch { /* without the clipboard it can still be read and typed */ }
      });
      return button;
    }

    // ---- sending

    submit() {
      const text = this.input.value.trim();
      if (!text || this.sending) {
        this.input.focus();
        return;
      }
      this.input.value = "";
      this.send({ text }).then((sent) => {
        if (!sent && !this.input.value) this.input.value = text;
      });
    }

    send(body) {
      const expectsAnswer =
        this.info.kind !== "group" || body.payload !== undefined || body.text.startsWith("/");
      return this.sendBy(() => post("/say", { phone: this.id, ...body }), expectsAnswer);
    }

    sendPicture(file) {
      return this.sendBy(() => post("/picture", file), true);
    }

    async sendBy(sending, expectsAnswer) {
      if (this.sending) return false;
      this.sending = true;
      this.notice.textContent = "";
      const started = performance.now();
      if (expectsAnswer) this.startTyping(started);
      try {
        await sending();
        this.stick = true;
        this.toBottom();
        return true;
      } catch (error) {
        this.stopTyping();
        this.notice.textContent = error.message;
        if (this.stick) this.toBottom();
        return false;
      } finally {
        this.sending = false;
      }
    }

    startTyping(started) {
      window.clearTimeout(this.typingTimer);
      this.typingStart = started;
      this.typing.hidden = false;
      this.typingTimer = window.setTimeout(() => this.stopTyping(), TYPING_MS);
      if (this.stick) this.toBottom();
    }

    stopTyping() {
      window.clearTimeout(this.typingTimer);
      this.typing.hidden = true;
    }

    // ---- messages

    clear() {
      for (const entry of this.entries) entry.row.remove();
      this.entries = [];
      this.byMessage.clear();
      this.unread = 0;
      this.below = 0;
      this.stick = true;
      this.notice.textContent = "";
      this.input.value = "";
      this.stopTyping();
      this.drawUnread();
      this.drawJump();
    }

    /** Adds a message, or updates its status when it is known already. `live`: it came just now. */
    add(message, live) {
      const known = this.byMessage.get(message.id);
      if (known) {
        if (known.message.status !== message.status) {
          known.message.status = message.status;
          this.drawMeta(known);
        }
        return;
      }
      lastId = Math.max(lastId, Number(message.id) || 0);
      const entry = this.build(message);
      let at = this.entries.length;
      while (at > 0 && this.entries[at - 1].message.id > message.id) at -= 1;
      const next = this.entries[at];
      this.messages.insertBefore(entry.row, next ? next.row : this.typing);
      this.entries.splice(at, 0, entry);
      this.byMessage.set(message.id, entry);
      this.arrange(at);
      if (next) this.arrange(at + 1);
      this.drawTurn();

      if (entry.from === "bot") this.stopTyping();
      if (!live) return;
      entry.row.classList.add("arriving");
      if (this.stick || entry.from === "me") {
        this.toBottom();
      } else {
        this.below += 1;
        this.drawJump();
      }
      if (entry.from !== "me" && narrow.matches && activeId !== this.id) {
        this.unread += 1;
        this.drawUnread();
        say(`Pesan baru di telepon ${this.info.title}`);
      }
    }

    build(message) {
      const from = message.from === "bot" || message.from === "me" ? message.from : "other";
      const name = from === "bot" ? BOT_NAME : from === "me" ? "Anda" : String(message.from);
      const entry = { message, from, name, time: parseTime(message.at) };

      entry.row = document.createElement("div");
      entry.row.className = "row";
      entry.row.dataset.from = from;
      entry.row.dataset.id = message.id;

      entry.separator = document.createElement("div");
      entry.separator.className = "separator";
      entry.separator.hidden = true;

      const speaker = document.createElement("span");
      speaker.className = "sr-only";
      speaker.textContent = `${name}: `;

      entry.bubble = document.createElement("div");
      entry.bubble.className = "bubble";
      entry.bubble.dataset.from = from;
      entry.bubble.dir = "auto";
      if (from !== "me") {
        const sender = document.createElement("div");
        sender.className = "sender";
        sender.dir = "auto";
        sender.setAttribute("aria-hidden", "true");
        sender.dataset.hue = [...name].reduce((sum, c) => sum + c.codePointAt(0), 0) % 4;
        sender.textContent = name;
        entry.bubble.append(sender);
      }
      const text = document.createElement("div");
      text.className = "text";
      fillText(text, String(message.text ?? ""));
      entry.meta = document.createElement("div");
      entry.meta.className = "meta";
      entry.meta.setAttribute("aria-live", "off"); // a tick that turns blue is not read aloud
      entry.bubble.append(text, ...(message.media ?? []).map((file) => this.media(file)), entry.meta);
      entry.row.append(entry.separator, speaker, entry.bubble);

      if (message.buttons?.length) {
        const choices = document.createElement("div");
        choices.className = "choices";
        choices.setAttribute("role", "group");
        choices.setAttribute("aria-label", "Pilihan jawaban");
        for (const button of message.buttons) choices.append(this.choice(button));
        entry.row.append(choices);
      }
      if (message.poll) this.drawPoll(entry);
      this.drawMeta(entry);
      return entry;
    }

    /** A quiz, as Telegram shows it: one vote, then what is right. The vote stays on this page. */
    drawPoll(entry) {
      const { poll } = entry.message;
      const question = document.createElement("p");
      question.className = "poll-question";
      question.dir = "auto";
      question.textContent = poll.question;
      const list = document.createElement("div");
      list.className = "poll";
      list.setAttribute("role", "group");
      list.setAttribute("aria-label", "Kuis anonim");
      poll.options.forEach((label, index) => {
        const option = document.createElement("button");
        option.type = "button";
        option.className = "option";
        option.dir = "auto";
        option.textContent = label;
        option.addEventListener("click", () => this.vote(entry, index));
        list.append(option);
      });
      const state = document.createElement("p");
      state.className = "poll-state";
      entry.poll = { list, state, vote: null };
      entry.bubble.insertBefore(question, entry.meta);
      entry.bubble.insertBefore(list, entry.meta);
      entry.bubble.insertBefore(state, entry.meta);
      this.drawVote(entry);
    }

    vote(entry, index) {
      if (entry.message.poll.closed || entry.poll.vote !== null) return;
      entry.poll.vote = index;
      this.drawVote(entry);
    }

    drawVote(entry) {
      const { poll } = entry.message;
      const { list, state, vote } = entry.poll;
      const over = poll.closed || vote !== null;
      [...list.children].forEach((option, index) => {
        option.setAttribute("aria-disabled", String(over));
        option.classList.toggle("right", over && index === poll.right);
        option.classList.toggle("wrong", over && index === vote && index !== poll.right);
      });
      if (poll.closed) state.textContent = "Kuis ditutup";
      else if (vote === null) state.textContent = "Kuis anonim: pilih satu";
      else state.textContent = vote === poll.right ? "Jawaban Anda betul" : "Jawaban Anda belum tepat";
    }

    endPoll(id) {
      const entry = this.byMessage.get(id);
      if (!entry?.poll) return;
      entry.message.poll.closed = true;
      this.drawVote(entry);
    }

    /** A card's sound to be played, or its picture. */
    media(file) {
      const sound = file.type.startsWith("audio/");
      const element = document.createElement(sound ? "audio" : "img");
      element.className = "media";
      element.src = file.url;
      if (sound) {
        element.controls = true;
        element.preload = "none";
        element.setAttribute("aria-label", "Suara kartu pelajaran");
      } else {
        element.alt = "Kartu pelajaran; isinya sama dengan tulisannya";
        element.width = element.height = 1080;
        element.addEventListener("load", () => { if (this.stick) this.toBottom(); });
      }
      return element;
    }

    choice(button) {
      const label = button.number ? `${button.number}. ${button.label}` : String(button.label);
      if (button.url) {
        const href = safeUrl(button.url, ["http:", "https:", "tel:", "mailto:"]);
        if (href) {
          const link = outsideLink(href, label);
          link.className = "choice link";
          link.dir = "auto";
          link.append(outwardIcon());
          return link;
        }
      }
      const element = document.createElement("button");
      element.type = "button";
      element.className = "choice";
      element.dir = "auto";
      element.textContent = label;
      element.addEventListener("click", () => this.send({ payload: button.payload, label }));
      return element;
    }

    drawMeta(entry) {
      entry.meta.replaceChildren();
      const status = entry.message.status || "sent";
      entry.bubble.dataset.status = status;
      if (status === "failed") {
        const word = document.createElement("span");
        word.className = "failed-word";
        word.textContent = "Tidak terkirim";
        entry.meta.append(word);
      }
      if (entry.time) {
        const time = document.createElement("time");
        time.dateTime = entry.message.at;
        time.textContent = localParts(entry.time).time;
        entry.meta.append(time);
      }
      if (entry.from === "me" && status !== "failed") {
        entry.meta.append(tick(entry.read ? "read" : status === "sent" ? "delivered" : status));
      }
    }

    /** Day separator and first-of-a-run look, by the message before. */
    arrange(index) {
      const entry = this.entries[index];
      const before = this.entries[index - 1];
      let words = "";
      if (entry.time) {
        const parts = localParts(entry.time);
        if (!before?.time || localParts(before.time).day !== parts.day) {
          words = parts.date;
        } else {
          const gap = entry.time.ms - before.time.ms;
          if (gap >= GAP_WORTH_SAYING_MS) words = `${Math.round(gap / 3600000)} jam kemudian`;
        }
      }
      entry.separator.textContent = words;
      entry.separator.hidden = !words;
      const sameRun =
        before && !words && before.from === entry.from && before.name === entry.name &&
        !before.message.buttons?.length;
      entry.row.classList.toggle("first", !sameRun);
    }

    /** The bot's newest turn keeps bright buttons; what was said before it counts as read. */
    drawTurn() {
      let index = this.entries.length - 1;
      while (index >= 0 && this.entries[index].from !== "bot") index -= 1;
      const newest = index;
      for (let i = 0; i < this.entries.length; i += 1) {
        const entry = this.entries[i];
        if (entry.from === "me" && i < newest && !entry.read) {
          entry.read = true;
          this.drawMeta(entry);
        }
      }
      const live = new Set();
      for (; index >= 0 && this.entries[index].from === "bot"; index -= 1) {
        const entry = this.entries[index];
        const age = (this.entries[newest].time?.ms ?? 0) - (entry.time?.ms ?? 0);
        if (index !== newest && age > SAME_TURN_MS) break;
        live.add(entry);
        if (entry.message.buttons?.length) break;
      }
      for (const entry of this.entries) entry.row.classList.toggle("live", live.has(entry));
    }

    // ---- scrolling and unread

    scrolled() {
      const { scrollHeight, scrollTop, clientHeight } = this.messages;
      this.stick = scrollHeight - scrollTop - clientHeight < 60;
      if (this.stick) this.below = 0;
      this.drawJump();
    }

    toBottom() {
      this.messages.scrollTop = this.messages.scrollHeight;
      this.stick = true;
      this.below = 0;
      this.drawJump();
    }

    drawJump() {
      this.jump.hidden = this.stick;
      this.jump.classList.toggle("quiet", this.below === 0);
      this.jumpText.textContent = this.below ? `${this.below} pesan baru` : "Ke pesan terbaru";
    }

    drawUnread() {
      this.badge.hidden = this.unread === 0;
      this.badge.textContent = this.unread > 99 ? "99+" : String(this.unread);
      const more = this.unread ? `, ${this.unread} pesan belum dibaca` : "";
      this.tab.setAttribute("aria-label", `${this.info.title}${more}`);
    }
  }

  // ------------------------------------------------------------------ which phone is in view

  function showPhone(id, scroll) {
    const phone = phones.get(id);
    if (!phone) return;
    activeId = id;
    phone.unread = 0;
    drawTabs();
    if (scroll && narrow.matches) {
      els.phones.scrollTo({
        left: phone.root.offsetLeft - els.phones.offsetLeft,
        behavior: calm.matches ? "auto" : "smooth",
      });
    }
  }

  function drawTabs() {
    for (const phone of phones.values()) {
      const active = phone.id === activeId;
      phone.tab.setAttribute("aria-selected", String(active));
      phone.tab.tabIndex = active ? 0 : -1;
      phone.root.inert = narrow.matches && !active;
      if (narrow.matches) phone.root.setAttribute("role", "tabpanel");
      else phone.root.removeAttribute("role");
      if (!narrow.matches) phone.unread = 0;
      phone.drawUnread();
    }
  }

  let settle = 0;
  els.phones.addEventListener("scroll", () => {
    if (!narrow.matches) return;
    window.clearTimeout(settle);
    settle = window.setTimeout(() => {
      const width = els.phones.clientWidth || 1;
      const phone = [...phones.values()][Math.round(els.phones.scrollLeft / width)];
      if (phone && phone.id !== activeId) showPhone(phone.id, false);
    }, 90);
  }, { passive: true });

  els.tabs.addEventListener("keydown", (event) => {
    const ids = [...phones.keys()];
    const at = ids.indexOf(activeId);
    const to = {
      ArrowRight: (at + 1) % ids.length,
      ArrowLeft: (at - 1 + ids.length) % ids.length,
      Home: 0,
      End: ids.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    showPhone(ids[to], true);
    phones.get(ids[to]).tab.focus();
  });

  function relayout() {
    drawTabs();
    const phone = phones.get(activeId);
    if (narrow.matches && phone) els.phones.scrollLeft = phone.root.offsetLeft - els.phones.offsetLeft;
  }

  narrow.addEventListener("change", relayout);
  window.addEventListener("resize", () => { if (narrow.matches) relayout(); });

  // ------------------------------------------------------------------ server

  async function post(path, body) {
    let response;
    try {
      response = await fetch(BASE + path, {
        method: "POST",
        headers: {
          "Content-Type": body instanceof Blob ? "application/octet-stream" : "application/json",
          "X-Kentongan-Simulator": "1",
        },
        body: body instanceof Blob ? body : JSON.stringify(body),
      });
    } catch {
      throw new Error("Server tidak menjawab. Periksa sambungan, lalu coba lagi.");
    }
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    throw new Error(
      typeof answer.error === "string" && answer.error
        ? answer.error
        : "Maaf, belum berhasil. Coba lagi sebentar lagi.",
    );
  }

  function buildPhones(infos) {
    for (const info of infos) {
      if (phones.has(info.id)) continue;
      const phone = new Phone(info);
      phone.messages.setAttribute("aria-busy", "true");
      phones.set(info.id, phone);
      els.phones.append(phone.root);
      els.tabs.append(phone.tab);
    }
    if (!activeId && phones.size) activeId = phones.keys().next().value;
    drawTabs();
  }

  /** Whether what is shown can not be continued by this state (a reset happened unseen). */
  function differs(state) {
    for (const phone of phones.values()) {
      const fresh = state.messages?.[phone.id] ?? [];
      if (!phone.entries.length) continue;
      if (!fresh.length) return true;
      const texts = new Map(fresh.map((m) => [m.id, m.text]));
      const oldest = Math.min(...texts.keys());
      for (const { message } of phone.entries) {
        if (message.id < oldest) continue;
        if (texts.get(message.id) !== message.text) return true;
      }
    }
    return false;
  }

  async function loadState() {
    const begun = epoch;
    const before = lastId;
    const response = await fetch(`${BASE}/state`, { cache: "no-store" });
    if (!response.ok) throw new Error(`state ${response.status}`);
    const state = await response.json();
    if (begun !== epoch) return;
    buildPhones(state.phones ?? []);
    if (lastId === before && differs(state)) forget();
    clock.frozen = state.frozen === true;
    setClock(state.now);
    els.office.textContent = state.office ?? "";
    els.office.title = state.office ?? "";
    document.title = state.office ? `Simulator Kentongan · ${state.office}` : "Simulator Kentongan";
    for (const phone of phones.values()) {
      const first = phone.entries.length === 0;
      phone.messages.setAttribute("aria-busy", "true");
      for (const message of state.messages?.[phone.id] ?? []) phone.add(message, !first);
      phone.showSignIn(state.console);
      if (first) phone.toBottom();
      window.setTimeout(() => phone.messages.setAttribute("aria-busy", "false"), 300);
    }
    drawClock();
  }

  /** The code app's code changes every half minute, and when it was used. */
  async function refreshCode() {
    if (document.hidden) return;
    const response = await fetch(`${BASE}/code`, { cache: "no-store" }).catch(() => null);
    if (!response?.ok) return;
    const answer = await response.json();
    for (const phone of phones.values()) phone.showSignIn(answer);
  }

  window.setInterval(refreshCode, 5000);

  function forget() {
    for (const phone of phones.values()) phone.clear();
    lastId = 0;
  }

  let stream = null;
  let retryMs = RETRY_FIRST_MS;
  let retryTimer = 0;
  let badgeTimer = 0;
  let connecting = false;

  function online(yes) {
    window.clearTimeout(badgeTimer);
    if (yes) els.connection.hidden = true;
    else badgeTimer = window.setTimeout(() => { els.connection.hidden = false; }, OFFLINE_BADGE_AFTER_MS);
  }

  function retryLater() {
    stream?.close();
    stream = null;
    if (els.connection.hidden) online(false);
    window.clearTimeout(retryTimer);
    retryTimer = window.setTimeout(connect, retryMs * (0.8 + Math.random() * 0.4));
    retryMs = Math.min(retryMs * 2, RETRY_MOST_MS);
  }

  async function connect() {
    if (stream || connecting) return;
    connecting = true;
    window.clearTimeout(retryTimer);
    try {
      await loadState();
    } catch {
      connecting = false;
      retryLater();
      return;
    }
    connecting = false;
    const mine = new EventSource(`${BASE}/stream?after=${encodeURIComponent(lastId)}`);
    stream = mine;
    mine.addEventListener("open", () => {
      retryMs = RETRY_FIRST_MS;
      online(true);
    });
    mine.addEventListener("error", () => { if (stream === mine) retryLater(); });
    mine.addEventListener("message", (event) => {
      const data = readJson(event.data);
      const phone = data && phones.get(data.phone);
      if (phone && data.message) phone.add(data.message, true);
    });
    mine.addEventListener("poll", (event) => {
      const data = readJson(event.data);
      if (data) phones.get(data.phone)?.endPoll(data.id);
    });
    mine.addEventListener("clock", (event) => {
      const data = readJson(event.data);
      if (data?.now) setClock(data.now);
    });
    mine.addEventListener("reset", startedAnew);
  }

  function readJson(text) {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  }

  function startedAnew() {
    resets += 1;
    epoch += 1;
    forget();
    clock.base = null; // the clock goes back to its start: not a jump forward
    say("Simulator mulai dari awal");
    loadState().catch(retryLater);
  }

  // ------------------------------------------------------------------ top bar

  function pageError(text) {
    els.pageError.textContent = text;
  }

  const forwardButtons = [...document.querySelectorAll("[data-action=forward]")];
  for (const button of forwardButtons) {
    button.addEventListener("click", async () => {
      if (button.getAttribute("aria-disabled") === "true") return;
      pageError("");
      forwardButtons.forEach((b) => b.setAttribute("aria-disabled", "true"));
      try {
        const answer = await post("/clock", { forward: button.dataset.amount });
        if (answer.now) setClock(answer.now);
      } catch (error) {
        pageError(error.message);
      } finally {
        forwardButtons.forEach((b) => b.removeAttribute("aria-disabled"));
      }
    });
  }

  document.querySelector("[data-action=reset]").addEventListener("click", () => els.dialog.showModal());
  document.querySelector("[data-action=reset-cancel]").addEventListener("click", () => els.dialog.close());
  document.querySelector("[data-action=reset-confirm]").addEventListener("click", async () => {
    els.dialog.close();
    pageError("");
    const before = resets;
    try {
      await post("/reset", {});
      // the stream normally says so; without a stream the page does it alone
      window.setTimeout(() => { if (resets === before) startedAnew(); }, 800);
    } catch (error) {
      pageError(error.message);
    }
  });

  window.addEventListener("online", () => { if (!stream) connect(); });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !stream) connect();
  });
  window.addEventListener("pagehide", () => {
    stream?.close();
    stream = null;
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) connect(); });

  online(false);
  connect();
})();
