// Stands in for Telegram around a Mini App: hears what the application says (web_app_…), and tells it
// what its user does. See the documentation of Telegram's Web Apps.

const { address, launch, themes } = document.body.dataset;
const app = document.getElementById("app");
const main = document.getElementById("main");
const back = document.getElementById("back");
const popup = document.getElementById("popup");
const opened = document.getElementById("opened");
const messages = document.getElementById("messages");
const looks = JSON.parse(themes);

let scheme = document.documentElement.dataset.scheme;
let canGoBack = false;
let isAsked = false;
let answered = "";

const tell = (type, data = {}) =>
  app.contentWindow?.postMessage(JSON.stringify({ eventType: type, eventData: data }), "*");

const tellRoom = () =>
  tell("viewport_changed", { width: app.clientWidth, height: app.clientHeight, is_expanded: true, is_state_stable: true });
const tellLook = () => tell("theme_changed", { theme_params: looks[scheme] });
const nothing = { top: 0, bottom: 0, left: 0, right: 0 };

function showMain({ is_visible: isVisible, is_active: isActive, is_progress_visible: isBusy, text }) {
  if (isVisible !== undefined) main.hidden = !isVisible;
  if (text) main.textContent = text;
  if (isActive !== undefined) main.disabled = !isActive;
  main.setAttribute("aria-busy", String(Boolean(isBusy)));
  tellRoom();
}

function showBack({ is_visible: isVisible }) {
  canGoBack = Boolean(isVisible);
  back.textContent = canGoBack ? "Back" : "Close";
}

function ask(title, text, buttons) {
  document.getElementById("popup-title").textContent = title ?? "";
  document.getElementById("popup-text").textContent = text;
  const row = document.getElementById("popup-buttons");
  row.replaceChildren(
    ...buttons.map(({ id, type, text: label }) => {
      const button = document.createElement("button");
      button.value = id ?? "";
      button.textContent = label ?? { ok: "OK", close: "Close", cancel: "Cancel" }[type] ?? "";
      if (type === "cancel") button.className = "quiet";
      return button;
    }),
  );
  popup.returnValue = "";
  popup.showModal();
  return new Promise((resolve) => popup.addEventListener("close", () => resolve(popup.returnValue), { once: true }));
}

async function close() {
  if (isAsked) {
    const said = await ask("", "What you have changed may not be saved. Close all the same?", [
      { id: "close", type: "default", text: "Close it" },
      { id: "", type: "cancel" },
    ]);
    if (said !== "close") return;
  }
  app.remove();
  main.hidden = true;
  document.getElementById("closed").hidden = false;
}

const heard = {
  iframe_ready: () => {},
  web_app_ready: () => app.setAttribute("data-ready", ""),
  web_app_expand: tellRoom,
  web_app_close: close,
  web_app_setup_main_button: showMain,
  web_app_setup_back_button: showBack,
  web_app_setup_closing_behavior: ({ need_confirmation: isWanted }) => {
    isAsked = Boolean(isWanted);
  },
  web_app_request_theme: tellLook,
  web_app_request_viewport: tellRoom,
  web_app_request_safe_area: () => tell("safe_area_changed", nothing),
  web_app_request_content_safe_area: () => tell("content_safe_area_changed", nothing),
  web_app_open_popup: async ({ title, message, buttons }) => {
    answered = await ask(title, message, buttons?.length ? buttons : [{ id: "", type: "close" }]);
    tell("popup_closed", answered ? { button_id: answered } : {});
  },
  web_app_open_link: ({ url }) => {
    opened.textContent = `Telegram opens ${url}`;
  },
  web_app_open_tg_link: ({ path_full: path }) => {
    opened.textContent = `Telegram opens t.me${path}`;
  },
};

addEventListener("message", (event) => {
  if (event.source !== app.contentWindow || typeof event.data !== "string") return;
  const { eventType, eventData } = JSON.parse(event.data);
  heard[eventType]?.(eventData ?? {});
});
main.addEventListener("click", () => tell("main_button_pressed"));
back.addEventListener("click", () => (canGoBack ? tell("back_button_pressed") : close()));
document.getElementById("look").addEventListener("click", (event) => {
  scheme = scheme === "light" ? "dark" : "light";
  document.documentElement.dataset.scheme = scheme;
  event.target.textContent = scheme === "light" ? "Dark" : "Light";
  tellLook();
});
new ResizeObserver(tellRoom).observe(app);

// What is written in the chat meanwhile appears beside.
let shown = messages.innerHTML;
const toEnd = () => {
  messages.scrollTop = messages.scrollHeight;
};
setInterval(async () => {
  if (document.hidden || messages.querySelector("details[open]")) return;
  const answer = await fetch(messages.dataset.from).catch(() => null);
  const found = answer?.ok ? await answer.text() : shown;
  if (found === shown) return;
  shown = found;
  messages.innerHTML = found;
  toEnd();
}, 1000);

toEnd();
app.src = `${address}#${launch}`;
