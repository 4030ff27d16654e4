// What is kept in the browser: the key to the talk, what waits to be sent, and the draft.
// Each waiting message has a slot of its own, so that two open tabs cannot overwrite each other.

export class Store {
  #name;

  constructor(server) {
    this.#name = `samenspraak:${server}`;
  }

  // {token, receipt, opdracht, invitation}, or null.
  get talk() {
    const found = this.#read(this.#name);
    return found && found.token ? found : null;
  }

  set talk(value) {
    this.#write(this.#name, value);
  }

  get draft() {
    return this.#read(`${this.#name}:draft`) || "";
  }

  set draft(value) {
    this.#write(`${this.#name}:draft`, value || null);
  }

  // [{client_id, message, payload?}], the oldest first.
  get waiting() {
    const found = [];
    try {
      for (let index = 0; index < localStorage.length; index += 1) {
        const name = localStorage.key(index);
        if (!name.startsWith(`${this.#name}:out:`)) continue;
        const item = this.#read(name);
        if (item) found.push(item);
      }
    } catch {
      return [];
    }
    return found.sort((one, other) => one.at - other.at).map(({ at, ...item }) => item);
  }

  wait(item) {
    this.#write(`${this.#name}:out:${item.client_id}`, { ...item, at: Date.now() });
  }

  settle(client_id) {
    this.#write(`${this.#name}:out:${client_id}`, null);
  }

  clear() {
    for (const item of this.waiting) this.settle(item.client_id);
    this.talk = null;
    this.draft = "";
  }

  #read(name) {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch {
      return null;
    }
  }

  #write(name, value) {
    try {
      if (value === null) localStorage.removeItem(name);
      else localStorage.setItem(name, JSON.stringify(value));
    } catch {
      // Private windows may refuse storage: the talk works, but a reload loses it.
    }
  }
}
