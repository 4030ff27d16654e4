// "Mijn antwoorden": read, kept as a text file, or printed from a page of its own.

import { fill, h, sheet } from "./dom.js";

const PRINT_CSS = `body { font: 12pt/1.5 system-ui, "Liberation Sans", sans-serif; max-width: 42rem; margin: 2rem auto;
  padding: 0 1rem; overflow-wrap: anywhere; } h1 { font-size: 1.5em; } h2 { font-size: 1.15em; margin: 1.5em 0 .3em; }
  dt { font-weight: 600; margin-top: .8em; } dd { margin: .2em 0 0; white-space: pre-wrap; }`;

// [{titel, vraag, text, step}] as [[titel, [[vraag, text], ...]], ...], in the order they came.
const grouped = (answers) => {
  const found = new Map();
  for (const { titel, vraag, text, step } of answers) {
    if (!found.has(titel)) found.set(titel, []);
    found.get(titel).push([vraag, step ? `${step} (“${text}”)` : text]);
  }
  return [...found];
};

export const answerList = (answers, level = "h3") =>
  grouped(answers).flatMap(([titel, own]) => [
    h(level, {}, titel),
    h("dl", {}, ...own.flatMap(([vraag, text]) => [h("dt", {}, vraag), h("dd", {}, text)])),
  ]);

export const answerText = (answers, receipt, T) => {
  const parts = [T.answers, `${T.receipt} ${receipt}`];
  for (const [titel, own] of grouped(answers)) {
    parts.push(`${titel}\n${"=".repeat(Math.min(titel.length, 60))}`);
    for (const [vraag, text] of own) parts.push(`${vraag}\n\n${text}`);
  }
  return `${parts.join("\n\n")}\n`;
};

export const downloadText = (text, name) => {
  const address = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/plain;charset=utf-8" }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
};

// False where the browser allows no new window.
export const printAnswers = (answers, receipt, T) => {
  const page = window.open("", "_blank");
  if (!page) return false;
  const { document: paper } = page;
  paper.title = T.answers;
  paper.documentElement.lang = "nl";
  paper.adoptedStyleSheets = [sheet(PRINT_CSS, page)];
  paper.body.append(h("main", {}, h("h1", {}, T.answers), h("p", {}, `${T.receipt} `, h("strong", {}, receipt)),
    ...answerList(answers, "h2")));
  page.focus();
  page.print();
  return true;
};

export const choiceSentence = (titles, T) => {
  const list = titles.length > 1 ? `${titles.slice(0, -1).join(", ")} ${T.or} ${titles.at(-1)}` : titles[0];
  return fill(T.choicesAre, { list });
};
