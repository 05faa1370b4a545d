// The demonstration of numbering: choose an area code, reserve a number, give it back.
//
// What the page shows always comes from the server as a finished fragment, so there is one
// source of words. This script asks, swaps, counts down and says when nobody answers.
// Whatever fails, the last state stays on the screen, and asking again tells the truth.

import { letGo } from "/static/press.js";

const SLOW_MS = 4_000; // From here on a visitor wants to know that it still goes on.
const DEADLINE_MS = 45_000; // The server itself gives up sooner, and says so.
const RETRY_MS = 1_500; // While the server is away.
const RETRY_MAX_MS = 30_000;
const LAST_MINUTE = 60;
const PAGE = "/numbering/demo";

const notice = document.getElementById("notice");
const announcer = document.getElementById("announcer");
const asking = document.getElementById("asking");

const body = () => document.getElementById("demo");
const buttons = () => body().querySelectorAll("button[data-do]");

// ---- What the page shows -------------------------------------------------------------

function tell(sentence) {
  if (notice.textContent !== sentence) notice.textContent = sentence;
  notice.hidden = sentence === "";
}

function announce(sentence) {
  announcer.textContent = sentence;
}

// `isAct`: the visitor has caused it, so the focus follows; otherwise nothing moves.
function swap(html, { isAct }) {
  const next = new DOMParser().parseFromString(html, "text/html").getElementById("demo");
  if (!next) throw new Error("the answer holds no fragment");
  const before = body();
  const was = before.dataset.face;
  const focused = before.contains(document.activeElement) ? document.activeElement.id : "";
  before.replaceWith(next);
  ends = Date.now() + Number(next.dataset.left) * 1000;
  document.title = next.dataset.title;
  wake();
  if (isAct) {
    next.querySelector("h1").focus({ preventScroll: true });
    scrollTo({ top: 0, behavior: "instant" });
  } else if (next.dataset.face !== was) {
    announce(next.querySelector("h1").textContent);
    next.querySelector("h1").focus({ preventScroll: true });
    if (was === "reserving" && next.dataset.face === "held") {
      tell("A reserva não foi feita. Os números continuam separados para você.");
      return;
    }
  } else {
    // What was called to get here is still what was called.
    const call = before.querySelector(".call");
    if (call) next.append(call);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }
  tell("");
}

// Buttons sleep until the script is there; then the clock runs and the next look is due.
function wake() {
  for (const one of buttons()) one.disabled = false;
  startClock();
  lookLater();
}

// ---- The clock -----------------------------------------------------------------------

// On this device's own clock, which need not agree with anybody's.
let ends = Date.now() + Number(body().dataset.left) * 1000;
let ticking = null;
let isWarned = false;

function startClock() {
  clearInterval(ticking);
  if (body().dataset.face !== "held") return;
  isWarned = ends - Date.now() < LAST_MINUTE * 1000;
  tick();
  ticking = setInterval(tick, 250);
}

function tick() {
  const text = document.getElementById("left");
  if (!text) return clearInterval(ticking);
  const left = Math.max(0, (ends - Date.now()) / 1000);
  const whole = Math.ceil(left);
  text.textContent = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  document.getElementById("left-bar").value = left;
  const isEnding = left < LAST_MINUTE;
  text.closest(".clock").classList.toggle("ending", isEnding);
  document.getElementById("left-words").textContent = isEnding
    ? "último minuto para escolher"
    : "para escolher";
  if (isEnding && !isWarned) {
    isWarned = true;
    announce("Falta um minuto para escolher");
  }
  if (left > 0) return;
  clearInterval(ticking);
  for (const one of body().querySelectorAll('[data-do="reserve"]')) one.disabled = true;
  document.getElementById("left-words").textContent = "o tempo acabou";
  refresh();
}

// ---- Asking --------------------------------------------------------------------------

let turn = 0; // An answer to an earlier question than the last one is not shown.
let sending = -1; // The turn whose wish is under way; nothing else is asked meanwhile.
let failures = 0;
let looking = null;

async function ask(path, { method = "GET", payload } = {}) {
  const answer = await fetch(path, {
    method,
    cache: "no-store",
    headers: {
      "x-tramita-page": "numbering-demo",
      ...(payload === undefined ? {} : { "content-type": "application/json" }),
    },
    body: payload === undefined ? undefined : JSON.stringify(payload),
    signal: deadline(DEADLINE_MS),
  });
  return { status: answer.status, html: await answer.text() };
}

function deadline(milliseconds) {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), milliseconds);
  return controller.signal;
}

function lookLater() {
  clearTimeout(looking);
  const seconds = Number(body().dataset.poll);
  const wait = failures > 0 ? Math.min(RETRY_MS * 2 ** (failures - 1), RETRY_MAX_MS) : seconds * 1000;
  if (wait === 0) return;
  looking = setTimeout(() => (document.hidden ? lookLater() : refresh()), wait);
}

// How things stand, without a word unless something has changed.
async function refresh(path = location.pathname, { isAct = false } = {}) {
  if (sending === turn && !isAct) return;
  const mine = ++turn;
  clearTimeout(looking);
  try {
    const { status, html } = await ask(`${path}?fragment=1`);
    if (mine !== turn) return;
    failures = 0;
    if (status === 404) return location.assign(PAGE);
    if (status !== 200) throw new Error(`the server answered ${status}`);
    await letGo(body());
    if (mine !== turn) return;
    swap(html, { isAct });
  } catch (error) {
    if (mine !== turn) return;
    console.info("numbering: not refreshed:", error.message);
    failures += 1;
    tell(excuse());
    lookLater();
  }
}

function excuse() {
  return navigator.onLine
    ? "O servidor não está respondendo. A página tenta de novo automaticamente."
    : "Você está sem internet. A página se atualiza quando a conexão voltar.";
}

// ---- What buttons do -----------------------------------------------------------------

function act(button) {
  const preview = body().dataset.address.split("/")[3];
  switch (button.dataset.do) {
    case "choose":
      return choose(button.dataset.ddd, button.dataset.previous);
    case "reserve":
      return change(button, `${PAGE}/${preview}/numbers/${button.dataset.index}/reserve`);
    case "release":
      return change(button, `${PAGE}/${preview}/release`);
  }
}

async function choose(ddd, previous) {
  const before = body();
  const waiting = document.createElement("div");
  waiting.id = "demo";
  waiting.dataset.face = "asking";
  waiting.dataset.address = before.dataset.address;
  waiting.dataset.poll = 0;
  waiting.append(asking.content.cloneNode(true));
  waiting.querySelector(".ddd").textContent = ddd;
  before.replaceWith(waiting);
  waiting.querySelector("h1").focus({ preventScroll: true });
  scrollTo({ top: 0, behavior: "instant" });
  const late = setTimeout(() => (waiting.querySelector(".late").hidden = false), SLOW_MS);
  const payload = previous ? { ddd, previous_id: previous } : { ddd };
  await send(`${PAGE}/previews`, payload, () => {
    body().replaceWith(before);
    wake();
    before.querySelector(`[data-ddd="${ddd}"]`)?.focus({ preventScroll: true });
    // What was asked for may have come about, but nobody has reserved anything.
    tell(`${excuse()} Nenhum número foi reservado.`);
  });
  clearTimeout(late);
}

async function change(button, path) {
  const words = button.textContent;
  for (const one of buttons()) one.disabled = true;
  button.textContent = button.dataset.busy;
  button.setAttribute("aria-busy", "true");
  await send(path, undefined, () => {
    button.textContent = words;
    button.removeAttribute("aria-busy");
    failures += 1;
    tell(`${excuse()} Só depois saberemos se o pedido chegou.`);
    lookLater();
  });
}

async function send(path, payload, onSilence) {
  const mine = ++turn;
  clearTimeout(looking);
  sending = mine;
  try {
    const { html } = await ask(path, { method: "POST", payload });
    if (mine !== turn) return;
    failures = 0;
    swap(html, { isAct: true });
    const address = body().dataset.address;
    if (address !== location.pathname) history.pushState(null, "", address);
  } catch (error) {
    if (mine !== turn) return;
    console.info("numbering: not done:", error.message);
    onSilence();
  } finally {
    if (sending === mine) sending = -1;
  }
}

document.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-do]");
  if (!pressed || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (pressed.dataset.do === "begin") {
    history.pushState(null, "", PAGE);
    refresh(PAGE, { isAct: true });
  } else {
    act(pressed);
  }
});

addEventListener("popstate", () => refresh(location.pathname, { isAct: true }));
addEventListener("online", () => refresh());
addEventListener("offline", () => tell(excuse()));
// A telephone freezes pages in the background; what it shows on waking may be old.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) refresh();
});

wake();
