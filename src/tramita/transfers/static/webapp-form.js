// The form: what is written is saved by itself, what is wrong is told beside it.

import { askBeforeClosing } from "/static/webapp-bridge.js";
import { put as putValue } from "/static/webapp-patch.js";
import { Away, Refused, api } from "/static/webapp-session.js";

const SOON_MS = 900; // After the last letter.
const AGAIN_MS = 4_000; // When nobody answered.
const PATH = "/chats/current/application";

const words = document.body.dataset;
const dirty = new Map(); // What is written and not saved, by path.
const lacking = new Map(); // What the last attempt to go on has asked for, by path.

let of = ""; // The application's id, and which version of it is known.
let version = 0;
let due = null;
let saving = null;
let hooks = { refused: () => {}, merged: () => {}, saved: () => {}, shaped: () => {} };

export const form = () => document.getElementById("form");
const field = (path) => document.getElementById(path);
export const isDirty = () => dirty.size > 0;
export const isHeld = (control) => dirty.has(control.name);

export function prepare(given) {
  hooks = given;
}

// ---- What stands in it --------------------------------------------------------------------

function valueOf(input) {
  if (input.type !== "checkbox") return input.value.trim() || null;
  return input.value === "yes" ? input.checked : input.checked ? input.value : null;
}

function put(path, value) {
  const there = field(path);
  if (!there) return;
  if (there.tagName === "FIELDSET") {
    for (const one of there.querySelectorAll("input")) one.checked = one.value === value;
  } else if (there.type === "checkbox") there.checked = Boolean(value);
  else putValue(there, value ?? "");
}

const nested = (changes) => {
  const groups = {};
  for (const [path, value] of changes) {
    const [group, name] = path.split(".");
    groups[group] = { ...groups[group], [name]: value };
  }
  return groups;
};

// ---- What is wrong ------------------------------------------------------------------------

function mark(path, hint) {
  const there = field(path);
  const told = document.getElementById(`${path}-wrong`);
  if (!there || !told) return;
  told.textContent = hint ?? "";
  told.hidden = !hint;
  if (hint) there.setAttribute("aria-invalid", "true");
  else there.removeAttribute("aria-invalid");
  const said = [there.ownerDocument.getElementById(`${path}-help`) && `${path}-help`, hint && `${path}-wrong`].filter(Boolean);
  if (said.length) there.setAttribute("aria-describedby", said.join(" "));
  else there.removeAttribute("aria-describedby");
}

export function focus(path) {
  const there = field(path);
  if (!there) return;
  const part = there.closest("details");
  if (part) part.open = true;
  const target = there.tagName === "FIELDSET" ? there.querySelector("input") : there;
  target.focus({ preventScroll: true });
  there.closest(".field").scrollIntoView({ block: "center" });
}

function labelOf(path) {
  const there = field(path);
  if (there?.dataset.label) return there.dataset.label;
  const label = there?.labels?.[0] ?? there?.querySelector("legend");
  const copy = label?.cloneNode(true);
  copy?.querySelector(".soft")?.remove();
  return copy?.textContent.trim() || path;
}

// All that is lacking, as a list of ways there; it goes with the last of it.
function summarize() {
  const summary = document.getElementById("summary");
  if (!summary) return;
  const paths = [...lacking.keys()]
    .filter(field)
    .sort((a, b) => (field(a).compareDocumentPosition(field(b)) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  const lines = paths.map((path) => {
    const line = document.createElement("li");
    const way = document.createElement("a");
    way.href = `#${path}`;
    way.dataset.field = path;
    way.textContent = labelOf(path);
    line.append(way, ` – ${lacking.get(path)}`);
    return line;
  });
  summary.querySelector("ul").replaceChildren(...lines);
  summary.hidden = !lines.length;
}

// All that is wrong at once: beside each field, and above them.
export function tell(details) {
  const here = details.filter((one) => field(one.path));
  if (!here.length) return false;
  lacking.clear();
  for (const one of here) {
    lacking.set(one.path, one.hint);
    mark(one.path, one.hint);
    const part = field(one.path).closest("details");
    if (part) part.open = true;
  }
  summarize();
  const summary = document.getElementById("summary");
  summary.focus({ preventScroll: true });
  summary.scrollIntoView({ block: "start" });
  return true;
}

// ---- Saving -------------------------------------------------------------------------------

let said = "";

function say(sentence) {
  said = sentence;
  const place = document.getElementById("saved");
  if (place && place.textContent !== sentence) place.textContent = sentence;
}

export function noteChange(event) {
  const input = event.target;
  const path = input.name;
  if (!path?.includes(".")) return;
  dirty.set(path, valueOf(input));
  askBeforeClosing(true);
  say(words.unsaved);
  clearTimeout(due);
  due = setTimeout(save, event.type === "change" ? 0 : SOON_MS);
}

// Everything that is written is saved when this is over; false: it could not be.
export async function save() {
  clearTimeout(due);
  // Whoever waited beside us may have begun before us.
  while (saving) await saving;
  if (!dirty.size) return true;
  saving = sendOnce().finally(() => {
    saving = null;
  });
  return saving;
}

// What somebody else has changed meanwhile is no reason not to take it.
async function bring(sent) {
  try {
    return await api("PATCH", PATH, nested(sent), { "If-Match": `"${version}"` });
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== "version_conflict") throw error;
    version = (await api("GET", PATH)).version;
    hooks.merged();
    return bring(sent);
  }
}

async function sendOnce() {
  const sent = new Map(dirty);
  say(words.saving);
  try {
    const told = await bring(sent);
    hooks.saved();
    taken(sent, told);
    return true;
  } catch (error) {
    if (error instanceof Away || error.status === 429) {
      say(words.unsaved);
      hooks.refused(error);
      due = setTimeout(save, AGAIN_MS);
      return false;
    }
    const isWrong = error instanceof Refused && error.code === "validation_failed";
    const wrong = isWrong ? error.details.filter(({ path }) => sent.has(path)) : [];
    for (const { path, hint } of wrong) {
      mark(path, hint);
      // What was written there meanwhile is another matter.
      if (dirty.get(path) === sent.get(path)) dirty.delete(path);
    }
    // Nothing of it was saved: what is right goes without what is wrong.
    if (wrong.length && dirty.size) await sendOnce();
    say(words.unsaved);
    hooks.refused(error);
    // Where there is a form still, what is written stands in it, whatever comes of it.
    if (!form()) dirty.clear();
    if (!dirty.size) askBeforeClosing(false);
    return false;
  }
}

function taken(sent, told) {
  version = told.version;
  for (const [path, value] of sent) if (dirty.get(path) === value) dirty.delete(path);
  const wrong = new Map(told.warnings.map((one) => [one.path, one.hint]));
  for (const path of sent.keys()) {
    const [group, name] = path.split(".");
    lacking.delete(path);
    mark(path, wrong.get(path));
    const there = field(path);
    // What was typed is kept in our way; nobody's cursor is moved for that.
    if (there && there !== document.activeElement && !dirty.has(path)) put(path, told.fields[group]?.[name] ?? null);
  }
  summarize();
  if (!dirty.size) {
    askBeforeClosing(false);
    say(words.saved);
  }
  hooks.shaped([...sent.keys()].some((path) => form()?.querySelector(`[name="${CSS.escape(path)}"][data-shapes]`)));
}

// ---- A new view of it ---------------------------------------------------------------------

// Rendered before what is known here was saved: it would show again what has been changed.
export const isOld = (view) => view.dataset.id === of && Number(view.dataset.version) < version;

export function adopt(view) {
  of = view.dataset.id;
  version = Number(view.dataset.version);
  say(form() ? said : "");
  for (const [path, value] of dirty) put(path, value);
  for (const [path, hint] of lacking) {
    const there = field(path);
    // What the server says of it by now stands there already; and nobody waits for a file that has come.
    if (!there || (there.type === "file" && !there.required)) lacking.delete(path);
    else mark(path, hint);
  }
  if (!form()) {
    dirty.clear();
    lacking.clear();
    askBeforeClosing(false);
  }
  summarize();
}
