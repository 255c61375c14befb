// What the pages cannot do by themselves. Everything also works without it.
"use strict";

// Keys of one sign, while one does not write and the key does not belong to the browser. Whoever speaks to the machine
// would press them by accident, so they can be turned off in this browser (WCAG 2.1.4).
const KEYS_ARE_OFF = "keys-are-off";
const shortcuts = { "/": search, "?": openShortcuts };
document.addEventListener("keydown", (event) => {
  const writing = event.target.closest("input, textarea, select, [contenteditable], dialog");
  if (writing || event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem(KEYS_ARE_OFF)) return;
  const place = shortcuts[event.key] && document.querySelector(`[data-shortcut="${event.key}"]`);
  if (!place) return;
  event.preventDefault();
  shortcuts[event.key](place);
});

function search(field) {
  field.focus();
  field.select();
}

async function openShortcuts(link) {
  let dialog = document.querySelector("dialog");
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.className = "dialog";
    dialog.setAttribute("aria-labelledby", "shortcuts");
    document.body.append(dialog);
    const answer = await fetch(link.href, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return location.assign(link.href);
    dialog.innerHTML = await answer.text();
    offerKeysChoice(dialog);
  }
  if (dialog.firstChild && !dialog.open) dialog.showModal();
}

function offerKeysChoice(root) {
  for (const choice of root.querySelectorAll("[data-keys-choice]")) {
    choice.hidden = false;
    choice.querySelector("input").checked = !localStorage.getItem(KEYS_ARE_OFF);
  }
}
document.addEventListener("DOMContentLoaded", () => offerKeysChoice(document));
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keys-on]")) return;
  if (event.target.checked) localStorage.removeItem(KEYS_ARE_OFF);
  else localStorage.setItem(KEYS_ARE_OFF, "yes");
});

// A form that came back with errors starts at its summary; also one that htmx has just put in place.
const focusErrorSummary = (root) => root.querySelector("[data-error-summary]")?.focus();
document.addEventListener("DOMContentLoaded", () => focusErrorSummary(document));
document.addEventListener("htmx:afterSwap", (event) => focusErrorSummary(event.target));

// Sending twice: the second time is stopped. The button is marked only after the browser has taken the form's values,
// so that its own name and value are sent too. Coming back opens the form again, and so does half a minute: then something
// went wrong on the way, or the answer was a file. Forms of htmx have hx-sync for the same.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "yes";
  setTimeout(() => setSending(form, true));
  setTimeout(() => setSending(form, false), 30_000);
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sending]")) setSending(form, false);
});

function setSending(form, sending) {
  if (!sending) delete form.dataset.sending;
  for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = sending;
}

// A note begins with the headings of its kind, as long as nothing else is written.
document.addEventListener("change", (event) => {
  const select = event.target.closest("select[data-templates]");
  const text = select?.form.elements.namedItem("text");
  if (!text) return;
  const templates = JSON.parse(select.dataset.templates);
  const isOwn = text.value.trim() && !Object.values(templates).includes(text.value);
  if (!isOwn) text.value = templates[select.value] ?? "";
});

// Menus close with Escape, giving the focus back, and when one clicks or moves elsewhere.
const openMenus = () => document.querySelectorAll("details[data-closes][open]");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
  }
});
for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  });
}
