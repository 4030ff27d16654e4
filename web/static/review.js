"use strict";
// Keys work only while a theme, a question, or the list of themes to code with has the focus, so that they never take a letter from a form.

/** @type {() => HTMLElement[]} */
const themes = () => [...document.querySelectorAll("[data-keys]")].filter((each) => each instanceof HTMLElement);

/** @type {(event: Event) => HTMLInputElement} */
const target = (event) => /** @type {HTMLInputElement} */ (event.target);

function step(by) {
  const all = themes();
  if (!all.length) return;
  const at = all.findIndex((each) => each === document.activeElement.closest("[data-keys]"));
  const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function typing(box) {
  return box.closest("textarea, select, [contenteditable]") || (box.matches("input") && box.type !== "checkbox");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(target(event))) return;
  const numbered = target(event).closest("[data-numbered]");
  if (numbered && /^[1-9]$/.test(event.key)) {
    const box = numbered.querySelectorAll('input[type="checkbox"]')[Number(event.key) - 1];
    if (!(box instanceof HTMLInputElement)) return;
    event.preventDefault();
    box.focus();
    box.click();
    return;
  }
  const asked = target(event).closest("[data-asks]");
  const answer = asked && asked.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (asked && answer instanceof HTMLElement) {
    event.preventDefault();
    if (!event.repeat && !asked.matches(".htmx-request")) answer.click();
    return;
  }
  const inside = target(event).closest("[data-keys]");
  if (event.key === "j" || event.key === "k") {
    if (inside || event.target === document.body || target(event).id === "inhoud" || target(event).closest("#gedaan")) {
      event.preventDefault();
      step(event.key === "j" ? 1 : -1);
    }
    return;
  }
  const done = target(event).closest("#gedaan");
  if (!inside && !done) return;
  const wanted = `[data-key="${CSS.escape(event.key)}"]`;
  const button = /** @type {HTMLElement} */ ((inside && inside.querySelector(wanted)) || document.querySelector(`#kiezen ${wanted}, #gedaan ${wanted}, #terug ${wanted}`));
  if (!button) return;
  event.preventDefault();
  button.click();
  const unfolded = button.closest("details[open]");
  if (button.matches("summary") && unfolded) /** @type {HTMLElement} */ (unfolded.querySelector("input")).focus();
});

// The theme that was chosen first is the one that stays when themes are merged.
let chosen = [];

function tell() {
  const place = /** @type {HTMLElement} */ (document.querySelector("[data-chosen]"));
  if (!place) return;
  const boxes = [...document.querySelectorAll('input[name="thema"][form="kiezen"]')].filter((each) => each instanceof HTMLInputElement);
  const ticked = boxes.filter((box) => box.checked);
  chosen = chosen.filter((id) => ticked.some((box) => box.value === id));
  for (const box of ticked) if (!chosen.includes(box.value)) chosen.push(box.value);
  const form = document.getElementById("kiezen");
  let into = /** @type {HTMLInputElement} */ (form.querySelector('input[name="in"]'));
  if (!into) {
    into = document.createElement("input");
    into.type = "hidden";
    into.name = "in";
    form.append(into);
  }
  into.value = chosen[0] || "";
  if (!place.dataset.text) place.dataset.text = place.textContent;
  const codes = chosen.map((id) => boxes.find((box) => box.value === id).id.replace("kies-", ""));
  place.textContent = codes.length ? `Gekozen: ${codes.join(", ")}. Bij samenvoegen blijft ${codes[0]} bestaan.` : place.dataset.text;
}

document.addEventListener("change", (event) => {
  if (target(event).matches('input[name="thema"][form="kiezen"]')) tell();
});
document.addEventListener("DOMContentLoaded", tell);

// After a decision the reader hears what was done, and the focus is never lost.
document.addEventListener("htmx:afterSettle", () => {
  tell();
  const told = /** @type {HTMLElement} */ (document.querySelector("#fout, #vangst, #gedaan"));
  if (told && (document.activeElement === document.body || told.id !== "gedaan")) told.focus();
});
document.addEventListener("htmx:sendError", () => {
  const main = document.getElementById("inhoud");
  if (document.getElementById("geen-verbinding")) return;
  const line = document.createElement("p");
  line.id = "geen-verbinding";
  line.className = "notice error";
  line.setAttribute("role", "alert");
  line.textContent = "Geen verbinding. Er is niets opgeslagen. Wat u typte, staat er nog: probeer het straks opnieuw.";
  main.prepend(line);
});

// A name that participants gave, put in the field: instead of what is there, or beside it in a list.
document.addEventListener("click", (event) => {
  const button = /** @type {HTMLElement} */ (target(event).closest("[data-fill]"));
  if (!button) return;
  const box = /** @type {HTMLInputElement} */ (document.getElementById(button.dataset.fill));
  const name = button.dataset.name;
  if (button.dataset.fill === "partners") {
    const there = box.value.split(",").map((each) => each.trim()).filter(Boolean);
    if (!there.some((each) => each.toLowerCase() === name.toLowerCase())) there.push(name);
    box.value = there.join(", ");
  } else {
    box.value = name;
  }
  box.focus();
});
