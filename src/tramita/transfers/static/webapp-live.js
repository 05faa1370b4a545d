// Hears that something has changed; where no socket can be had, it is looked for every few seconds.

import { token } from "/static/webapp-session.js";

const SILENCE_MS = 45_000; // The server pings every 20 s; two missed pings are a dead line.
const GATHER_MS = 150; // Changes that come in a burst are asked about once.
const RECONNECT_MS = 1_000;
const RECONNECT_MAX_MS = 30_000;
const POLL_MS = 5_000;

let refresh = () => {};
let socket = null;
let attempts = 0;
let silence = null;
let reconnecting = null;
let gathering = null;
let polling = null;
let isStopped = false;

export const isOpen = () => socket?.readyState === WebSocket.OPEN;

function changed() {
  gathering ??= setTimeout(() => {
    gathering = null;
    refresh();
  }, GATHER_MS);
}

// A line can die without a word: whatever is silent for too long is given up.
function listen() {
  clearTimeout(silence);
  silence = setTimeout(lost, SILENCE_MS);
}

function connect() {
  clearTimeout(reconnecting);
  if (isStopped || !token()) return;
  const address = new URL("/webapp/live", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  // A browser's socket bears nothing else in its head.
  socket = new WebSocket(address, ["tramita.webapp", `bearer.${token()}`]);
  socket.onmessage = (event) => {
    attempts = 0;
    listen();
    if (JSON.parse(event.data).type === "CHANGED") changed();
  };
  socket.onclose = lost;
  listen();
}

function lost() {
  clearTimeout(silence);
  if (socket) {
    socket.onmessage = socket.onclose = null;
    socket.close();
    socket = null;
  }
  const wait = Math.min(RECONNECT_MS * 2 ** attempts, RECONNECT_MAX_MS);
  attempts += 1;
  // Half fixed, half chance, so that a restarted server is not stormed by everybody at once.
  reconnecting = setTimeout(connect, wait / 2 + (Math.random() * wait) / 2);
}

function poll() {
  clearTimeout(polling);
  polling = setTimeout(() => {
    if (!document.hidden && !isOpen()) refresh();
    poll();
  }, POLL_MS);
}

// What is shown first: whoever may not see it any more has nothing to listen to.
export async function reconnect() {
  attempts = 0;
  await refresh();
  if (isStopped) return;
  lost();
  connect();
}

export function follow(onChange) {
  refresh = onChange;
  isStopped = false;
  addEventListener("online", reconnect);
  // A telephone freezes pages in the background; what it shows on waking may be old.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) reconnect();
  });
  connect();
  poll();
}

export function stop() {
  isStopped = true;
  for (const one of [silence, reconnecting, gathering, polling]) clearTimeout(one);
  if (socket) socket.onmessage = socket.onclose = null;
  socket?.close();
  socket = null;
}
