// The Mini App: shows the chat's application as the server words it, saves what is written, and does
// what a button says. The server renders; here is only what a page that stays open needs.

import * as bridge from "/static/webapp-bridge.js";
import * as form from "/static/webapp-form.js";
import * as live from "/static/webapp-live.js";
import { patch, put } from "/static/webapp-patch.js";
import { Away, Refused, api, ask, once, open } from "/static/webapp-session.js";

const PATH = "/chats/current/application";
const AGAIN_MS = 5_000;
const CALM_MS = 6_000;

const words = document.body.dataset;
const notice = document.getElementById("notice");
const announcer = document.getElementById("announcer");
const dialog = document.getElementById("ask");
const said = document.getElementById("ask-reason");
const view = () => document.getElementById("view");

let former = null; // A former application that is looked at.
let shown = ""; // The fragment as it came.
let calming = null;
const drafts = new Map(); // Notes that are not sent yet, by application.

// ---- What is said ---------------------------------------------------------------------------

function tell(sentence, { isCalm = false } = {}) {
  clearTimeout(calming);
  if (notice.textContent !== sentence) notice.textContent = sentence;
  notice.hidden = sentence === "";
  notice.classList.toggle("calm", isCalm);
  if (sentence && isCalm) calming = setTimeout(() => tell(""), CALM_MS);
}

const isOfConnection = () => [words.away, words.offline].includes(notice.textContent);

function instead(name, why = "") {
  live.stop();
  bridge.setMainButton(null);
  const made = document.getElementById(name).content.cloneNode(true);
  const told = made.querySelector(".why");
  if (told) told.textContent = why;
  const now = view();
  const hadKeys = now.contains(document.activeElement);
  // No application is shown any more, so no button does anything about it.
  for (const name of Object.keys(now.dataset)) delete now.dataset[name];
  now.replaceChildren(made);
  now.removeAttribute("aria-busy");
  shown = "";
  if (hadKeys) rest();
  tell("");
}

// True: it has been told. What is shown may not be so any more; unless it was asked for that just now.
function refused(error, { isOfView = false } = {}) {
  if (error instanceof Away) {
    tell(navigator.onLine ? words.away : words.offline);
    return false;
  }
  if (error.status === 401) instead("over", error.message);
  else if (error.status === 403 && ["not_chat_member", "agent_not_whitelisted", "wrong_agent", "role_forbidden"].includes(error.code) && !view().dataset.id)
    instead("refused", error.message);
  else if (["not_chat_member", "agent_not_whitelisted", "wrong_agent", "chat_not_bound"].includes(error.code)) instead("refused", error.message);
  else {
    tell(error.message);
    if (!isOfView) refresh();
  }
  return true;
}

// ---- What is shown --------------------------------------------------------------------------

let asking = null;
let askAgain = false;

// One question at a time; a change heard of meanwhile is asked about right after.
function refresh() {
  if (asking) {
    askAgain = true;
    return asking;
  }
  asking = load().finally(() => {
    asking = null;
    if (askAgain) {
      askAgain = false;
      refresh();
    }
  });
  return asking;
}

async function load() {
  try {
    const answer = await ask(`/webapp/view${former ? `?former=${former}` : ""}`);
    swap(await answer.text());
    // The answer may be from before the connection went; and it takes back nothing else that was told.
    if (isOfConnection() || !(notice.textContent || navigator.onLine)) tell(navigator.onLine ? "" : words.offline);
  } catch (error) {
    console.info("webapp: not refreshed:", error.message);
    if (error instanceof Refused) refused(error, { isOfView: true });
    else tell(navigator.onLine ? words.away : words.offline);
    if (error instanceof Away && !shown) setTimeout(refresh, AGAIN_MS);
  }
}

function swap(html) {
  if (html === shown) return;
  const next = new DOMParser().parseFromString(html, "text/html").getElementById("view");
  if (!next) throw new Error("the answer holds no view");
  if (form.isOld(next)) {
    refresh();
    return;
  }
  const now = view();
  const wasEditable = now.dataset.editable === "1" && now.dataset.id === next.dataset.id;
  const sentence = now.querySelector("#asked")?.textContent;
  const hadKeys = now.contains(document.activeElement);
  shown = html;
  patch(now, next, form.isHeld);
  form.adopt(now);
  const note = document.getElementById("note");
  if (note) put(note, drafts.get(now.dataset.id) ?? "");
  if (hadKeys && !now.contains(document.activeElement)) rest();
  dress(now);
  if (wasEditable && now.dataset.editable !== "1") {
    tell(words.closed, { isCalm: true });
    scrollTo({ top: 0 });
  }
  const told = now.querySelector("#asked")?.textContent;
  if (sentence !== undefined && told && told !== sentence) announcer.textContent = told;
}

// Where the keyboard goes when what it was at is there no more.
function rest() {
  (document.getElementById("asked") ?? view().querySelector("h1"))?.focus({ preventScroll: true });
}

// Telegram's own buttons follow what is shown.
function dress(next) {
  const { main, begin, label } = next.dataset;
  const isFormer = next.dataset.former === "1";
  bridge.setBackButton(isFormer ? () => look(null) : null);
  if (isFormer) bridge.setMainButton(null);
  else if (begin) bridge.setMainButton({ text: begin, press: () => start() });
  else if (main) bridge.setMainButton({ text: label, press: () => act(next.dataset) });
  else bridge.setMainButton(null);
}

function look(id) {
  former = id;
  shown = "";
  scrollTo({ top: 0 });
  refresh();
}

// ---- What is done ---------------------------------------------------------------------------

let isBusy = false;

// One thing at a time; while it lasts, the big button turns.
async function doing(what) {
  if (isBusy) return;
  isBusy = true;
  // What was told of the last thing that was done is over.
  if (!isOfConnection()) tell("");
  const text = view().dataset.label || view().dataset.begin;
  if (text) bridge.setMainButton({ text, isBusy: true });
  document.body.setAttribute("aria-busy", "true");
  try {
    await what();
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Away)) throw error;
    if (error instanceof Refused && error.code === "validation_failed" && form.tell(error.details)) tell("");
    else refused(error);
  } finally {
    isBusy = false;
    document.body.removeAttribute("aria-busy");
    if (view().dataset.version !== undefined) dress(view());
  }
}

// With what stood in a former one, where that is named.
const start = (like) =>
  doing(async () => {
    await api("POST", like ? `${PATH}?like=${like}` : PATH, {}, once());
    if (like) look(null);
    else await refresh();
  });

const act = ({ act: axis, main, to, question, label, reason }, text = label) =>
  doing(async () => {
    if (form.isDirty() && !(await form.save())) return;
    const answer = question || reason ? await wonder(text, question ?? "", reason) : {};
    if (!answer) return;
    await api("POST", `${PATH}/status`, { axis: axis ?? main, to, ...answer }, once());
    said.value = "";
    document.getElementById("summary")?.setAttribute("hidden", "");
    await refresh();
  });

// Asks whether it is meant; answers null where it is not. A reason that has reached nobody is there again.
async function wonder(title, question, reason) {
  const asked = reason
    ? null
    : bridge.popup(title.slice(0, 64), question, [
        { id: "yes", type: "default", text: words.yes },
        { id: "no", type: "cancel", text: words.no },
      ]);
  if (asked) return (await asked) === "yes" ? {} : null;
  document.getElementById("ask-title").textContent = title;
  const text = document.getElementById("ask-text");
  text.textContent = question;
  text.hidden = question === "";
  document.getElementById("ask-yes").textContent = title;
  document.getElementById("ask-why").hidden = !reason;
  document.getElementById("ask-optional").hidden = reason === "must";
  const wrong = document.getElementById("ask-reason-wrong");
  wrong.hidden = true;
  said.removeAttribute("aria-invalid");
  const about = `${view().dataset.id} ${title}`;
  if (said.dataset.about !== about) said.value = "";
  said.dataset.about = about;
  for (;;) {
    dialog.returnValue = "no";
    const from = document.activeElement;
    dialog.showModal();
    await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
    if (!from.isConnected) rest();
    if (dialog.returnValue !== "yes") return null;
    const given = said.value.trim();
    if (given || reason !== "must") return given ? { reason: given } : {};
    wrong.hidden = false;
    said.setAttribute("aria-invalid", "true");
  }
}

const upload = (input) =>
  doing(async () => {
    const [file] = input.files;
    if (!file) return;
    // The same one may be chosen again.
    input.value = "";
    tell(words.sending);
    const body = new FormData();
    body.append("kind", document.getElementById("document-kind")?.value ?? "other");
    body.append("file", file);
    await ask("/api/webapp/v1/chats/current/assets", { method: "POST", body, headers: once(), deadline: 120_000 });
    tell(words.sent, { isCalm: true });
    await refresh();
  });

// One that lies in the chat already, as what is chosen above it.
const take = (id) =>
  doing(async () => {
    await api("POST", `/chats/current/assets/${id}/document`, { kind: document.getElementById("document-kind").value }, once());
    tell(words.sent, { isCalm: true });
    await refresh();
  });

const send = (id) =>
  doing(async () => {
    await api("POST", `/chats/current/documents/${id}/send`, undefined, once());
    tell(words.posted, { isCalm: true });
    await refresh();
  });

const handOver = ({ value, dataset }, text) =>
  doing(async () => {
    if (form.isDirty() && !(await form.save())) return;
    if (!(await wonder(text, dataset.question))) return;
    await api("POST", `${PATH}/agent`, { agent_id: value }, once());
    tell(words.handed, { isCalm: true });
    await refresh();
  });

const noteDown = (place) =>
  doing(async () => {
    const text = place.value.trim();
    document.getElementById("note-wrong").hidden = text !== "";
    if (!text) return place.focus();
    const of = view().dataset.id;
    await api("POST", "/chats/current/notes", { text }, once());
    // Something else may have been begun meanwhile.
    if (drafts.get(of)?.trim() === text) drafts.delete(of);
    put(place, drafts.get(of) ?? "");
    tell(words.noted, { isCalm: true });
    await refresh();
  });

const request = (kind) =>
  doing(async () => {
    await api("POST", "/chats/current/document-jobs", { kind }, once());
    tell(words.asked, { isCalm: true });
    await refresh();
  });

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    tell(words.copied, { isCalm: true });
  } catch {
    tell(text, { isCalm: true });
  }
}

function press(event) {
  const at = event.target.closest("[data-act], [data-link], [data-copy], [data-field], [data-former-id], [data-send], [data-take], [data-like], [data-request], [data-hand], [data-note], [data-close], [data-again]");
  if (!at) return;
  const { data } = { data: at.dataset };
  if (at.tagName === "A") event.preventDefault();
  if (data.act) act(data, at.textContent.trim());
  else if ("link" in data) bridge.openLink(at.href);
  else if (data.copy) copy(data.copy);
  else if (data.field) form.focus(data.field);
  else if (data.formerId) look(data.formerId);
  else if (data.send) send(data.send);
  else if (data.take) take(data.take);
  else if (data.like) start(data.like);
  else if ("request" in data) request(document.getElementById("job-kind").value);
  else if ("hand" in data) handOver(document.getElementById("taker").selectedOptions[0], at.textContent.trim());
  else if ("note" in data) noteDown(document.getElementById("note"));
  else if ("close" in data) bridge.post("web_app_close");
  else if ("again" in data) begin();
}

// ---- From the beginning ---------------------------------------------------------------------

form.prepare({
  refused: (error) => refused(error),
  merged: () => {
    tell(words.merged, { isCalm: true });
    shown = "";
    refresh();
  },
  saved: () => !notice.classList.contains("calm") && tell(""),
  shaped: (isShaped) => isShaped && refresh(),
});
document.addEventListener("click", press);
document.addEventListener("input", (event) => {
  if (event.target.closest("#form")) form.noteChange(event);
  else if (event.target.id === "note") drafts.set(view().dataset.id, event.target.value);
});
document.addEventListener("change", (event) => {
  if (event.target.closest("#form")) form.noteChange(event);
  else if (event.target.matches("[data-upload]")) upload(event.target);
});
addEventListener("offline", () => tell(words.offline));
addEventListener("online", () => form.save());
addEventListener("pagehide", () => form.save());

async function begin() {
  if (!bridge.initData) return instead("outside");
  try {
    await open();
  } catch (error) {
    if (error instanceof Away) {
      instead("away");
      setTimeout(begin, AGAIN_MS);
      return;
    }
    return refused(error);
  }
  await refresh();
  live.follow(refresh);
}

bridge.begin();
begin();
