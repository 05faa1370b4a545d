// Keeps the client's page up to date. Without it the page still works: it reloads.
//
// A WebSocket tells that something changed; what the page shows always comes from the
// server as a finished fragment, so there is one source of words. When the socket
// cannot be had, the fragment is asked for every few seconds instead. Whatever fails,
// the last state stays on the screen.

const SILENCE_MS = 45_000; // The server pings every 20 s; two missed pings are a dead line.
const GRACE_MS = 3_000; // A reconnection shorter than this is nobody's business.
const POLL_MS = 5_000; // While contracts are being prepared.
const IDLE_POLL_MS = 30_000; // Later, when changes take hours or days.
const POLL_MAX_MS = 60_000; // And at the latest, however long the server is away.
const RECONNECT_MS = 1_000;
const RECONNECT_MAX_MS = 30_000;
const ANNOUNCE_MS = 3_000; // Progress is read aloud no more often than this.
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

function tell(sentence) {
  if (notice.textContent !== sentence) notice.textContent = sentence;
  notice.hidden = sentence === "";
}

function swap(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const next = parsed.getElementById("formalization");
  if (!next) throw new Error("the answer holds no fragment");
  const present = body();
  if (next.isEqualNode(present)) return;
  const focused = document.activeElement?.id;
  const wasTold = present.dataset.title;
  present.replaceWith(next);
  document.title = next.dataset.title;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  const bar = next.querySelector("#progress");
  if (best && bar?.max === best.total && bar.value < best.done) showProgress(best);
  else best = null;
  if (next.dataset.title !== wasTold) announce(next.querySelector("h1").textContent);
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

async function ask() {
  try {
    const address = new URL(location.href);
    address.searchParams.set("fragment", "1");
    const answer = await fetch(address, { cache: "no-store", signal: deadline(10_000) });
    if (answer.status === 404 || answer.status === 410) return giveUp();
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    swap(await answer.text());
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
  tell("Este link não está mais disponível. O que você vê pode ter mudado.");
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
  tell(
    failures > 0
      ? `Sem resposta do servidor; tentando de novo em ${wait / 1000} s. O que você vê é das ${updatedAt.textContent}.`
      : `Sem conexão ao vivo; conferindo a cada ${wait / 1000} s`,
  );
  polling = setTimeout(async () => {
    if (!document.hidden) await refresh();
    poll();
  }, wait);
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
    if (!showProgress(message)) refresh();
  } else if (message.type === "CONTRACTS_PROCESSED" || message.type === "CONTRACT_CHANGED") {
    refresh();
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
// A telephone freezes pages in the background; what it shows on waking may be old.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) reconnectNow();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) reconnectNow();
});

connect();
