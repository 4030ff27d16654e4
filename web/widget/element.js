// <samenspraak-chat opdracht="4" invitation="TOKEN" server="https://…" mode="launcher" autostart>

import { answerList, answerText, downloadText, printAnswers } from "./answers.js";
import { fill, h, sheet } from "./dom.js";
import { Line, Refused } from "./line.js";
import { Store } from "./store.js";
import { Talk } from "./talk.js";
import { CSS, SCRIPT, T } from "./theirs.js";
import { View } from "./view.js";

const WIDE = 480; // px
const HOME = SCRIPT && SCRIPT.src ? new URL(SCRIPT.src).origin : location.origin;

class SamenspraakChat extends HTMLElement {
  #root = this.attachShadow({ mode: "open" });
  #view = null;
  #store;
  #line;
  #talk;
  #again = () => {
    if (document.hidden) return;
    this.#talk.go();
    this.#talk.refresh();
  };

  connectedCallback() {
    addEventListener("online", this.#again);
    document.addEventListener("visibilitychange", this.#again);
    if (this.#view) return;
    this.#root.adoptedStyleSheets = [sheet(CSS)];
    const server = (this.getAttribute("server") || HOME).replace(/\/+$/, "");
    const launcher = this.getAttribute("mode") === "launcher";
    this.#store = new Store(server);
    this.#line = new Line(server);
    const view = new View(this.#root, launcher, !launcher && this.clientWidth >= WIDE, T, {
      start: (anew) => (anew ? this.#askRestart() : this.#enter(this.#known())),
      send: (text, payload) => this.#talk.send(text, payload),
      again: () => this.#talk.again(),
      draft: (text) => { this.#store.draft = text; },
      code: () => this.#askCode(),
      answers: () => this.#showAnswers(),
      restart: () => this.#askRestart(),
      erase: () => this.#askErase(),
      toggle: (open) => this.#toggle(open),
    });
    this.#view = view;
    this.#talk = new Talk(this.#line, this.#store, {
      said: (message) => {
        view.said(message);
        if (message.custom && message.custom.step === "gewist") this.#gone(message.text);
      },
      typed: (client_id, text) => view.typed(client_id, text),
      waits: (client_id, text) => view.waits(client_id, text),
      refused: (item, reason) => view.refused(item, reason, this.#talk.busy),
      state: (name, why) => view.state(name, why),
      trouble: (text, again) => view.trouble(text, again),
      lost: (text) => {
        view.clear();
        view.showStart(false, text);
      },
    }, T);
    const kept = this.#store.talk;
    if (kept && this.#fits(kept)) this.#resume();
    else if (this.hasAttribute("autostart")) this.#enter(this.#known());
    else view.showStart(Boolean(kept));
  }

  disconnectedCallback() {
    removeEventListener("online", this.#again);
    document.removeEventListener("visibilitychange", this.#again);
  }

  #toggle(open) {
    this.#view.open(open);
    if (open) this.#view.focus();
    else this.#view.launch.focus();
  }

  get #opdracht() {
    const number = Number.parseInt(this.getAttribute("opdracht") || "", 10);
    return Number.isNaN(number) ? null : number;
  }

  // Whether the talk that is kept is the one this page asks for.
  #fits(kept) {
    const invitation = this.getAttribute("invitation");
    if (invitation && kept.invitation !== invitation) return false;
    return this.#opdracht === null || kept.opdracht === this.#opdracht;
  }

  // How to come in from here: back to the talk that is kept, or as a newcomer.
  #known() {
    const kept = this.#store.talk;
    const invitation = this.getAttribute("invitation");
    return kept && (!invitation || kept.invitation === invitation) ? { receipt: kept.receipt } : {};
  }

  async #open(how) {
    const opdracht = this.#opdracht;
    const invitation = this.getAttribute("invitation");
    const body = { ...how };
    if (invitation && !how.receipt) body.invitation = invitation;
    if (opdracht !== null) body.opdracht = opdracht;
    await this.#talk.open(body, { opdracht, invitation });
    this.#view.clear();
  }

  async #enter(how) {
    const view = this.#view;
    const known = Boolean(this.#store.talk);
    view.begin.disabled = true;
    view.trouble("");
    view.showTalk();
    view.state("busy");
    view.hold();
    try {
      await this.#open(how);
    } catch (problem) {
      if (problem instanceof Refused && problem.status === 404 && how.receipt) {
        this.#talk.leave();
        await this.#enter({});
        return;
      }
      view.state("");
      view.showStart(known, problem instanceof Refused ? problem.message : T.noStart);
      return;
    } finally {
      view.begin.disabled = false;
    }
    this.#resume(true);
    view.release();
  }

  async #resume(fresh = false) {
    const view = this.#view;
    view.showTalk(this.#store.talk.receipt);
    view.setDraft(this.#store.draft);
    // A widget that comes up by itself never takes the focus from the page around it.
    if (fresh && !(view.launcher && view.box.hidden)) view.input.focus({ preventScroll: true });
    view.quietly(!fresh);
    await this.#talk.resume();
    setTimeout(() => view.quietly(false), 500);
  }

  #askCode() {
    const error = h("p", { class: "alert", id: "code-error", role: "alert" });
    const input = h("input", { id: "code", autocomplete: "off", autocapitalize: "characters", spellcheck: "false",
      required: true, maxlength: "60", "aria-describedby": "code-help code-error" });
    this.#view.ask(T.withCode, [h("label", { for: "code" }, T.codeLabel), input,
      h("p", { class: "help", id: "code-help" }, T.codeHelp), error], T.proceedCode, async () => {
      try {
        await this.#open({ receipt: input.value.trim() });
      } catch (problem) {
        error.textContent = problem instanceof Refused ? problem.message : T.noStart;
        input.setAttribute("aria-invalid", "true");
        input.focus();
        return false;
      }
      this.#view.closeAsk();
      this.#resume(true);
      return false;
    });
  }

  #askRestart() {
    this.#view.ask(fill(T.restartAsk, { code: this.#store.talk.receipt }), [], T.yesRestart, async () => {
      this.#view.closeAsk();
      await this.#enter({});
      return false;
    });
  }

  #askErase() {
    this.#view.ask(T.eraseAsk, [], T.yesErase, async () => {
      try {
        await this.#talk.erase();
      } catch (problem) {
        this.#view.trouble(problem instanceof Refused ? problem.message : T.noStart);
        return true;
      }
      this.#gone(T.eraseDone);
      return false;
    });
  }

  // Nothing of an erased talk stays: not on the screen, not in the browser.
  #gone(notice) {
    const view = this.#view;
    const held = this.#root.activeElement;
    if (view.closeAsk) view.closeAsk();
    this.#talk.leave();
    view.clear();
    view.showStart(false, "", notice);
    if (held) view.begin.focus({ preventScroll: true });
  }

  async #showAnswers() {
    let answers;
    try {
      answers = (await this.#line.call("GET", "/answers")).content;
    } catch (problem) {
      this.#view.trouble(problem.status === 401 ? problem.message : T.answersLater);
      return;
    }
    const { receipt } = this.#store.talk;
    const blocked = h("p", { class: "alert", role: "alert" });
    const keep = h("div", { class: "row" },
      h("button", { type: "button", onclick: () => downloadText(answerText(answers, receipt, T), T.downloadName) }, T.download),
      h("button", { type: "button", onclick: () => {
        if (!printAnswers(answers, receipt, T)) blocked.textContent = T.printBlocked;
      } }, T.print));
    const all = h("div", { class: "row" }, h("button", { type: "button", onclick: async () => {
      try {
        const found = (await this.#line.call("GET", "/data")).content;
        downloadText(JSON.stringify(found, null, 1), T.everythingName);
      } catch {
        blocked.textContent = T.answersLater;
      }
    } }, T.everything));
    const fields = answers.length
      ? [keep, blocked, h("p", {}, T.answersIntro), h("div", { class: "mine", tabindex: "0", role: "group", "aria-label": T.answers },
        ...answerList(answers)), all]
      : [h("p", {}, T.noAnswers), blocked, all];
    this.#view.ask(T.answers, fields, null, null, T.back);
  }
}

// A browser too old for this shows what the page put inside the element instead.
const able = "adoptedStyleSheets" in Document.prototype && "timeout" in AbortSignal && "replaceSync" in CSSStyleSheet.prototype;
if (able && !customElements.get("samenspraak-chat")) {
  customElements.define("samenspraak-chat", SamenspraakChat);
  // <script src="…" data-mode="launcher" data-opdracht="4"> needs no element in the page.
  if (SCRIPT && SCRIPT.dataset.mode) {
    const { mode, opdracht, invitation } = SCRIPT.dataset;
    const place = () => document.body.append(h("samenspraak-chat", { mode, opdracht, invitation }));
    if (document.body) place();
    else addEventListener("DOMContentLoaded", place);
  }
}
