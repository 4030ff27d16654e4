// One talk: what was typed goes out once and in order, what was said comes in once and in order.
// It knows nothing of the page; it tells an ear:
//   said({seq, text, buttons, custom})   the assistant said something
//   typed(client_id, text)               the participant said something that is stored now
//   waits(client_id, text)               ... or that still waits to be sent
//   refused(item, reason)                the gateway will not have it
//   state("" | "busy" | "waiting", why)  what is going on; why an answer waits, where it is known
//   trouble(text, again)                 what is wrong, or "" when it is over; again: nothing is tried
//                                        any more until somebody asks for it
//   lost(text)                           the talk is gone

import { sleep, uuid } from "./dom.js";
import { Refused, solved } from "./line.js";

const RETRY_PAUSES = [1, 2, 4, 8, 15];
const MOST_TRIES = 6; // a server that answers with an error so often in a row is not asked again
const POLL_SECONDS = 3;

export class Talk {
  #line;
  #store;
  #ear;
  #texts;
  #out = []; // what waits to be sent: {client_id, message, payload?}
  #last = 0; // the highest seq that is known
  #theirs = false; // whether the assistant had the last word
  #why = ""; // what the gateway said when it could not answer at once
  #run = 0; // rises when the talk is left, so that late answers are thrown away
  #sending = -1; // the run that is sending
  #following = -1; // the run whose answers are being waited for
  #wake = () => {}; // ends the pause before the next try
  #failed = 0; // how often in a row the server answered with an error of its own

  constructor(line, store, ear, texts) {
    this.#line = line;
    this.#store = store;
    this.#ear = ear;
    this.#texts = texts;
  }

  get busy() {
    return this.#out.length > 0;
  }

  // Opens a session; what was kept is only let go when this worked.
  async open(how, known) {
    const before = this.#store.talk;
    const content = await this.#comeIn(how);
    const waiting = how.receipt && before && before.receipt === how.receipt ? this.#store.waiting : [];
    const draft = this.#store.draft;
    this.leave();
    this.#store.talk = { token: content.token, receipt: content.receipt, ...known };
    if (before && before.receipt === content.receipt) this.#store.draft = draft;
    for (const item of waiting) this.#store.wait(item);
  }

  // Where many come from one address, the browser does some work first; it needs a safe connection.
  async #comeIn(how) {
    try {
      return (await this.#line.call("POST", "/sessions", how)).content;
    } catch (problem) {
      if (!problem.challenge || !("subtle" in crypto)) throw problem;
      this.#ear.state("waiting", this.#texts.proving);
      const proof = await solved(problem.challenge);
      return (await this.#line.call("POST", "/sessions", { ...how, proof })).content;
    }
  }

  // Shows what was said, and goes on with what waits.
  async resume() {
    const run = this.#run;
    this.#line.token = this.#store.talk.token;
    this.#out = this.#store.waiting;
    this.#ear.state("busy");
    for (const item of this.#out) this.#ear.waits(item.client_id, item.message);
    const pending = await this.#sync(run);
    if (run !== this.#run) return;
    if (this.#out.length) this.go();
    else if (pending) this.#follow();
  }

  leave() {
    this.#run += 1;
    this.#store.clear();
    this.#line.token = null;
    this.#out = [];
    this.#last = 0;
    this.#theirs = false;
    this.#ear.trouble("");
    this.#ear.state("");
  }

  async erase() {
    try {
      await this.#line.call("DELETE", "");
    } catch (problem) {
      if (problem.status !== 401) throw problem;
    }
    this.leave();
  }

  send(message, payload) {
    const item = { client_id: uuid(), message };
    if (payload) item.payload = payload;
    this.#out.push(item);
    this.#store.wait(item);
    this.#ear.waits(item.client_id, message);
    this.go();
  }

  // Somebody asks to try once more what was given up.
  again() {
    this.#failed = 0;
    this.#ear.trouble("");
    if (this.#out.length) this.go();
    else this.#follow();
  }

  // Whether it is no use to go on: the server fails steadily, and asks for no pause.
  #givenUp(problem) {
    const own = problem instanceof Refused && problem.status >= 500 && !problem.wait;
    this.#failed = own ? this.#failed + 1 : 0;
    if (this.#failed < MOST_TRIES) return false;
    this.#failed = 0;
    this.#ear.trouble(this.#texts.givenUp, true);
    this.#ear.state("");
    return true;
  }

  // Another tab may have gone on, or the machine slept.
  async refresh() {
    const run = this.#run;
    if (this.#store.talk && this.#line.token && !this.#out.length && (await this.#sync(run))) this.#follow();
  }

  // Sends what waits, one by one; the same client_id again is harmless.
  async go() {
    const run = this.#run;
    this.#wake();
    if (this.#sending === run || !this.#out.length) return;
    this.#sending = run;
    let tries = 0;
    try {
      while (run === this.#run && this.#out.length) {
        const item = this.#out[0];
        this.#ear.state("busy");
        try {
          const { status, content } = await this.#line.call("POST", "/messages", item);
          if (run !== this.#run) return;
          tries = 0;
          this.#failed = 0;
          this.#ear.trouble("");
          this.#why = status === 200 ? "" : content.detail;
          await this.#accepted(item, status === 200 ? content : [], run);
        } catch (problem) {
          if (run !== this.#run) return;
          if (problem.status === 401) {
            this.#lost(problem);
            return;
          }
          if (problem instanceof Refused && problem.status < 500 && problem.status !== 429) {
            this.#settled(item.client_id);
            this.#ear.state("");
            this.#ear.refused(item, problem.message);
            continue;
          }
          if (this.#givenUp(problem)) return;
          this.#ear.trouble(problem.status === 429 ? problem.message : this.#texts.offline);
          this.#ear.state("");
          const pause = problem.wait || RETRY_PAUSES[Math.min(tries, RETRY_PAUSES.length - 1)];
          // Asked to wait is asked to wait; else a new message or a line that is back ends the pause.
          const woken = problem.wait ? [] : [new Promise((done) => { this.#wake = () => done(null); })];
          await Promise.race([sleep(pause), ...woken]);
          tries += 1;
        }
      }
    } finally {
      if (this.#sending === run) this.#sending = -1;
    }
    if (run === this.#run && !this.#theirs) this.#follow();
  }

  // Stored. Replies that follow right on what is known are shown; else all that is new is read.
  async #accepted(item, replies, run) {
    const next = this.#last + 1;
    this.#typed(item.client_id, item.message);
    if (replies.length && replies[0].seq === next + 1) {
      this.#last = next;
      for (const reply of replies) this.#take({ from: "assistent", ...reply });
      this.#ear.state("");
    } else {
      await this.#sync(run);
    }
  }

  // Reads what is new until the assistant has had the last word.
  async #follow() {
    const run = this.#run;
    if (this.#following === run) return;
    this.#following = run;
    for (let round = 0; ; round += 1) {
      await sleep((round ? POLL_SECONDS : 1) + RETRY_PAUSES[0] * this.#failed);
      if (run !== this.#run) return;
      if (round && !this.#failed) this.#ear.state("waiting", this.#why);
      if (!(await this.#sync(run))) break;
    }
    if (run === this.#run) this.#following = -1;
  }

  // Reads what is new. True: an answer is still to come.
  async #sync(run) {
    let content;
    try {
      ({ content } = await this.#line.call("GET", `/messages?after=${this.#last}`));
    } catch (problem) {
      if (run !== this.#run) return false;
      if (problem.status === 401) {
        this.#lost(problem);
        return false;
      }
      if (this.#givenUp(problem)) return false;
      this.#ear.trouble((problem instanceof Refused && problem.message) || this.#texts.offline);
      return true;
    }
    if (run !== this.#run) return false;
    this.#failed = 0;
    this.#ear.trouble("");
    for (const message of content) this.#take(message);
    if (this.#theirs && !this.#out.length) this.#ear.state("");
    return !this.#theirs;
  }

  #take(message) {
    if (message.seq <= this.#last) return;
    this.#last = message.seq;
    if (message.from === "deelnemer") {
      this.#typed(message.client_id, message.text);
    } else {
      this.#theirs = true;
      this.#ear.said(message);
    }
  }

  #typed(client_id, text) {
    this.#theirs = false;
    this.#settled(client_id);
    this.#ear.typed(client_id, text);
  }

  #settled(client_id) {
    this.#out = this.#out.filter((item) => item.client_id !== client_id);
    this.#store.settle(client_id);
  }

  #lost(problem) {
    this.leave();
    this.#ear.lost(problem.message);
  }
}
