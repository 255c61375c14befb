// The session ends when nothing has happened for a while, and after a long day. The page says so before; after, it hides
// what it shows until somebody has signed in again. What is typed is kept by drafts.js.
"use strict";

const WARN = 120; // seconds before the end
const AGAIN = 10; // seconds between questions while the warning stands
const session = document.querySelector("[data-session]");

let timer = 0;
let asked = Date.now();
let ends = Infinity; // as the server said last

function askIn(seconds) {
  clearTimeout(timer);
  timer = setTimeout(ask, Math.max(seconds, 1) * 1000);
}

// Asking by itself is no sign of life; pressing the button is.
async function ask(isByHand = false) {
  asked = Date.now();
  try {
    const answer = await fetch(session.dataset.session, { headers: isByHand === true ? {} : { "X-Unattended": "1" }, redirect: "manual" });
    if (!answer.ok) return show("over");
    const { left, whole } = await answer.json();
    ends = Date.now() + left * 1000;
    show(left > WARN ? "" : whole <= WARN ? "long" : "soon");
    askIn(left > WARN ? left - WARN : Math.min(left + 1, AGAIN));
  } catch {
    if (Date.now() >= ends) show("over"); // whoever is cut off from the server is not shown more for that
    askIn(AGAIN); // no answer: the server may be starting anew
  }
}

function show(state) {
  for (const line of session.querySelectorAll("[data-session-state]")) line.hidden = line.dataset.sessionState !== state;
  document.body.toggleAttribute("data-signed-out", state === "over");
}

if (session) {
  ends = Date.now() + Number(session.dataset.minutes) * 60_000;
  askIn(Number(session.dataset.minutes) * 60 - WARN);
  session.querySelector("[data-session-stay]").addEventListener("click", () => ask(true));
  // A machine that has slept, or a tab that comes back from the sign-in, has not heard the clock.
  const wake = () => {
    const isOver = document.body.hasAttribute("data-signed-out");
    if (document.visibilityState === "visible" && (isOver || Date.now() - asked > 60_000)) ask();
  };
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("focus", wake);
}
