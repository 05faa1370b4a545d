// Keeps the client's page up to date. Without it the page still works: it reloads.
//
// A WebSocket tells that something changed; what the page shows always comes from the
// server as a finished fragment, so there is one source of words. When the socket
// cannot be had, the fragment is asked for every few seconds instead. Whatever fails,
// the last state stays on the screen.

import { letGo } from "/static/press.js";

const SILENCE_MS = 45_000; // The server pings every 20 s; two missed pings are a dead line.
const GRACE_MS = 3_000; // A reconnection shorter than this is nobody's business.
const POLL_MS = 5_000; // While contracts are being prepared.
const IDLE_POLL_MS = 30_000; // Later, when changes take hours or days.
const POLL_MAX_MS = 60_000; // And at the latest, however long the server is away.
const GATHER_MS = 250; // Changes that come in a burst are asked about once,
const GATHER_MAX_MS = 2_000; // and this late at the latest.
const RECONNECT_MS = 1_000;
const RECONNECT_MAX_MS = 30_000;
const ANNOUNCE_MS = 3_000; // Progress is read aloud no more often than this.
const TOLD_AT_ONCE = 2; // More changes than these are counted, not read aloud one by one.
const UNKNOWN_TOKEN = 4404;

const token = document.body.dataset.token;
const notice = document.getElementById("notice");
const announcer = document.getElementById("announcer");
const updatedAt = document.getElementById("updated-at");

const body = () => document.getElementById("formalization");

// ---- What the page shows -------------------------------------------------------------

let announcedAt = 0;
let best = null; // The furthest progress heard of, because a fragment may be older.

function showProgress({ done, total }) {
  const bar = document.getElementById("progress");
  if (!bar) return false;
  if (best && best.total === total && best.done > done) done = best.done;
  best = { done, total };
  bar.max = total;
  bar.value = done;
  const text = document.getElementById("progress-text");
  const count = document.createElement("b");
  count.textContent = `${done} de ${total}`;
  text.replaceChildren(count, " prontos");
  if (Date.now() - announcedAt > ANNOUNCE_MS) announce(`${done} de ${total} contratos prontos`);
  return true;
}

function announce(sentence) {
  if (announcer.textContent === sentence) return;
  announcer.textContent = sentence;
  announcedAt = Date.now();
}

function tell(sentence, { isCalm = false } = {}) {
  if (notice.textContent !== sentence) notice.textContent = sentence;
  notice.hidden = sentence === "";
  notice.classList.toggle("calm", isCalm);
}

function swap(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const next = parsed.getElementById("formalization");
  if (!next) throw new Error("the answer holds no fragment");
  const present = body();
  if (next.isEqualNode(present)) return;
  const before = new Map([...present.querySelectorAll(".card")].map((card) => [card.id, card]));
  const wasTold = present.dataset.title;
  const backToPlace = rememberPlace();
  const backToFocus = rememberFocus();
  present.replaceWith(next);
  document.title = next.dataset.title;
  backToPlace();
  backToFocus();
  const bar = next.querySelector("#progress");
  if (best && bar?.max === best.total && bar.value < best.done) showProgress(best);
  else best = null;
  const said = showChanges(before);
  if (next.dataset.title !== wasTold) said.unshift(next.querySelector("h1").textContent);
  if (said.length > 0) announce(said.join(". "));
}

// What the reader looks at stays where it is, even when cards above it grow or move.
function rememberPlace() {
  const parts = [...body().querySelectorAll(".card[id]")];
  const seen = parts.find((part) => part.getBoundingClientRect().bottom > 0);
  if (!seen || scrollY === 0) return () => {};
  const top = seen.getBoundingClientRect().top;
  return () => {
    const again = document.getElementById(seen.id);
    if (again) scrollBy({ top: again.getBoundingClientRect().top - top, behavior: "instant" });
  };
}

// A button that is gone leaves the focus at its card, not at the top of the page.
function rememberFocus() {
  const focused = document.activeElement;
  if (!focused || !body().contains(focused)) return () => {};
  const card = focused.closest(".card")?.id;
  return () => {
    const again = document.getElementById(focused.id) ?? document.getElementById(card);
    if (again?.matches(".card")) again.tabIndex = -1;
    again?.focus({ preventScroll: true });
  };
}

// Marks the cards that came or changed, and answers what to say about them.
function showChanges(before) {
  if (before.size === 0) return [];
  const changed = [...body().querySelectorAll(".card")].filter((card) => {
    const old = before.get(card.id);
    return !old || old.textContent !== card.textContent;
  });
  for (const card of changed) card.classList.add("changed");
  if (changed.length > TOLD_AT_ONCE) return [`${changed.length} contratos mudaram`];
  return changed.map((card) => {
    const title = card.querySelector("h3").textContent;
    return `${title}: ${card.querySelector(".stamp").textContent}`;
  });
}

// ---- Asking --------------------------------------------------------------------------

let asking = null;
let askAgain = false;
let isGone = false;

// One question at a time; a change heard of meanwhile is asked about right after.
function refresh() {
  if (isGone) return Promise.resolve(false);
  if (asking) {
    askAgain = true;
    return asking;
  }
  asking = ask().finally(() => {
    asking = null;
    if (askAgain) {
      askAgain = false;
      refresh();
    }
  });
  return asking;
}

let gathering = null;
let gatheringSince = 0;

// A change is seldom alone: those that follow at once are shown together.
function refreshSoon() {
  const now = Date.now();
  if (gathering === null) gatheringSince = now;
  clearTimeout(gathering);
  const wait = Math.max(0, Math.min(GATHER_MS, gatheringSince + GATHER_MAX_MS - now));
  gathering = setTimeout(() => {
    gathering = null;
    refresh();
  }, wait);
}

async function ask() {
  try {
    const address = new URL(location.href);
    address.searchParams.set("fragment", "1");
    const answer = await fetch(address, { cache: "no-store", signal: deadline(10_000) });
    if (answer.status === 404 || answer.status === 410) return giveUp();
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    const html = await answer.text();
    await letGo(body());
    swap(html);
    updatedAt.textContent = clock();
    failures = 0;
    if (isOpen()) tell("");
    return true;
  } catch (error) {
    console.info("formalization: not refreshed:", error.message);
    failures += 1;
    poll();
    return false;
  }
}

function deadline(milliseconds) {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), milliseconds);
  return controller.signal;
}

const clock = () =>
  new Date().toLocaleTimeString("pt-BR", {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "America/Sao_Paulo",
  });

function giveUp() {
  isGone = true;
  clearTimeout(polling);
  tell("Este link não está mais disponível. Estas informações podem ter mudado.");
  return false;
}

// ---- Polling, while there is no socket -------------------------------------------------

let polling = null;
let failures = 0;

function poll() {
  clearTimeout(polling);
  if (isGone || (isOpen() && failures === 0)) return;
  const calm = body().dataset.phase === "loading" ? POLL_MS : IDLE_POLL_MS;
  const wait = failures > 0 ? Math.min(POLL_MS * 2 ** failures, POLL_MAX_MS) : calm;
  if (failures > 0) tell(excuse(wait));
  else tell(`Atualizando a cada ${wait / 1000} segundos`, { isCalm: true });
  polling = setTimeout(async () => {
    if (!document.hidden) await refresh();
    poll();
  }, wait);
}

function excuse(wait) {
  const age = `Estas informações são das ${updatedAt.textContent}.`;
  return navigator.onLine
    ? `Sem resposta do servidor. Nova tentativa em ${wait / 1000} segundos. ${age}`
    : `Você está sem internet. ${age} A página se atualiza sozinha quando a conexão voltar.`;
}

function goWithout() {
  poll();
  refresh();
}

// ---- The socket ----------------------------------------------------------------------

let socket = null;
let attempts = 0;
let silence = null;
let grace = null;
let reconnecting = null;
let hasOpened = false;

const isOpen = () => socket?.readyState === WebSocket.OPEN;

function connect() {
  clearTimeout(reconnecting);
  if (isGone) return;
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  grace ??= setTimeout(goWithout, GRACE_MS);
  socket = new WebSocket(`${scheme}//${location.host}/ws/${token}`);
  socket.onopen = opened;
  socket.onmessage = (event) => heard(event.data);
  socket.onclose = (event) => lost(event.code);
  listen();
}

function opened() {
  attempts = 0;
  clearTimeout(grace);
  grace = null;
  clearTimeout(polling);
  if (failures === 0) tell("");
  if (hasOpened || failures > 0) refresh();
  hasOpened = true;
  listen();
}

// A line can die without a word: whatever is silent for too long is given up.
function listen() {
  clearTimeout(silence);
  silence = setTimeout(() => lost(0), SILENCE_MS);
}

function heard(text) {
  listen();
  let message;
  try {
    message = JSON.parse(text);
  } catch {
    return; // Not for us; the next change of state will be.
  }
  if (message.type === "CONTRACT_PROGRESS") {
    // Whoever is ready is shown at once, not when all are.
    if (showProgress(message)) refreshSoon();
    else refresh();
  } else if (message.type === "CONTRACTS_PROCESSED") {
    refresh();
  } else if (message.type === "CONTRACT_CHANGED") {
    refreshSoon();
  }
}

function lost(code) {
  clearTimeout(silence);
  socket.onopen = socket.onmessage = socket.onclose = null;
  socket.close();
  socket = null;
  if (code === UNKNOWN_TOKEN) {
    refresh();
    poll();
    return;
  }
  grace ??= setTimeout(goWithout, GRACE_MS);
  const wait = Math.min(RECONNECT_MS * 2 ** attempts, RECONNECT_MAX_MS);
  attempts += 1;
  // Half fixed, half chance, so that a restarted server is not stormed by everybody at once.
  reconnecting = setTimeout(connect, wait / 2 + (Math.random() * wait) / 2);
}

function reconnectNow() {
  refresh();
  if (!isOpen()) {
    attempts = 0;
    if (socket) lost(0);
    connect();
  }
}

addEventListener("online", reconnectNow);
// Whether the line is really gone is found out by asking, not believed.
addEventListener("offline", refresh);
// A telephone freezes pages in the background; what it shows on waking may be old.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) reconnectNow();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) reconnectNow();
});

connect();
