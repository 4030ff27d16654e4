// Small things that every part needs.

export const uuid = () => {
  if (globalThis.crypto && crypto.randomUUID) return crypto.randomUUID();
  // Without https a browser has no randomUUID.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
};

export const sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// h("p", {class: "x"}, "text", child): attributes and text only, never HTML.
export const h = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
};

/** @type {(css: string, view?: any) => CSSStyleSheet} */
export const sheet = (css, view = window) => {
  const made = new view.CSSStyleSheet();
  made.replaceSync(css);
  return made;
};
