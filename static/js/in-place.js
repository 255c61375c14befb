// Parts of a page that htmx puts in place: where the focus goes, what was typed beside, and what went wrong.
// Also moving in a list with the arrows. Everything works without this.
"use strict";

// The focus goes where the next thing is typed, as the page says; a list of errors goes before.
function focusNext(root) {
  const place = root.closest("[data-focus]") ?? root.querySelector("[data-focus]");
  const next = place?.dataset.focus && document.getElementById(place.dataset.focus);
  if (!next || document.querySelector("[data-error-summary]")) return;
  next.closest("details:not([open])")?.setAttribute("open", "");
  next.focus();
}
document.addEventListener("DOMContentLoaded", () => focusNext(document.body));

// What was typed in the other forms of the part comes back after the swap.
let typed = [];
const isTyped = (field) =>
  field.id && (field.matches("[type=radio], [type=checkbox]") ? field.checked !== field.defaultChecked
    : field.matches("select") ? ![...field.options].every((one) => one.selected === one.defaultSelected)
    : field.type !== "hidden" && field.value !== field.defaultValue);
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig, xhr } = event.detail;
  // Led elsewhere than to the case: signed out meanwhile. Nothing is put in place, so what was typed stays.
  if (new URL(xhr.responseURL).pathname === "/logga-in/") {
    event.detail.shouldSwap = false;
    say(target, "Du har blivit utloggad, så det här sparades inte. Det du skrev finns kvar som utkast: läs om sidan och logga in.");
    return;
  }
  typed = [...target.querySelectorAll("input, textarea, select")]
    .filter((field) => !requestConfig.elt.contains(field) && isTyped(field))
    .map(({ id, value, checked }) => ({ id, value, checked }));
});
document.addEventListener("htmx:afterSwap", (event) => {
  for (const { id, value, checked } of typed) {
    const field = document.getElementById(id);
    if (!field) continue;
    field.value = value;
    if (field.matches("[type=radio], [type=checkbox]")) field.checked = checked;
    field.closest("details")?.setAttribute("open", "");
  }
  typed = [];
  const { target, requestConfig } = event.detail;
  const now = target.id && document.getElementById(target.id);
  if (now) focusNext(now);
  // A form that opens in place is typed in at once; one that is saved gives the focus to what was done.
  const form = document.querySelector("form[data-in-place]:not([data-seen])");
  if (form) {
    form.dataset.seen = "yes";
    if (!form.querySelector("[data-error-summary]")) form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  } else if (requestConfig.elt.matches("form[data-in-place]")) {
    const said = document.querySelector(".messages");
    said?.setAttribute("tabindex", "-1");
    said?.focus();
  }
});

// What htmx could not send or get is said where it was tried; what was typed stays.
document.addEventListener("htmx:sendError", (event) =>
  say(event.detail.elt, "Det gick inte att nå servern. Det du skrev står kvar. Försök igen om en stund."));
document.addEventListener("htmx:responseError", (event) =>
  say(event.detail.elt, event.detail.requestConfig.verb === "get" ? "Det gick inte att visa. Läs om sidan och försök igen."
    : "Det gick inte att spara. Kopiera det du skrev och läs om sidan."));
function say(place, sentence) {
  document.querySelector("[data-failed]")?.remove();
  const message = document.createElement("p");
  message.className = "message message--error";
  message.dataset.failed = "yes";
  message.setAttribute("role", "alert");
  message.textContent = sentence;
  (place.matches("form") ? place : place.closest("form") ?? place).prepend(message);
  // The button that was pressed rested while it was tried, and a resting button has lost the focus.
  if (document.activeElement === document.body) {
    message.tabIndex = -1;
    message.focus();
  }
}

// In a list the arrows go from name to name; Tab and Enter do what they always do.
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const list = step && event.target.closest("[data-arrows]");
  if (!list || event.ctrlKey || event.metaKey || event.altKey) return;
  const NAME = "th a, .work-list__link";
  const names = [...list.querySelectorAll(NAME)];
  const next = names[names.indexOf(event.target.closest("tr, li")?.querySelector(NAME)) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
});
