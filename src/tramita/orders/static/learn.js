// Keeps a learner's page up to date. Without it the page still works: one loads it again.
//
// A socket tells that something changed; what the page shows always comes from the server as a
// finished fragment, so there is one source of words. When the socket cannot be had, the
// fragment is asked for every few seconds instead. Whatever fails, the last state stays.

import { letGo } from "/static/press.js";

const SILENCE_MS = 45_000; // The server pings every 20 s; two missed pings are a dead line.
const GRACE_MS = 3_000; // A reconnection shorter than this is nobody's business.
const WAIT_MS = 10_000; // While something may come that nobody tells of by himself.
const POLL_MS = 5_000;
const POLL_MAX_MS = 60_000;
const GATHER_MS = 150; // Changes that come in a burst are asked about once.
const RECONNECT_MS = 1_000;
const RECONNECT_MAX_MS = 30_000;
const DEADLINE_MS = 10_000;

const words = document.body.dataset;
const notice = document.getElementById("notice");
const announcer = document.getElementById("announcer");
const live = () => document.getElementById("live");

// Times are told where the reader is; the server learns it once, and then tells them so.
function tellZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || zone === words.zone) return;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${words.zoneCookie}=${zone}; Path=/learn; Max-Age=31536000; SameSite=Lax${secure}`;
}

// ---- What the page shows -------------------------------------------------------------

function tell(sentence) {
  if (notice.textContent !== sentence) notice.textContent = sentence;
  notice.hidden = sentence === "";
}

// What a reader has unfolded is no news.
function isSame(next, present) {
  const seen = present.cloneNode(true);
  seen.classList.remove("changed");
  for (const one of seen.querySelectorAll(".changed")) one.classList.remove("changed");
  for (const one of seen.querySelectorAll("details")) one.open = false;
  return next.isEqualNode(seen);
}

function swap(html) {
  const next = new DOMParser().parseFromString(html, "text/html").getElementById("live");
  if (!next) throw new Error("the answer holds no fragment");
  const present = live();
  if (isSame(next, present)) return;
  const focused = present.contains(document.activeElement) ? document.activeElement : null;
  const place = focused && [...present.querySelectorAll("a, button, input")].indexOf(focused);
  const chosen = present.querySelector("input[type=radio]:checked")?.value;
  const isUnfolded = present.querySelector("details[open]") !== null;
  const before = new Map([...present.querySelectorAll(".sheet")].map((one) => [keyOf(one), one.textContent]));
  present.replaceWith(next);
  document.querySelector(".note")?.remove(); // What was done is older news than this.
  const again = chosen && next.querySelector(`input[type=radio][value="${CSS.escape(chosen)}"]`);
  if (again) again.checked = true;
  const folded = next.querySelector("details");
  if (folded) folded.open = isUnfolded;
  if (focused) [...next.querySelectorAll("a, button, input")][place]?.focus({ preventScroll: true });
  for (const sheet of next.querySelectorAll(".sheet")) {
    if (before.get(keyOf(sheet)) !== sheet.textContent) sheet.classList.add("changed");
  }
  const said = next.querySelector("#asked") ?? next.querySelector(".changed .stamp");
  if (said) announcer.textContent = said.textContent;
}

const keyOf = (sheet) => sheet.id || sheet.getAttribute("aria-labelledby");

// ---- Asking --------------------------------------------------------------------------

let asking = null;
let askAgain = false;
let isOver = false;
let failures = 0;
let looking = null;
let gathering = null;

// One question at a time; a change heard of meanwhile is asked about right after.
function refresh() {
  if (isOver) return;
  if (asking) {
    askAgain = true;
    return;
  }
  asking = ask().finally(() => {
    asking = null;
    lookLater();
    if (askAgain) {
      askAgain = false;
      refresh();
    }
  });
}

function refreshSoon() {
  gathering ??= setTimeout(() => {
    gathering = null;
    refresh();
  }, GATHER_MS);
}

async function ask() {
  try {
    const address = new URL(live().dataset.address, location.href);
    address.searchParams.set("fragment", "1");
    const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(DEADLINE_MS) });
    if (answer.status === 401 || answer.status === 404) return end();
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    const html = await answer.text();
    await letGo(live());
    swap(html);
    failures = 0;
    tell("");
  } catch (error) {
    console.info("learn: not refreshed:", error.message);
    failures += 1;
    tell(navigator.onLine ? words.away : words.offline);
  }
}

function end() {
  isOver = true;
  clearTimeout(looking);
  tell(words.ended);
}

// Asks by itself while nobody tells, and while what is waited for is asked about by being read.
function lookLater() {
  clearTimeout(looking);
  if (isOver) return;
  const waits = live().dataset.waits === "1";
  let wait = isOpen() ? (waits ? WAIT_MS : 0) : POLL_MS;
  if (failures > 0) wait = Math.min(POLL_MS * 2 ** (failures - 1), POLL_MAX_MS);
  if (wait > 0) looking = setTimeout(() => (document.hidden ? lookLater() : refresh()), wait);
}

// ---- The socket ----------------------------------------------------------------------

let socket = null;
let attempts = 0;
let silence = null;
let grace = null;
let reconnecting = null;

const isOpen = () => socket?.readyState === WebSocket.OPEN;

function connect() {
  clearTimeout(reconnecting);
  if (isOver) return;
  const address = new URL("/learn/live", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  if (live().dataset.cursor) address.searchParams.set("cursor", live().dataset.cursor);
  grace ??= setTimeout(refresh, GRACE_MS);
  socket = new WebSocket(address);
  socket.onmessage = (event) => heard(event.data);
  socket.onclose = lost;
  listen();
}

// A line can die without a word: whatever is silent for too long is given up.
function listen() {
  clearTimeout(silence);
  silence = setTimeout(lost, SILENCE_MS);
}

function heard(text) {
  attempts = 0;
  clearTimeout(grace);
  grace = null;
  listen();
  if (JSON.parse(text).type === "CHANGED") refreshSoon();
}

function lost() {
  clearTimeout(silence);
  socket.onmessage = socket.onclose = null;
  socket.close();
  socket = null;
  grace ??= setTimeout(refresh, GRACE_MS);
  const wait = Math.min(RECONNECT_MS * 2 ** attempts, RECONNECT_MAX_MS);
  attempts += 1;
  // Half fixed, half chance, so that a restarted server is not stormed by everybody at once.
  reconnecting = setTimeout(connect, wait / 2 + (Math.random() * wait) / 2);
}

function reconnectNow() {
  refresh();
  if (isOpen()) return;
  attempts = 0;
  if (socket) lost();
  connect();
}

tellZone();
// What was done is said once, not again to whoever comes back to this page.
if (location.search.includes("done=")) history.replaceState(null, "", location.pathname);
if (live()) {
  addEventListener("online", reconnectNow);
  addEventListener("offline", refresh);
  // A telephone freezes pages in the background; what it shows on waking may be old.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) reconnectNow();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) reconnectNow();
  });
  connect();
}
