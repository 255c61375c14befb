// Text is never lost: what is typed in a form is saved as a draft while it is written. The form's key carries the
// address. Without this file the server still keeps a form that is sent after the session has ended.
"use strict";

const PAUSE = 3_000; // from the first unsaved letter to the saving
const PATIENCE = 4_000; // with a server that does not answer; then it is tried again

const writings = new WeakMap(); // form → {unsaved, saving, timer}
const keyOf = (form) => form?.querySelector?.("input[data-draft]");

function writingIn(form) {
  if (!writings.has(form)) writings.set(form, { unsaved: false, saving: false, timer: 0 });
  return writings.get(form);
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const form = event.target.form;
    if (!keyOf(form)) return;
    writingIn(form).unsaved = true;
    saveSoon(form);
  });
}

function saveSoon(form) {
  const writing = writingIn(form);
  writing.timer ||= setTimeout(() => save(form), PAUSE);
}

async function save(form, leaving = false) {
  const writing = writingIn(form);
  clearTimeout(writing.timer);
  writing.timer = 0;
  if (!writing.unsaved || writing.saving || form.dataset.sending || !form.isConnected) return;
  writing.unsaved = false;
  writing.saving = true;
  let status = 0;
  try {
    const answer = await fetch(keyOf(form).dataset.draft, {
      method: "POST",
      body: typedIn(form),
      headers: { "X-Draft": "1" },
      redirect: "error",
      keepalive: leaving,
      signal: leaving ? undefined : AbortSignal.timeout(PATIENCE),
    });
    status = answer.status;
  } catch {
    // No answer: the same as an error of the server.
  }
  writing.saving = false;
  const saved = status === 204;
  if (!saved) writing.unsaved = true;
  tell(form, saved ? "saved" : status === 401 ? "signed-out" : status >= 400 && status < 500 ? "refused" : "failed");
  if (writing.unsaved) saveSoon(form);
}

function typedIn(form) {
  renewToken(form);
  return new URLSearchParams(new FormData(form));
}

// Whoever has signed in again in another tab has a new token; the page has the old one.
function renewToken(form) {
  const field = form.querySelector("input[name=csrfmiddlewaretoken]");
  const token = document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1];
  if (field && token) field.value = token;
}

function tell(form, state) {
  for (const line of form.querySelectorAll("[data-draft-state]")) line.hidden = line.dataset.draftState !== state;
  const time = form.querySelector("[data-draft-time]");
  if (time && state === "saved") time.textContent = new Date().toLocaleTimeString("sv-SE", { hour: "2-digit", minute: "2-digit" });
}

// What is sent is saved by that; nothing more goes out as a draft.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!keyOf(form)) return;
    renewToken(form);
    const writing = writingIn(form);
    clearTimeout(writing.timer);
    writing.timer = 0;
  },
  true,
);

// A page that is left or put away is saved at once, and so is one that is come back to, from the sign-in perhaps.
function saveAll(leaving) {
  for (const key of document.querySelectorAll("input[data-draft]")) {
    const writing = writings.get(key.form);
    if (writing?.unsaved) save(key.form, leaving);
  }
}
window.addEventListener("pagehide", () => saveAll(true));
document.addEventListener("visibilitychange", () => saveAll(document.visibilityState === "hidden"));
window.addEventListener("focus", () => saveAll(false));
