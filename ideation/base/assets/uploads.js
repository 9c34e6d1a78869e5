// Sends a file in pieces (tus) that may stop at any byte and go on: after a lost network, a closed lid, a reload.
// Without this script the page's form sends the file whole.
import { Upload } from "tus-js-client";

const PIECE = 8 * 1024 * 1024;
const form = document.querySelector("[data-upload]");
const panel = document.querySelector("[data-upload-panel]");
const part = (name) => panel.querySelector(`[data-upload-${name}]`);
const words = panel.dataset;
const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
const input = form.querySelector("input[type=file]");
let upload = null;
let samples = [];

function said(template, values) {
  return template.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
}

function show(state) {
  panel.hidden = false;
  form.hidden = true;
  part("pause").hidden = state !== "sending";
  part("resume").hidden = state !== "paused" && state !== "failed";
  part("cancel").hidden = state === "done";
  part("error").hidden = state !== "failed";
  panel.dataset.state = state;
}

function megabytes(bytes) {
  return (bytes / 1048576).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
}

function left(seconds) {
  if (!Number.isFinite(seconds)) return "";
  const [template, number] = seconds < 90 ? [words.seconds, seconds] : [words.minutes, seconds / 60];
  return said(template, { n: Math.max(1, Math.round(number)) });
}

function moved(sent, total) {
  // Speed over the last ten seconds: the mean of all would still speak of a network that is gone.
  const now = performance.now();
  samples = [...samples.filter(([time]) => now - time < 10_000), [now, sent]];
  const [time, before] = samples[0];
  const speed = now > time ? ((sent - before) * 1000) / (now - time) : 0;
  const percent = total ? (100 * sent) / total : 100;
  part("bar").value = percent;
  part("percent").textContent = `${Math.floor(percent)} %`;
  part("amount").textContent = said(words.amount, { sent: megabytes(sent), total: megabytes(total) });
  part("speed").textContent = speed > 0 ? said(words.speed, { speed: megabytes(speed) }) : "";
  part("left").textContent = speed > 0 ? left((total - sent) / speed) : "";
}

function failed(error) {
  // The server says in a sentence what a person can mend; the rest is the network.
  const answer = error.originalResponse;
  const plain = answer && (answer.getHeader("Content-Type") || "").startsWith("text/plain");
  part("error-text").textContent = plain ? answer.getBody() : navigator.onLine ? words.failed : words.offline;
  show("failed");
}

function ended() {
  // The server looks at the whole file now and sends on, or says why it can't be used.
  show("done");
  part("amount").textContent = words.looking;
  part("speed").textContent = part("left").textContent = "";
  const last = part("finish");
  last.action = upload.url;
  last.submit();
}

function retried(error) {
  const status = error.originalResponse ? error.originalResponse.getStatus() : 0;
  return status === 0 || status === 409 || status === 423 || status >= 500;
}

async function send(file) {
  samples = [];
  part("name").textContent = file.name;
  upload = new Upload(file, {
    endpoint: form.dataset.upload,
    chunkSize: PIECE,
    headers: { "X-CSRFToken": token },
    metadata: { filename: file.name },
    retryDelays: [0, 1000, 3000, 5000, 10_000, 20_000],
    // Which file it is, so that the same one goes on where it stopped, in this project.
    fingerprint: async () => ["ideation", form.dataset.upload, file.name, file.size, file.lastModified].join(":"),
    removeFingerprintOnSuccess: true,
    onShouldRetry: retried,
    onProgress: moved,
    onError: failed,
    onSuccess: ended,
  });
  const before = await upload.findPreviousUploads();
  if (before.length) upload.resumeFromPreviousUpload(before[0]);
  show("sending");
  upload.start();
}

async function pause() {
  await upload.abort();
  samples = [];
  part("speed").textContent = part("left").textContent = "";
  show("paused");
}

function resume() {
  samples = [];
  show("sending");
  upload.start();
}

async function cancel() {
  // What has come in is removed there; if it can't be told, the server removes it after a day.
  await upload.abort(true).catch(() => {});
  panel.hidden = true;
  form.hidden = false;
  form.reset();
}

function begin(event) {
  if (!input.files.length) return;
  event.preventDefault();
  send(input.files[0]);
}

function warned(event) {
  if (panel.dataset.state === "sending") event.preventDefault();
}

form.addEventListener("submit", begin);
part("pause").addEventListener("click", pause);
part("resume").addEventListener("click", resume);
part("cancel").addEventListener("click", cancel);
addEventListener("beforeunload", warned);
addEventListener("online", () => panel.dataset.state === "failed" && resume());
