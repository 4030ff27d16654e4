// <samenspraak-chat opdracht="4" invitation="TOKEN" server="https://..." autostart>
// One file, no dependencies. Everything the assistant says is set as text, never as HTML.
(() => {
  "use strict";

  const SCRIPT = document.currentScript ? document.currentScript.src : "";
  const HOME = SCRIPT ? new URL(SCRIPT).origin : location.origin;
  const RETRY_PAUSES = [1, 2, 4, 8, 15];
  const POLL_SECONDS = 3;
  const MAX_LENGTH = 10000;

  const T = {
    title: "Gesprek met de assistent",
    intro: "U praat met een automatische assistent, niet met een mens. U kunt op elk moment stoppen.",
    start: "Start het gesprek",
    proceed: "Ga verder met uw gesprek",
    withCode: "Verder met een code",
    codeLabel: "Uw ontvangstcode",
    codeHelp: "Twaalf tekens, bijvoorbeeld 7KQM-W3TX-9BHD. Hoofdletters en streepjes hoeven niet.",
    proceedCode: "Verder",
    cancel: "Annuleren",
    receipt: "Uw ontvangstcode:",
    receiptHelp: "Schrijf deze code op. Zo kunt u later verder of alles laten wissen.",
    copy: "Kopieer",
    copied: "De code is gekopieerd.",
    copiedShort: "Gekopieerd",
    notCopied: "Kopiëren lukt hier niet. Schrijf de code op.",
    log: "Berichten",
    scroll: "Het gesprek tot nu toe",
    assistant: "Assistent",
    you: "U",
    choices: "Kies een antwoord",
    label: "Uw antwoord",
    placeholder: "Typ hier…",
    hint: "Enter verstuurt. Shift en Enter geeft een nieuwe regel.",
    send: "Verstuur",
    busy: "De assistent schrijft…",
    waiting: "Uw bericht is bewaard. De assistent antwoordt zodra het kan.",
    offline: "Geen verbinding. Uw bericht staat klaar en we proberen het opnieuw.",
    noStart: "Geen verbinding. Probeer het straks opnieuw.",
    progress: (nr, of) => `vraag ${nr} van ${of}`,
    more: "Meer",
    restart: "Opnieuw beginnen",
    restartAsk: (code) =>
      `Wilt u opnieuw beginnen? Uw gesprek blijft bewaard. Met de code ${code} kunt u er later naar terug.`,
    erase: "Wis mijn gegevens",
    eraseAsk: "Wilt u alles wissen wat u schreef? U kunt dit niet terugdraaien.",
    eraseDone: "Uw gegevens zijn gewist.",
    yesErase: "Ja, wis alles",
    yesRestart: "Ja, begin opnieuw",
  };

  const CSS_TEXT = `
:host { --sp-accent: #0a5f73; --sp-on-accent: #fff; --sp-paper: #fff; --sp-ground: #f3f6f5; --sp-ink: #17262b;
  --sp-soft: #4a5c63; --sp-line: #cfd9d8; --sp-edge: #6a7b81; --sp-tint: #e2eff1; --sp-bad: #a3201d; --sp-radius: 14px;
  color-scheme: light dark; display: block; height: 36rem; max-height: 100vh; font-size: 1rem; }
:host([idle]) { height: auto; }
:host([hidden]) { display: none; }
@media (prefers-color-scheme: dark) { :host { --sp-accent: #74cadd; --sp-on-accent: #06222a; --sp-paper: #182327;
  --sp-ground: #10181b; --sp-ink: #e6eeee; --sp-soft: #a8b9be; --sp-line: #33444a; --sp-edge: #83969c; --sp-tint: #1d3138; --sp-bad: #ff9d97; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.box { all: initial; box-sizing: border-box; position: relative; display: flex; flex-direction: column; height: 100%; overflow: hidden;
  background: var(--sp-paper); color: var(--sp-ink); border: 1px solid var(--sp-line); border-radius: var(--sp-radius);
  font: 1em/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif; overflow-wrap: anywhere; text-align: left; color-scheme: light dark; }
.box p { margin: 0; }
.head { display: flex; flex-wrap: wrap; gap: .1em 1em; align-items: center; justify-content: space-between; padding: .6em 1em;
  border-bottom: 1px solid var(--sp-line); background: var(--sp-tint); }
.head strong { font-weight: 600; }
.progress { font-size: .94em; color: var(--sp-soft); display: flex; gap: .6em; align-items: center; }
progress { width: 5em; height: .5em; accent-color: var(--sp-accent); }
.receipt { padding: .6em .9em; margin-bottom: 1em; border: 1px dashed var(--sp-edge); border-radius: 10px; font-size: .94em; color: var(--sp-soft); }
.receipt b { color: var(--sp-ink); font-family: ui-monospace, Menlo, "DejaVu Sans Mono", monospace; letter-spacing: .04em; white-space: nowrap; }
.scroll { flex: 1; overflow-y: auto; padding: 1em; background: var(--sp-ground); min-height: 0; overscroll-behavior: contain; }
.log { display: flex; flex-direction: column; gap: .55em; }
.msg { max-width: 88%; padding: .55em .9em; border-radius: 14px; white-space: pre-wrap; border: 1px solid var(--sp-line); background: var(--sp-paper); }
.bot { align-self: flex-start; border-bottom-left-radius: 3px; }
.me { align-self: flex-end; background: var(--sp-accent); color: var(--sp-on-accent); border-color: transparent; border-bottom-right-radius: 3px; }
.me.unsent { opacity: .8; border: 1px dashed var(--sp-on-accent); }
.choices { display: flex; flex-wrap: wrap; gap: .5em; padding-top: .9em; }
button { font: inherit; cursor: pointer; color: var(--sp-accent); background: var(--sp-paper); border: 2px solid var(--sp-accent);
  border-radius: 999px; padding: .4em 1em; min-height: 2.4em; text-align: left; }
button:hover { background: var(--sp-tint); }
button[disabled] { opacity: .55; cursor: default; }
.main { background: var(--sp-accent); color: var(--sp-on-accent); font-weight: 600; }
.main:hover { background: var(--sp-ink); color: var(--sp-paper); border-color: var(--sp-ink); }
.link { border: 0; background: none; padding: .2em .3em; min-height: 1.75em; border-radius: 4px; text-decoration: underline; text-underline-offset: .15em; font-size: .94em; }
:focus-visible { outline: 3px solid var(--sp-accent); outline-offset: 2px; }
.me:focus-visible, .main:focus-visible { outline-color: var(--sp-ink); }
.status { min-height: 1.5em; padding-top: .5em; font-size: .94em; color: var(--sp-soft); }
.alert { padding: .5em 1em; font-size: .96em; color: var(--sp-bad); border-top: 1px solid var(--sp-line); font-weight: 500; }
.alert:empty { display: none; }
form.say { display: flex; gap: .6em; align-items: flex-end; padding: .7em 1em .3em; border-top: 1px solid var(--sp-line); }
textarea, input { font: inherit; color: inherit; background: var(--sp-paper); border: 1px solid var(--sp-edge); border-radius: 10px; padding: .5em .7em; width: 100%; }
textarea { flex: 1; resize: none; min-height: 2.6em; max-height: 9em; display: block; min-width: 0; }
textarea::placeholder { color: var(--sp-soft); opacity: 1; }
.foot { padding: .1em .8em .4em; font-size: .94em; }
.foot summary { cursor: pointer; padding: .2em .3em; color: var(--sp-accent); width: max-content; }
.foot div { display: flex; flex-wrap: wrap; gap: 0 .8em; }
.foot.wide summary { display: none; }
.foot .link { font-size: 1em; }
.start { flex: 1; overflow-y: auto; padding: 1.4em 1.2em; display: flex; flex-direction: column; gap: 1em; align-items: flex-start; justify-content: center; }
.notice { padding: .6em .9em; background: var(--sp-tint); border-radius: 10px; }
.notice:empty { display: none; }
.over { position: absolute; inset: 0; background: var(--sp-paper); padding: 1.4em 1.2em; overflow-y: auto; display: flex; }
.ask { margin: auto 0; width: 100%; display: flex; flex-direction: column; gap: .8em; }
.row { display: flex; flex-wrap: wrap; gap: .6em; }
label { font-weight: 600; }
.help { font-size: .94em; color: var(--sp-soft); }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.box { container-type: inline-size; }
@container (max-width: 26em) { form.say { padding-inline: .6em; gap: .4em; } form.say .main { padding-inline: .8em; } .scroll { padding: .8em .7em; } .foot { padding-inline: .4em; } }
@media (prefers-contrast: more) { .msg, .box { border-color: currentColor; } }
@media (forced-colors: active) { .msg, button { border: 1px solid; } }
`;

  const uuid = () => {
    if (globalThis.crypto && crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  const sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

  // h("p", {class: "x"}, "text", child): attributes and text only.
  const h = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value === true) node.setAttribute(name, "");
      else if (value !== false && value != null) node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  };

  class Refused extends Error {
    constructor(status, detail, wait) {
      super(detail);
      this.status = status;
      this.wait = wait;
    }
  }

  class SamenspraakChat extends HTMLElement {
    #root = this.attachShadow({ mode: "open" });
    #ui = {};
    #state = null; // {token, receipt, opdracht, invitation, outbox: [{client_id, message, payload}]}
    #last = 0; // the highest seq that is shown
    #mine = new Map(); // client_id -> the bubble of what was sent
    #run = 0; // rises when the talk is left, so that late answers are thrown away
    #turn = null; // the last turn's seq and buttons
    #pumping = -1; // the run that is sending
    #following = -1; // the run whose answers are being waited for
    #online = () => this.#pump();

    connectedCallback() {
      addEventListener("online", this.#online);
      if (this.#ui.box) return;
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS_TEXT);
      this.#root.adoptedStyleSheets = [sheet];
      this.#build();
      this.#state = this.#load();
      if (this.#state && this.#fits(this.#state)) this.#resume();
      else if (this.hasAttribute("autostart")) this.#enter(this.#known());
      else this.#showStart();
    }

    disconnectedCallback() {
      removeEventListener("online", this.#online);
    }

    // The page

    #build() {
      const ui = this.#ui;
      const hidden = (text) => h("span", { class: "vh" }, text);
      ui.nr = h("span");
      ui.bar = h("progress", { "aria-hidden": "true", max: 4, value: 0 });
      ui.progress = h("p", { class: "progress", hidden: true }, ui.nr, ui.bar);
      ui.code = h("b");
      ui.copy = h("button", { class: "link", type: "button", onclick: () => this.#copy() }, T.copy);
      ui.receipt = h("div", { class: "receipt" }, h("p", {}, T.receipt + " ", ui.code, " ", ui.copy),
        h("p", {}, T.receiptHelp));
      ui.log = h("div", { class: "log", role: "log", "aria-label": T.log, "aria-live": "polite", "aria-relevant": "additions" });
      ui.choices = h("div", { class: "choices", role: "group", "aria-label": T.choices, hidden: true });
      ui.status = h("p", { class: "status", role: "status" });
      ui.scroll = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": T.scroll },
        ui.receipt, ui.log, ui.choices, ui.status);
      ui.alert = h("p", { class: "alert", role: "alert" });
      ui.input = h("textarea", { id: "input", rows: "1", maxlength: String(MAX_LENGTH), placeholder: T.placeholder,
        "aria-describedby": "hint", autocomplete: "off", onkeydown: (event) => this.#key(event), oninput: () => this.#grow() });
      ui.form = h("form", { class: "say", onsubmit: (event) => { event.preventDefault(); this.#submit(); } },
        h("label", { class: "vh", for: "input" }, T.label), ui.input,
        h("button", { class: "main" }, T.send));
      ui.hint = h("p", { class: "vh", id: "hint" }, T.hint);
      const link = (text, action) => h("button", { class: "link", type: "button", onclick: action }, text);
      const wide = this.clientWidth >= 480;
      ui.foot = h("details", { class: wide ? "foot wide" : "foot", open: wide }, h("summary", {}, T.more),
        h("div", {}, link(T.restart, () => this.#askRestart()), link(T.withCode, () => this.#askCode()),
          link(T.erase, () => this.#askErase())));
      ui.talk = [ui.scroll, ui.form, ui.hint, ui.foot];
      ui.begin = h("button", { class: "main", type: "button", onclick: () => this.#enter(this.#known()) }, T.start);
      ui.notice = h("p", { class: "notice", role: "status" });
      ui.start = h("div", { class: "start", hidden: true }, ui.notice, h("p", {}, T.intro),
        h("div", { class: "row" }, ui.begin, h("button", { type: "button", onclick: () => this.#askCode() }, T.withCode)));
      ui.over = h("div", { class: "over", role: "dialog", "aria-modal": "true", hidden: true });
      ui.box = h("section", { class: "box", lang: "nl", "aria-label": T.title },
        h("div", { class: "head" }, h("strong", {}, T.title), ui.progress),
        ui.start, ui.scroll, ui.alert, ui.form, ui.hint, ui.foot, ui.over);
      this.#root.append(ui.box);
      ui.who = { deelnemer: () => hidden(T.you + ": "), assistent: () => hidden(T.assistant + ": ") };
      for (const part of ui.talk) part.hidden = true;
    }

    #show(talking) {
      for (const part of this.#ui.talk) part.hidden = !talking;
      this.#ui.start.hidden = talking;
      this.toggleAttribute("idle", !talking);
      if (!talking) this.#ui.progress.hidden = true;
    }

    #showStart(problem = "", notice = "") {
      this.#show(false);
      this.#ui.begin.textContent = this.#state ? T.proceed : T.start;
      this.#ui.notice.textContent = notice;
      this.#warn(problem);
    }

    #say(text) {
      if (this.#ui.status.textContent !== text) this.#ui.status.textContent = text;
    }

    #warn(text) {
      if (this.#ui.alert.textContent !== text) this.#ui.alert.textContent = text;
    }

    async #copy() {
      try {
        await navigator.clipboard.writeText(this.#state.receipt);
        this.#say(T.copied);
        this.#ui.copy.textContent = T.copiedShort;
        setTimeout(() => { this.#ui.copy.textContent = T.copy; }, 3000);
      } catch {
        this.#say(T.notCopied);
      }
    }

    // One question over the talk, with a way back; Escape closes and gives focus back.
    #ask(text, fields, action, yes) {
      const { over } = this.#ui;
      const back = this.#root.activeElement;
      const others = [...this.#ui.box.children].filter((part) => part !== over);
      const close = () => {
        over.hidden = true;
        for (const part of others) part.inert = false;
        over.replaceChildren();
        if (back && back.isConnected) back.focus();
      };
      const form = h("form", {
        onsubmit: async (event) => {
          event.preventDefault();
          if (await action(close, form)) close();
        },
        onkeydown: (event) => { if (event.key === "Escape") close(); },
      }, h("p", { id: "ask" }, text), ...fields,
        h("div", { class: "row" }, h("button", { class: "main" }, yes),
          h("button", { type: "button", onclick: close }, T.cancel)));
      form.className = "ask";
      over.setAttribute("aria-labelledby", "ask");
      over.replaceChildren(form);
      over.hidden = false;
      for (const part of others) part.inert = true;
      (form.querySelector("input") || form.querySelector("button")).focus();
    }

    #askCode() {
      const input = h("input", { id: "code", autocomplete: "off", autocapitalize: "characters", spellcheck: "false",
        required: true, maxlength: "60", "aria-describedby": "code-help code-error" });
      const error = h("p", { class: "alert", id: "code-error", role: "alert" });
      this.#ask(T.withCode, [h("label", { for: "code" }, T.codeLabel), input,
        h("p", { class: "help", id: "code-help" }, T.codeHelp), error], async (close) => {
        try {
          await this.#open({ receipt: input.value.trim() });
        } catch (problem) {
          error.textContent = problem instanceof Refused ? problem.message : T.noStart;
          input.focus();
          return false;
        }
        close();
        this.#resume(true);
        return false;
      }, T.proceedCode);
    }

    #askRestart() {
      this.#ask(T.restartAsk(this.#state.receipt), [], async (close) => {
        close();
        this.#leave();
        await this.#enter({});
        return false;
      }, T.yesRestart);
    }

    #askErase() {
      this.#ask(T.eraseAsk, [], async (close) => {
        try {
          await this.#call("DELETE", "");
        } catch (problem) {
          if (problem.status !== 401) {
            this.#warn(problem instanceof Refused ? problem.message : T.noStart);
            return true;
          }
        }
        close();
        this.#leave();
        this.#showStart("", T.eraseDone);
        this.#ui.begin.focus();
        return false;
      }, T.yesErase);
    }

    // What is kept in the browser

    get #server() {
      return (this.getAttribute("server") || HOME).replace(/\/+$/, "");
    }

    get #slot() {
      return `samenspraak:${this.#server}`;
    }

    #load() {
      try {
        const found = JSON.parse(localStorage.getItem(this.#slot));
        return found && found.token ? { outbox: [], ...found } : null;
      } catch {
        return null;
      }
    }

    #save() {
      try {
        if (this.#state) localStorage.setItem(this.#slot, JSON.stringify(this.#state));
        else localStorage.removeItem(this.#slot);
      } catch {
        // Private windows may refuse storage: the talk works, but a reload loses it.
      }
    }

    get #opdracht() {
      const number = Number.parseInt(this.getAttribute("opdracht") || "", 10);
      return Number.isNaN(number) ? null : number;
    }

    // Whether the talk that is kept is the one this page asks for.
    #fits(state) {
      const invitation = this.getAttribute("invitation");
      if (invitation && state.invitation !== invitation) return false;
      return this.#opdracht === null || state.opdracht === this.#opdracht;
    }

    // How to come in from here: back to the talk that is kept, or as a newcomer.
    #known() {
      const invitation = this.getAttribute("invitation");
      if (this.#state && (!invitation || this.#state.invitation === invitation)) {
        return { receipt: this.#state.receipt };
      }
      return {};
    }

    // The talk

    async #call(method, path, body) {
      const headers = {};
      if (this.#state) headers.Authorization = `Bearer ${this.#state.token}`;
      if (body) headers["Content-Type"] = "application/json";
      const response = await fetch(`${this.#server}/api/chat${path}`, {
        method, headers, credentials: "omit", cache: "no-store", body: body && JSON.stringify(body) });
      const content = response.status === 204 ? null : await response.json();
      if (!response.ok) {
        const wait = Number.parseInt(response.headers.get("Retry-After") || "0", 10);
        throw new Refused(response.status, (content && content.detail) || "", wait);
      }
      return { status: response.status, content };
    }

    // Opens a session; what was kept is only let go when this worked.
    async #open(how) {
      const invitation = this.getAttribute("invitation");
      const body = { ...how };
      if (invitation && !how.receipt) body.invitation = invitation;
      if (this.#opdracht !== null) body.opdracht = this.#opdracht;
      const { content } = await this.#call("POST", "/sessions", body);
      const outbox = how.receipt && this.#state && this.#state.receipt === how.receipt ? this.#state.outbox : [];
      this.#leave();
      this.#state = { token: content.token, receipt: content.receipt, opdracht: this.#opdracht, invitation, outbox };
      this.#save();
    }

    async #enter(how) {
      const { begin } = this.#ui;
      begin.disabled = true;
      this.#warn("");
      this.#show(true);
      this.#say(T.busy);
      try {
        await this.#open(how);
      } catch (problem) {
        if (problem instanceof Refused && problem.status === 404 && how.receipt) {
          this.#leave();
          begin.disabled = false;
          return this.#enter({});
        }
        this.#showStart(problem instanceof Refused ? problem.message : T.noStart);
        return undefined;
      } finally {
        begin.disabled = false;
      }
      return this.#resume(true);
    }

    async #resume(fresh = false) {
      const run = this.#run;
      this.#show(true);
      this.#ui.code.textContent = this.#state.receipt;
      if (fresh) this.#ui.input.focus({ preventScroll: true });
      // After a reload, what was said before is shown, not read aloud again.
      else this.#ui.log.setAttribute("aria-live", "off");
      this.#say(T.busy);
      for (const item of this.#state.outbox) this.#sent(item.client_id, item.message);
      const pending = await this.#sync(run);
      if (run !== this.#run) return;
      setTimeout(() => this.#ui.log.setAttribute("aria-live", "polite"), 500);
      if (this.#state.outbox.length) this.#pump();
      else if (pending) this.#follow();
    }

    #leave() {
      this.#run += 1;
      this.#state = null;
      this.#save();
      this.#last = 0;
      this.#mine.clear();
      this.#ui.log.replaceChildren();
      this.#setChoices([]);
      this.#ui.progress.hidden = true;
      this.#ui.input.value = "";
      this.#warn("");
      this.#say("");
    }

    #lost(problem) {
      const notice = problem.message;
      this.#leave();
      this.#showStart(notice);
    }

    // Reads what is new until the assistant has had the last word.
    async #follow() {
      const run = this.#run;
      if (this.#following === run) return;
      this.#following = run;
      for (let round = 0; ; round += 1) {
        await sleep(round ? POLL_SECONDS : 1);
        if (run !== this.#run) return;
        if (round) this.#say(T.waiting);
        if (!(await this.#sync(run))) break;
      }
      if (run === this.#run) this.#following = -1;
    }

    // Shows what is new. True: an answer is still to come.
    async #sync(run) {
      let content;
      try {
        ({ content } = await this.#call("GET", `/messages?after=${this.#last}`));
      } catch (problem) {
        if (run !== this.#run) return false;
        if (problem.status === 401) {
          this.#lost(problem);
          return false;
        }
        this.#warn((problem instanceof Refused && problem.message) || T.offline);
        return true;
      }
      if (run !== this.#run) return false;
      this.#warn("");
      for (const message of content) this.#add(message);
      const pending = this.#pending();
      if (!pending && !this.#state.outbox.length) this.#say("");
      return pending;
    }

    #pending() {
      const known = this.#ui.log.querySelectorAll(".msg:not(.unsent)");
      return !known.length || known[known.length - 1].dataset.from === "deelnemer";
    }

    #add({ seq, from, text, buttons, custom, client_id }) {
      if (seq <= this.#last) return;
      this.#last = seq;
      if (from === "deelnemer") {
        this.#stored(client_id, text);
        return;
      }
      if (text) this.#bubble(from, text);
      const before = this.#turn && this.#turn.seq === seq - 1 ? this.#turn.buttons : [];
      this.#turn = { seq, buttons: [...before, ...(buttons || [])] };
      this.#setChoices(this.#turn.buttons);
      if (custom && custom.step) this.#progress(custom.progress);
    }

    // What was not sent yet stays at the end.
    #bubble(from, text) {
      const bubble = h("div", { class: `msg ${from === "assistent" ? "bot" : "me"}`, "data-from": from },
        this.#ui.who[from](), text);
      this.#ui.log.insertBefore(bubble, this.#ui.log.querySelector(".unsent"));
      this.#scrollDown();
      return bubble;
    }

    #sent(client_id, text) {
      if (this.#mine.has(client_id)) return;
      const bubble = this.#bubble("deelnemer", text);
      bubble.classList.add("unsent");
      this.#ui.log.append(bubble);
      this.#mine.set(client_id, bubble);
    }

    #stored(client_id, text) {
      const bubble = this.#mine.get(client_id);
      if (!bubble) this.#mine.set(client_id, this.#bubble("deelnemer", text));
      else if (bubble.classList.contains("unsent")) {
        bubble.classList.remove("unsent");
        const first = this.#ui.log.querySelector(".unsent");
        if (first && first.compareDocumentPosition(bubble) & Node.DOCUMENT_POSITION_FOLLOWING) first.before(bubble);
      }
      this.#setChoices([]);
      this.#settled(client_id);
    }

    #progress(progress) {
      const { nr, bar } = this.#ui;
      this.#ui.progress.hidden = !progress;
      if (!progress) return;
      nr.textContent = T.progress(progress.nr, progress.of);
      bar.max = progress.of;
      bar.value = progress.nr;
    }

    #setChoices(buttons) {
      const { choices } = this.#ui;
      const held = choices.contains(this.#root.activeElement);
      choices.hidden = buttons.length === 0;
      choices.replaceChildren(...buttons.map(({ title, payload }) =>
        h("button", { type: "button", onclick: () => this.#send(title, payload) }, title)));
      if (held) this.#ui.input.focus({ preventScroll: true });
      this.#scrollDown();
    }

    // To the end, but never past what was said last: a long turn is read from its beginning.
    #scrollDown() {
      const { scroll, log, receipt } = this.#ui;
      requestAnimationFrame(() => {
        const mine = log.querySelectorAll(".me");
        const first = mine.length ? mine[mine.length - 1] : receipt;
        const top = first.getBoundingClientRect().top - scroll.getBoundingClientRect().top + scroll.scrollTop;
        scroll.scrollTop = top - 12;
      });
    }

    #key(event) {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#submit();
      }
    }

    #grow() {
      const { input } = this.#ui;
      input.style.height = "auto";
      input.style.height = `${Math.min(input.scrollHeight + 2, 160)}px`;
    }

    #submit() {
      const { input } = this.#ui;
      const text = input.value;
      if (!text.trim()) return;
      input.value = "";
      this.#grow();
      this.#send(text);
      input.focus({ preventScroll: true });
    }

    #send(message, payload) {
      const item = { client_id: uuid(), message };
      if (payload) item.payload = payload;
      this.#state.outbox.push(item);
      this.#save();
      this.#sent(item.client_id, message);
      this.#setChoices([]);
      this.#pump();
    }

    #settled(client_id) {
      if (!this.#state) return;
      const left = this.#state.outbox.filter((item) => item.client_id !== client_id);
      if (left.length === this.#state.outbox.length) return;
      this.#state.outbox = left;
      this.#save();
    }

    // Sends what is waiting, one by one; the same client_id again is harmless.
    async #pump() {
      const run = this.#run;
      if (this.#pumping === run || !this.#state) return;
      this.#pumping = run;
      let tries = 0;
      try {
        while (run === this.#run && this.#state && this.#state.outbox.length) {
          const item = this.#state.outbox[0];
          this.#say(T.busy);
          try {
            const { status, content } = await this.#call("POST", "/messages", item);
            if (run !== this.#run) return;
            tries = 0;
            this.#warn("");
            await this.#accepted(item, status === 200 ? content : [], run);
          } catch (problem) {
            if (run !== this.#run) return;
            if (problem.status === 401) {
              this.#lost(problem);
              return;
            }
            if (problem instanceof Refused && problem.status < 500 && problem.status !== 429) {
              this.#refused(item, problem);
              continue;
            }
            this.#warn(problem.status === 429 ? problem.message : T.offline);
            this.#say("");
            await sleep(problem.wait || RETRY_PAUSES[Math.min(tries, RETRY_PAUSES.length - 1)]);
            tries += 1;
          }
        }
      } finally {
        if (this.#pumping === run) this.#pumping = -1;
      }
      if (run === this.#run && this.#pending()) this.#follow();
    }

    // Stored. Replies that follow right on what is shown are shown; else all that is new is read.
    async #accepted(item, replies, run) {
      const next = this.#last + 1;
      if (replies.length && replies[0].seq === next + 1) {
        this.#last = next;
        this.#stored(item.client_id, item.message);
        for (const reply of replies) this.#add({ from: "assistent", ...reply });
        this.#say("");
      } else {
        this.#stored(item.client_id, item.message);
        await this.#sync(run);
      }
    }

    #refused(item, problem) {
      this.#settled(item.client_id);
      const bubble = this.#mine.get(item.client_id);
      if (bubble) bubble.remove();
      this.#mine.delete(item.client_id);
      if (!item.payload && !this.#ui.input.value) this.#ui.input.value = item.message;
      this.#warn(problem.message);
      this.#say("");
      if (this.#turn && !this.#state.outbox.length) this.#setChoices(this.#turn.buttons);
    }
  }

  // A browser too old for this shows what the page put inside the element instead.
  const able = "adoptedStyleSheets" in Document.prototype && "inert" in HTMLElement.prototype;
  if (able && !customElements.get("samenspraak-chat")) customElements.define("samenspraak-chat", SamenspraakChat);
})();
