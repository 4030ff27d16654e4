// What is seen and heard of the talk. Whatever was said is set as text.

import { choiceSentence } from "./answers.js";
import { fill, h } from "./dom.js";

const MAX_LENGTH = 10000;
const BUSY_AFTER = 600; // ms: a quick answer needs no "schrijft…", on screen or aloud
const MAX_INPUT = 160; // px
const SHOW_ALL = "/toon_alle";

export class View {
  #T;
  #root;
  #on;
  #mine = new Map(); // client_id -> the bubble of what was typed
  #turn = null; // the last turn's seq and buttons
  #busy = 0;
  #unread = 0;
  #held = null; // {before, typed, submitted}: the box while a talk is being opened
  #code = ""; // the receipt code
  #codes = []; // where it stands
  launcher;

  // on: {start, send, again, code, answers, restart, erase, draft, toggle}
  constructor(root, launcher, wide, texts, on) {
    this.#root = root;
    this.#T = texts;
    this.#on = on;
    this.launcher = launcher;
    this.#build(wide);
  }

  #build(wide) {
    const T = this.#T;
    const on = this.#on;
    const button = (text, action, name = "") => h("button", { type: "button", class: name, onclick: action }, text);
    this.nr = h("span");
    this.bar = h("progress", { "aria-hidden": "true", max: 4, value: 0 });
    this.progress = h("p", { class: "progress", hidden: true }, this.nr, this.bar);
    this.receipt = h("div", { class: "receipt" }, this.#codeLine(), h("p", {}, T.receiptHelp));
    this.log = h("div", { class: "log", role: "log", "aria-label": T.log, "aria-live": "polite", "aria-relevant": "additions" });
    this.dots = h("div", { class: "dots", "aria-hidden": "true", hidden: true }, h("i"), h("i"), h("i"));
    this.choices = h("div", { class: "choices", role: "group", "aria-label": T.choices, hidden: true });
    this.status = h("p", { class: "status", role: "status" });
    this.aside = h("p", { class: "vh", role: "status" });
    this.ended = h("div", { class: "notice ended", hidden: true }, h("p", {}, T.ended), this.#codeLine(T.copyCode),
      button(T.showAnswers, on.answers));
    this.codeButton = button(T.myCode, () => this.#showCode(), "link mine-code");
    this.scroll = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": T.scroll },
      this.receipt, this.log, this.dots, this.choices, this.ended, this.status, this.aside);
    this.alert = h("p", { class: "alert", role: "alert" });
    this.retry = h("p", { class: "alert", hidden: true }, button(T.tryAgain, () => {
      this.input.focus({ preventScroll: true });
      on.again();
    }));
    this.input = h("textarea", { id: "input", rows: "1", maxlength: String(MAX_LENGTH), placeholder: T.placeholder,
      "aria-describedby": "hint", autocomplete: "off", autocapitalize: "sentences", enterkeyhint: "send", spellcheck: "true",
      onkeydown: (event) => this.#key(event), oninput: () => { this.#grow(); on.draft(this.input.value); } });
    this.form = h("form", { class: "say", onsubmit: (event) => { event.preventDefault(); this.#submit(); } },
      h("label", { class: "vh", for: "input" }, T.label), this.input, h("button", { class: "main" }, T.send));
    this.hint = h("p", { class: "vh", id: "hint" }, T.hint);
    this.foot = h("details", { class: wide ? "foot wide" : "foot", open: wide }, h("summary", {}, T.more),
      h("div", {}, button(T.answers, on.answers, "link"), button(T.restart, on.restart, "link"),
        button(T.withCode, on.code, "link"), button(T.erase, on.erase, "link")));
    this.talk = [this.scroll, this.form, this.hint, this.foot, this.codeButton];
    this.begin = button(T.start, () => on.start(false), "main");
    this.anew = button(T.anew, () => on.start(true));
    this.notice = h("p", { class: "notice", role: "status" });
    this.first = h("div", { class: "start", hidden: true }, this.notice, h("p", {}, T.intro),
      h("div", { class: "row" }, this.begin, this.anew, button(T.withCode, on.code)));
    this.over = h("div", { class: "over", role: "dialog", "aria-modal": "true", hidden: true });
    this.shut = h("button", { type: "button", class: "shut", "aria-label": T.close, onclick: () => on.toggle(false) }, "✕");
    this.shut.hidden = !this.launcher;
    this.box = h("section", { class: "box", lang: "nl", dir: "ltr", "aria-label": T.title,
      onkeydown: (event) => this.#escape(event) },
      h("div", { class: "head" }, h("strong", {}, T.title), this.progress, this.codeButton, this.shut),
      this.first, this.scroll, this.alert, this.retry, this.form, this.hint, this.foot, this.over);
    this.#root.append(this.box);
    if (this.launcher) {
      this.box.id = "box";
      this.box.setAttribute("role", "dialog");
      this.launch = h("button", { type: "button", class: "launch", lang: "nl", "aria-expanded": "false", "aria-controls": "box",
        onclick: () => on.toggle(true) }, T.launch);
      this.#root.prepend(this.launch);
      this.open(false);
    }
    for (const part of this.talk) part.hidden = true;
  }

  // The panel of the launcher, in the top layer where the browser has one: no style of the page can
  // clip it or lay anything over it.
  open(open) {
    const { box, launch } = this;
    box.hidden = !open;
    launch.hidden = open;
    launch.setAttribute("aria-expanded", String(open));
    if ("popover" in box) {
      for (const [part, seen] of [[box, open], [launch, !open]]) {
        part.popover = "manual";
        if (part.matches(":popover-open") !== seen) part.togglePopover(seen);
      }
    }
    if (!open) return;
    this.#unread = 0;
    launch.textContent = this.#T.launch;
    this.#scrollDown();
  }

  focus() {
    const { input, begin, over, form } = this;
    if (!over.hidden) over.querySelector("input, button").focus();
    else (form.hidden ? begin : input).focus({ preventScroll: true });
  }

  showTalk(receipt) {
    this.#show(true);
    if (receipt) this.#setCode(receipt);
  }

  showStart(known, problem = "", notice = "") {
    this.#show(false);
    this.begin.textContent = known ? this.#T.proceed : this.#T.start;
    this.anew.hidden = !known;
    this.notice.textContent = notice;
    this.trouble(problem);
  }

  #show(talking) {
    for (const part of this.talk) part.hidden = !talking;
    this.first.hidden = talking;
    this.#root.host.toggleAttribute("idle", !talking);
    if (!talking) this.progress.hidden = true;
  }

  clear() {
    this.#mine.clear();
    this.#turn = null;
    this.#setCode("");
    this.log.replaceChildren();
    this.setChoices([]);
    this.progress.hidden = true;
    this.ended.hidden = true;
    const held = this.#held;
    if (held && this.input.value !== held.before) held.typed = this.input.value;
    this.input.value = "";
    this.#grow();
  }

  // After a reload what was said before is shown, not read aloud again.
  quietly(quiet) {
    this.log.setAttribute("aria-live", quiet ? "off" : "polite");
    this.quiet = quiet;
  }

  // What the talk tells

  said({ seq, text, buttons, custom }) {
    this.#waiting(false);
    if (text) this.#bubble("assistent", text);
    const before = this.#turn && this.#turn.seq === seq - 1 ? this.#turn : { buttons: [], more: [] };
    this.#turn = { seq, buttons: [...before.buttons, ...(buttons || [])], more: [...before.more, ...((custom && custom.more) || [])] };
    this.setChoices(this.#turn.buttons);
    if (custom && custom.step) {
      this.#progress(custom.progress);
      this.ended.hidden = custom.step !== "einde";
    }
    this.#close(Boolean(custom && custom.closed));
    if (text && this.launcher && this.box.hidden && !this.quiet) {
      this.#unread += 1;
      this.launch.textContent = fill(this.#T.launchNew, { n: this.#unread });
    }
  }

  // While no round is open nothing can be said; one's own answers are near at hand.
  #close(closed) {
    const { form, foot } = this;
    if (form.hidden === closed) return;
    const held = form.contains(this.#root.activeElement);
    form.hidden = closed;
    this.hint.hidden = closed;
    if (!closed) return;
    this.setChoices([]);
    foot.open = true;
    if (held) foot.querySelector("button").focus({ preventScroll: true });
  }

  waits(client_id, text) {
    if (this.#mine.has(client_id)) return;
    this.#mine.set(client_id, this.#bubble("deelnemer", text, true));
    this.setChoices([]);
  }

  typed(client_id, text) {
    const bubble = this.#mine.get(client_id);
    if (!bubble) this.#mine.set(client_id, this.#bubble("deelnemer", text));
    else if (bubble.classList.contains("unsent")) {
      bubble.classList.remove("unsent");
      const first = this.log.querySelector(".unsent");
      if (first && first.compareDocumentPosition(bubble) & Node.DOCUMENT_POSITION_FOLLOWING) first.before(bubble);
    }
    this.setChoices([]);
  }

  refused(item, reason, busy) {
    const bubble = this.#mine.get(item.client_id);
    if (bubble) bubble.remove();
    this.#mine.delete(item.client_id);
    if (!item.payload && !this.input.value) this.setDraft(item.message);
    this.trouble(reason);
    if (this.#turn && !busy) this.setChoices(this.#turn.buttons);
  }

  state(name, why) {
    clearTimeout(this.#busy);
    if (name === "busy") {
      this.#busy = setTimeout(() => {
        this.#waiting(true);
        this.say(this.#T.busy);
      }, BUSY_AFTER);
      return;
    }
    this.#waiting(false);
    this.say(name === "waiting" ? why || this.#T.waiting : "");
  }

  trouble(text, again = false) {
    this.retry.hidden = !again;
    if (this.alert.textContent !== text) this.alert.textContent = text;
  }

  say(text) {
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  // While a talk is being opened, what is typed stays in the box: there is nowhere to send it yet.
  hold() {
    if (!this.#held) this.#held = { before: this.input.value, typed: "", submitted: false };
  }

  // The talk is open: what was typed meanwhile is in the box again, and sent if that was asked.
  release() {
    const { typed, submitted } = this.#held;
    this.#held = null;
    if (!typed) return;
    const draft = this.input.value; // kept from before, where an earlier talk goes on
    this.setDraft(typed.includes(draft) ? typed : `${draft} ${typed}`);
    if (submitted) this.#submit();
  }

  setDraft(text) {
    this.input.value = text;
    this.#on.draft(text);
    this.#grow();
  }

  setChoices(buttons) {
    const { choices } = this;
    const held = choices.contains(this.#root.activeElement);
    choices.hidden = buttons.length === 0;
    choices.replaceChildren(...buttons.map(({ title, payload }) =>
      h("button", { type: "button", onclick: () => this.#choose(title, payload) }, title)));
    const titles = buttons.map(({ title }) => title);
    this.aside.textContent = titles.length && !this.quiet ? choiceSentence(titles, this.#T) : "";
    if (held) this.input.focus({ preventScroll: true });
    this.#scrollDown();
  }

  // "Toon alle" needs no line: what is not shown yet came along. Without it the assistant is asked.
  #choose(title, payload) {
    if (this.#held) return;
    const { more, buttons } = this.#turn;
    if (payload !== SHOW_ALL || !more.length) {
      this.#on.send(title, payload);
      return;
    }
    const first = buttons.length - 1;
    this.#turn = { ...this.#turn, buttons: [...buttons.filter((each) => each.payload !== SHOW_ALL), ...more], more: [] };
    this.setChoices(this.#turn.buttons);
    this.choices.children[first].focus({ preventScroll: true });
  }

  // One question over the talk, with a way back; Escape closes and gives focus back.
  // action() gives true when the question may go, false to stay; its last words are its own.
  ask(title, fields, yes, action, no = this.#T.cancel) {
    const { over } = this;
    const back = this.#root.activeElement;
    this.closeAsk = () => {
      over.hidden = true;
      this.box.classList.remove("asking");
      over.replaceChildren();
      this.closeAsk = null;
      if (back && back.isConnected) back.focus();
    };
    const buttons = [h("button", { type: "button", onclick: () => this.closeAsk() }, no)];
    if (yes) buttons.unshift(h("button", { class: "main" }, yes));
    const form = h("form", { class: "ask", onsubmit: async (event) => {
      event.preventDefault();
      if (action && (await action()) && this.closeAsk) this.closeAsk();
    } }, h("h2", { id: "ask" }, title), ...fields, h("div", { class: "row" }, ...buttons));
    over.setAttribute("aria-labelledby", "ask");
    over.replaceChildren(form);
    over.hidden = false;
    this.box.classList.add("asking");
    (form.querySelector("input") || form.querySelector("button")).focus();
  }

  #escape(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    if (this.closeAsk) this.closeAsk();
    else if (this.launcher) this.#on.toggle(false);
    else return;
    event.stopPropagation();
  }

  // The receipt code with a button to copy it; it stands at the start, at the end and in "Mijn code".
  #codeLine(name = this.#T.copy) {
    const code = h("b", {}, this.#code);
    const told = h("span", { class: "vh", role: "status" });
    const copy = h("button", { type: "button", class: "link", onclick: async () => {
      try {
        await navigator.clipboard.writeText(this.#code);
        told.textContent = this.#T.copied;
        copy.textContent = this.#T.copiedShort;
        setTimeout(() => { copy.textContent = name; }, 3000);
      } catch {
        told.className = "help";
        told.textContent = this.#T.notCopied;
      }
    } }, name);
    this.#codes.push(code);
    return h("p", { class: "code" }, `${this.#T.receipt} `, code, " ", copy, " ", told);
  }

  #setCode(code) {
    this.#code = code;
    for (const shown of this.#codes) shown.textContent = code;
  }

  #showCode() {
    this.ask(this.#T.myCode, [this.#codeLine(this.#T.copyCode), h("p", { class: "help" }, this.#T.receiptHelp)], null, null, this.#T.back);
    this.#codes.pop();
  }

  #waiting(shown) {
    if (this.dots.hidden !== shown) return;
    this.dots.hidden = !shown;
    if (shown) this.#scrollDown();
  }

  // What was not sent yet stays at the end.
  #bubble(from, text, unsent = false) {
    const mine = from === "deelnemer";
    const bubble = h("div", { class: `msg ${mine ? "me" : "bot"}${unsent ? " unsent" : ""}` },
      h("span", { class: "vh" }, `${mine ? this.#T.you : this.#T.assistant}: `), text);
    this.log.insertBefore(bubble, unsent ? null : this.log.querySelector(".unsent"));
    this.#scrollDown();
    return bubble;
  }

  #progress(progress) {
    const T = this.#T;
    this.progress.hidden = !progress;
    if (!progress) return;
    const { nr, of, minutes } = progress;
    const left = minutes > 1 ? fill(T.minutes, { n: minutes }) : T.minute;
    this.nr.textContent = fill(T.progress, { nr, of }) + (minutes ? `, ${left}` : "");
    this.bar.max = of;
    this.bar.value = nr;
  }

  // To the end, but never past what was typed last: a long turn is read from its beginning.
  #scrollDown() {
    const { scroll, log, receipt } = this;
    cancelAnimationFrame(this.scrolling);
    this.scrolling = requestAnimationFrame(() => {
      const mine = log.querySelectorAll(".me");
      const first = mine.length ? mine[mine.length - 1] : receipt;
      // On a very low screen the box scrolls as a whole.
      const frame = getComputedStyle(scroll).overflowY === "visible" ? this.box : scroll;
      const top = first.getBoundingClientRect().top - frame.getBoundingClientRect().top + frame.scrollTop;
      frame.scrollTop = top - 12;
    });
  }

  #key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#submit();
    }
  }

  #grow() {
    const { input } = this;
    input.style.height = "auto";
    if (input.value) input.style.height = `${Math.min(input.scrollHeight + 2, MAX_INPUT)}px`;
  }

  #submit() {
    const { input } = this;
    const text = input.value;
    if (!text.trim()) return;
    if (this.#held) {
      this.#held.submitted = true;
      return;
    }
    this.setDraft("");
    this.#on.send(text);
    input.focus({ preventScroll: true });
  }
}
