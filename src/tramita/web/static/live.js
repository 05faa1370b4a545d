// Keeps a page of the console up to date. Without it the page shows how things were when it came.
//
// Whatever is shown comes from the server as this same page: parts that are marked (data-live, and
// an id) become what they are there, node by node, so that focus, place and open details stay. What
// somebody has typed, ticked, chosen or marked to copy is left as it is.

import { Idiomorph } from "./vendor/idiomorph-0.8.0.js";

const EVERY_MS = 15_000; // Where nobody tells of changes.
const LONGEST_PAUSE_MS = 60_000; // However long the server is away.
const DEADLINE_MS = 30_000;
const ATTENDED_MS = 20 * 60_000; // A page that nobody uses asks no more, and its session ends.

const watched = document.querySelector("[data-changes]")?.dataset.changes;

let usedAt = Date.now();
for (const one of ["pointerdown", "pointermove", "keydown", "scroll", "focus"]) {
  addEventListener(one, () => (usedAt = Date.now()), { passive: true });
}

// Whoever is back, or whose line is, does not wait until it is time.
let wake = () => {};
addEventListener("online", () => wake());
document.addEventListener("visibilitychange", () => document.hidden || wake());

const pause = (milliseconds) =>
  new Promise((done) => {
    wake = done;
    setTimeout(done, milliseconds);
  });

const isAttended = () => !document.hidden && Date.now() - usedAt < ATTENDED_MS;

class SignedOut extends Error {}

async function ask(address) {
  const answer = await fetch(address, {
    cache: "no-store",
    redirect: "manual", // To the sign-in page.
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  if (answer.type === "opaqueredirect") throw new SignedOut("the session has ended");
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return answer.text();
}

function isMarked(part) {
  const selection = getSelection();
  return !selection.isCollapsed && selection.containsNode(part, true);
}

const FIELDS = "textarea, select, input";

// Lists in which somebody has chosen: what they say does not tell it.
const chosen = new WeakSet();
addEventListener("change", ({ target }) => chosen.add(target));

// Whether somebody has written, ticked or chosen something there. To stand in it is not enough.
function isWritten(node) {
  if (!node.matches(FIELDS)) return false;
  if (node.matches("select")) return chosen.has(node);
  return node.checked !== node.defaultChecked || node.value !== node.defaultValue;
}

const isHeld = (node) => isWritten(node) || (node === document.activeElement && node.matches(FIELDS));

const isList = (node) => node.nodeType === Node.ELEMENT_NODE && node.matches("select");

// What a list says stays so as long as it may be chosen: somebody may be about to send it.
function carry(list, next) {
  const may = [...next.options].some((one) => one.value === list.value && !one.disabled);
  if (may) next.value = list.value;
  return may;
}

const KEPT = {
  // A node that somebody has changed stays theirs.
  beforeNodeMorphed: (node, next) =>
    node.nodeType !== Node.ELEMENT_NODE || (isList(node) && carry(node, next)) || !isWritten(node),
  afterNodeMorphed: (node, next) => {
    if (isList(node)) node.value = next.value; // Its options are all there by now.
  },
  // What is gone from the list goes, unless somebody has ticked or written something in it, or is about to: where
  // the field goes from under their hands, what they type means something else.
  beforeNodeRemoved: (node) =>
    node.nodeType !== Node.ELEMENT_NODE || ![node, ...node.querySelectorAll(FIELDS)].some(isHeld),
  // The reader opened them; the server does not know.
  beforeAttributeUpdated: (name, node) => !(name === "open" && node.matches("details, dialog")),
};

function show(html) {
  const announcer = document.getElementById("announcer");
  const parsed = new DOMParser().parseFromString(html, "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = parsed.getElementById(part.id);
    if (!next || next.isEqualNode(part) || isMarked(part)) continue;
    const said = part.dataset.says;
    Idiomorph.morph(part, next, { morphStyle: "outerHTML", callbacks: KEPT, restoreFocus: true });
    if (announcer && next.dataset.says && next.dataset.says !== said) {
      announcer.textContent = next.dataset.says;
    }
  }
  if (document.title !== parsed.title) document.title = parsed.title;
}

// Since when what is shown was not looked at again, told once a look has failed.
const stale = document.getElementById("stale");
let seenAt = new Date();

function tell(words) {
  if (!stale || stale.textContent === words) return;
  stale.textContent = words;
  const announcer = document.getElementById("announcer");
  if (words && announcer) announcer.textContent = words;
}

function tellWhy(error) {
  const { zone } = document.body.dataset;
  const time = seenAt.toLocaleTimeString(document.documentElement.lang, { timeZone: zone });
  const words = error instanceof SignedOut ? stale?.dataset.signedOut : stale?.dataset.away;
  tell((words ?? "").replace("{time}", time));
}

let failures = 0;

// Until something has changed, or it is time to look all the same.
function listen() {
  const wait = Math.min(EVERY_MS * 2 ** failures, LONGEST_PAUSE_MS);
  if (!watched || !isAttended() || failures > 0) return pause(wait);
  return ask(watched).catch(() => pause(wait));
}

async function look() {
  try {
    show(await ask(location.href));
    failures = 0;
    seenAt = new Date();
    tell("");
  } catch (error) {
    failures += 1;
    console.info("console: not refreshed:", error.message);
    tellWhy(error);
  }
}

async function watch() {
  // It is listened before it is looked: nothing falls in between.
  let change = listen();
  for (;;) {
    const wasAway = failures > 0;
    if (isAttended()) await look();
    // While nobody answered, nobody was listened to: it is looked once more when somebody is.
    if (!wasAway || failures > 0) await change;
    change = listen();
  }
}

// Where the reader is, for the times of the next page.
function tellZone() {
  const { zone, zoneCookie } = document.body.dataset;
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!here || !zoneCookie || here === zone) return;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${zoneCookie}=${here}; Path=/console; Max-Age=31536000; SameSite=Lax${secure}`;
}

tellZone();
// What came by a form cannot be asked for again.
if (document.body.dataset.isShown === "yes") watch();
