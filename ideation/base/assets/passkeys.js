// Passkeys: makes one, or proves with one who is there. Each form says which by data-passkey, and works without this
// script in another way (password, code). The server's options and the browser's answers differ only in how bytes are
// written: base64url there, buffers here.
"use strict";

const BYTES = ["challenge", "id"];

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function opened(value, name) {
  if (typeof value === "string") return BYTES.includes(name) ? bytes(value) : value;
  if (Array.isArray(value)) return value.map((item) => opened(item));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, opened(item, key)]));
}

function options({ rp, ...rest }) {
  // The service's own id is a domain, not bytes.
  return { publicKey: { ...opened(rest), ...(rp && { rp }) } };
}

function answer(credential) {
  const response = { clientDataJSON: text(credential.response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

function given() {
  return JSON.parse(document.getElementById("passkey-options").textContent);
}

async function make() {
  const { publicKey } = given().creation_options;
  const authenticatorSelection = { residentKey: "required", requireResidentKey: true, userVerification: "required" };
  return navigator.credentials.create(options({ ...publicKey, authenticatorSelection }));
}

async function use() {
  return navigator.credentials.get(options(given().request_options.publicKey));
}

async function login(form) {
  const fresh = await fetch(form.action, { headers: { Accept: "application/json" } });
  return navigator.credentials.get(options((await fresh.json()).request_options.publicKey));
}

const WAYS = { make, use, login };

async function asked(event) {
  event.preventDefault();
  const form = event.target;
  const error = form.querySelector("[data-passkey-error]");
  error.hidden = true;
  try {
    form.elements.credential.value = answer(await WAYS[form.dataset.passkey](form));
    form.submit();
  } catch {
    // The browser doesn't say whether somebody cancelled, waited too long or has no passkey.
    error.textContent = form.dataset.failed;
    error.hidden = false;
  }
}

// A passkey belongs to a domain: an address of numbers has none.
const possible = window.PublicKeyCredential && !/^[\d.]+$|:/.test(location.hostname);

for (const form of document.querySelectorAll("[data-passkey]")) {
  form.hidden = !possible;
  form.addEventListener("submit", asked);
}
for (const note of document.querySelectorAll("[data-passkey-impossible]")) note.hidden = possible;
