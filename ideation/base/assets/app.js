// What pages need beyond htmx: the side panel, messages that leave, small conveniences. Pages work without it.
"use strict";

const panel = document.getElementById("panel");
const toasts = document.getElementById("toasts");

function showPanel(event) {
  if (event.target.id === "panel-body" && panel && !panel.open) panel.showModal();
}

function closePanel(event) {
  // A click on the dialog itself is one beside its content.
  if (event.target === panel || event.target.closest("[data-close-panel]")) panel.close();
}

function toast(text, tone) {
  const note = document.createElement("div");
  note.className = "toast toast-" + tone;
  note.textContent = text;
  toasts.replaceChildren(note);
}

function fade(note) {
  setTimeout(() => note.remove(), 8000);
}

function offline() {
  toast(document.body.dataset.offline, "warn");
}

function failed(event) {
  // 4xx answers bring their own sentence in a page; a fragment's target would swallow it.
  const found = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html").querySelector("[data-error]");
  toast(found ? found.textContent.trim() : document.body.dataset.failed, "bad");
}

function copy(event) {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
  button.querySelector("[data-label]").textContent = button.dataset.copied;
}

function save(event) {
  // What is shown once must not need a second request to be kept.
  const button = event.target.closest("[data-save]");
  if (!button) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([document.getElementById(button.dataset.save).textContent + "\n"], { type: "text/plain" }));
  link.download = button.dataset.saveAs;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function chosen(event) {
  const input = event.target;
  if (input.matches("[data-autosubmit]")) input.form.requestSubmit();
  if (input.matches("[data-dropzone] input[type=file]") && input.files.length) {
    const zone = input.closest("[data-dropzone]");
    zone.querySelector("[data-file-name]").textContent = input.files[0].name;
    zone.classList.add("is-chosen");
  }
}

function sent(event) {
  // A second click must not start the same work twice; a page come back to by the back button is live again.
  const button = event.submitter;
  if (button && event.target.method === "post" && !event.defaultPrevented) setTimeout(() => { button.disabled = true; });
}

function pressed(event) {
  // A page to be worked through by keys: each of its buttons says its own.
  const form = document.querySelector("form[data-keys]");
  if (!form || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
  const button = [...form.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
  if (button) button.click();
}

document.addEventListener("keydown", pressed);
document.addEventListener("htmx:afterSwap", showPanel);
document.addEventListener("htmx:responseError", failed);
document.addEventListener("htmx:sendError", offline);
document.addEventListener("change", chosen);
document.addEventListener("click", copy);
document.addEventListener("click", save);
document.addEventListener("submit", sent);
addEventListener("pageshow", () => document.querySelectorAll("button:disabled[type=submit]").forEach((b) => { b.disabled = false; }));
if (panel) panel.addEventListener("click", closePanel);
document.querySelectorAll("[data-fades]").forEach(fade);
document.querySelectorAll("[data-save]").forEach((button) => { button.hidden = false; });
// On a phone navigation and tabs are strips; the current page's item may lie outside them.
document.querySelectorAll(":is(.nav-strip, .tabs) [aria-current]").forEach((here) => here.scrollIntoView({ inline: "center", block: "nearest" }));
