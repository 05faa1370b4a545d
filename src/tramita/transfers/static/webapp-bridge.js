// What the Mini App says to Telegram and hears from it: the documented Web App events, spoken
// without Telegram's own script. Where that is loaded, at whatever time, it carries them.
//
// What opened the page is in its hash; it is read once, so that nothing is lost by a reload, and
// never goes into an address or a log.

const STORED = "tramita:launch";
const ANSWER_MS = 60_000; // A popup may stay open for as long as somebody thinks.

function readLaunch() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (given.has("tgWebAppData")) {
    try {
      sessionStorage.setItem(STORED, location.hash.slice(1));
    } catch {
      // A frame without storage has its hash only.
    }
    return given;
  }
  try {
    return new URLSearchParams(sessionStorage.getItem(STORED) ?? "");
  } catch {
    return given;
  }
}

const launch = readLaunch();
export const initData = launch.get("tgWebAppData") ?? "";
export const platform = launch.get("tgWebAppPlatform") ?? "unknown";
const version = launch.get("tgWebAppVersion") ?? "6.0";

export function isAtLeast(wanted) {
  const [ours, theirs] = [version, wanted].map((one) => one.split(".").map(Number));
  return ours[0] !== theirs[0] ? ours[0] > theirs[0] : (ours[1] ?? 0) >= (theirs[1] ?? 0);
}

// ---- Events -----------------------------------------------------------------------------

const handlers = new Map();
let theirs = null; // Telegram's own script, once it is there.

export function on(type, handler) {
  if (!handlers.has(type)) {
    handlers.set(type, new Set());
    theirs?.onEvent(type, (_, data) => dispatch(type, data));
  }
  handlers.get(type).add(handler);
  return () => handlers.get(type).delete(handler);
}

export function post(type, data = {}) {
  if (theirs) theirs.postEvent(type, false, data);
  else if (window.TelegramWebviewProxy) window.TelegramWebviewProxy.postEvent(type, JSON.stringify(data));
  else if (window.external && "notify" in window.external)
    window.external.notify(JSON.stringify({ eventType: type, eventData: data }));
  // Nothing secret is ever said by these, so whoever frames the page may hear them.
  else if (window.parent !== window)
    window.parent.postMessage(JSON.stringify({ eventType: type, eventData: data }), "*");
}

function dispatch(type, data) {
  for (const handler of [...(handlers.get(type) ?? [])]) handler(data ?? {});
}

function hear(event) {
  if (theirs || event.source !== window.parent || typeof event.data !== "string") return;
  let said;
  try {
    said = JSON.parse(event.data);
  } catch {
    return;
  }
  if (typeof said?.eventType === "string") dispatch(said.eventType, said.eventData);
}

function adopt() {
  theirs = window.Telegram?.WebView ?? null;
  if (!theirs?.onEvent) theirs = null;
  else for (const type of handlers.keys()) theirs.onEvent(type, (_, data) => dispatch(type, data));
}

const script = document.getElementById("telegram");
if (window.Telegram?.WebView?.onEvent) adopt();
else {
  const receiveEvent = (type, data) => theirs ?? dispatch(type, data);
  window.addEventListener("message", hear);
  // By these names the applications on telephones and desks call.
  window.Telegram = { ...window.Telegram, WebView: { receiveEvent } };
  window.TelegramGameProxy = { receiveEvent };
  window.TelegramGameProxy_receiveEvent = receiveEvent;
  script?.addEventListener("load", adopt);
  if (window.parent !== window) post("iframe_ready", { reload_supported: true });
}
on("reload_iframe", () => location.reload());

// ---- Buttons and windows ----------------------------------------------------------------

let pressed = null;
let shownBefore = "";

export function setMainButton(button) {
  pressed = button?.press ?? null;
  const shown = {
    is_visible: Boolean(button),
    is_active: Boolean(button) && !button.isBusy,
    is_progress_visible: Boolean(button?.isBusy),
    ...(button && { text: button.text }),
  };
  const said = JSON.stringify(shown);
  if (said !== shownBefore) post("web_app_setup_main_button", shown);
  shownBefore = said;
}
on("main_button_pressed", () => pressed?.());

let back = null;

export function setBackButton(press) {
  back = press;
  if (isAtLeast("6.1")) post("web_app_setup_back_button", { is_visible: Boolean(press) });
}
on("back_button_pressed", () => back?.());

export function askBeforeClosing(isWanted) {
  if (isAtLeast("6.2")) post("web_app_setup_closing_behavior", { need_confirmation: isWanted });
}

export function openLink(url) {
  if (url.startsWith("https://t.me/") && platform !== "unknown")
    post("web_app_open_tg_link", { path_full: url.slice("https://t.me".length) });
  else if (platform !== "unknown") post("web_app_open_link", { url });
  else window.open(url, "_blank", "noopener");
}

// Answers the id of the button that was pressed; null: none.
export function popup(title, message, buttons) {
  if (!isAtLeast("6.2") || platform === "unknown") return null;
  return new Promise((resolve) => {
    const answered = (data) => {
      clearTimeout(late);
      stop();
      resolve(data.button_id || null);
    };
    const stop = on("popup_closed", answered);
    const late = setTimeout(() => answered({}), ANSWER_MS);
    post("web_app_open_popup", { title, message: message.slice(0, 256), buttons });
  });
}

export function begin() {
  post("web_app_ready");
  post("web_app_expand");
  if (isAtLeast("7.7")) post("web_app_setup_swipe_behavior", { allow_vertical_swipe: false });
  post("web_app_request_theme");
  post("web_app_request_viewport");
  if (isAtLeast("8.0")) {
    post("web_app_request_safe_area");
    post("web_app_request_content_safe_area");
  }
}

// ---- Colours and room -------------------------------------------------------------------

const root = document.documentElement;
const HEX = /^#[0-9a-f]{6}$/i;
const LEGIBLE = 4.5; // WCAG AA for text.

const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);

function luminance(hex) {
  const [r, g, b] = channels(hex).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function mix(hex, other, share) {
  const [from, to] = [channels(hex), channels(other)];
  return `#${from
    .map((c, at) => Math.round((c + (to[at] - c) * share) * 255).toString(16).padStart(2, "0"))
    .join("")}`;
}

// A theme is somebody's taste: what cannot be read on any of ``grounds`` moves towards ink.
function legible(hex, grounds, ink) {
  for (let share = 0; share <= 1; share += 0.1) {
    const tried = mix(hex, ink, share);
    if (grounds.every((ground) => contrast(tried, ground) >= LEGIBLE)) return tried;
  }
  return ink;
}

function paint(theme) {
  const given = Object.entries(theme ?? {}).filter(([, colour]) => HEX.test(colour));
  if (!given.length) return;
  for (const [name, colour] of given) root.style.setProperty(`--tg-theme-${name.replaceAll("_", "-")}`, colour);
  const of = Object.fromEntries(given);
  const sheet = of.section_bg_color ?? of.bg_color;
  if (!sheet) return;
  const paper = of.secondary_bg_color ?? sheet;
  const isDark = luminance(sheet) < 0.2;
  const extreme = isDark ? "#ffffff" : "#000000";
  const grounds = [sheet, paper];
  const ink = legible(of.text_color ?? extreme, grounds, extreme);
  const accent = legible(of.link_color ?? of.button_color ?? ink, grounds, ink);
  const derived = {
    sheet,
    paper,
    sunken: mix(sheet, ink, 0.05),
    ink,
    "ink-soft": legible(of.subtitle_text_color ?? of.hint_color ?? ink, [...grounds, mix(sheet, ink, 0.05)], ink),
    rule: of.section_separator_color ?? mix(sheet, ink, 0.14),
    accent,
    "accent-ink": contrast(accent, sheet) >= contrast(accent, extreme) ? sheet : extreme,
    refused: legible(of.destructive_text_color ?? (isDark ? "#ee8a80" : "#a8322a"), grounds, ink),
  };
  for (const [name, colour] of Object.entries(derived)) root.style.setProperty(`--${name}`, colour);
  root.style.setProperty("--tg-color-scheme", isDark ? "dark" : "light");
  root.style.colorScheme = isDark ? "dark" : "light";
}

const px = (value) => (Number.isFinite(value) ? `${value}px` : null);

function fit({ height, is_state_stable: isStable }) {
  if (!px(height)) return;
  root.style.setProperty("--tg-viewport-height", px(height));
  if (isStable) root.style.setProperty("--tg-viewport-stable-height", px(height));
}

const inset = (name) => (area) => {
  for (const side of ["top", "bottom", "left", "right"])
    if (px(area[side])) root.style.setProperty(`--tg-${name}-inset-${side}`, px(area[side]));
};

try {
  paint(JSON.parse(launch.get("tgWebAppThemeParams") ?? "{}"));
} catch {
  // Colours of our own, then.
}
on("theme_changed", ({ theme_params: theme }) => paint(theme));
on("viewport_changed", fit);
on("safe_area_changed", inset("safe-area"));
on("content_safe_area_changed", inset("content-safe-area"));
