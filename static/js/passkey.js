// Passkeys: the page's question is put to the browser, and what it answers is sent with the form.
"use strict";

const form = document.querySelector("[data-passkey]");
const isNew = form?.dataset.passkey === "create";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) => {
  const letters = Array.from(new Uint8Array(buffer), (one) => String.fromCharCode(one)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};
const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

function question() {
  const { publicKey } = JSON.parse(form.dataset.question);
  publicKey.challenge = bytes(publicKey.challenge);
  if (isNew) {
    publicKey.user.id = bytes(publicKey.user.id);
    publicKey.excludeCredentials = known(publicKey.excludeCredentials);
  } else {
    publicKey.allowCredentials = known(publicKey.allowCredentials);
  }
  return { publicKey };
}

function asJson(credential) {
  const { response } = credential;
  const said = { clientDataJSON: text(response.clientDataJSON) };
  if (isNew) {
    said.attestationObject = text(response.attestationObject);
  } else {
    said.authenticatorData = text(response.authenticatorData);
    said.signature = text(response.signature);
    if (response.userHandle) said.userHandle = text(response.userHandle);
  }
  const results = credential.getClientExtensionResults();
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response: said, clientExtensionResults: results });
}

async function answer() {
  const failed = form.querySelector("[data-passkey-failed]");
  failed.hidden = true;
  if (form.elements.current?.value === "") {
    form.elements.current.focus(); // the password is sent with the answer
    return;
  }
  try {
    const asked = isNew ? navigator.credentials.create(question()) : navigator.credentials.get(question());
    form.elements.credential.value = asJson(await asked);
    HTMLFormElement.prototype.submit.call(form);
  } catch {
    failed.hidden = false; // said no, took too long, or there is no passkey here
  }
}

if (form) {
  form.querySelector("[data-passkey-ask]")?.addEventListener("click", answer);
  if (isNew) {
    form.addEventListener("submit", (event) => {
      if (!form.elements.name.value) return; // the answer says what is missing
      event.preventDefault();
      answer();
    });
  }
}
