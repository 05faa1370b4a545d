// One vendor at a time, by the address. Each panel reads its vendor's state every two seconds
// while it is shown, and after every button.
const panels = [...document.querySelectorAll("[data-vendor]")];
const dialog = document.querySelector("dialog");

function chosen() {
  return panels.find((panel) => `#${panel.id}` === location.hash) ?? panels[0];
}

function showChosen() {
  for (const panel of panels) panel.hidden = panel !== chosen();
  for (const link of document.querySelectorAll(".vendors a")) {
    if (link.hash === `#${chosen()?.id}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

addEventListener("hashchange", showChosen);
showChosen();

// What cannot be taken back is asked about once.
function isAgreed(question, effect) {
  dialog.querySelector("h2").textContent = `${question}?`;
  dialog.querySelector("p").textContent = effect;
  dialog.querySelector("[value=yes]").textContent = question;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.onclose = () => resolve(dialog.returnValue === "yes");
  });
}

for (const panel of panels) {
  const control = `/${panel.dataset.vendor}/__sim/`;
  const shown = (name) => panel.querySelector(`[data-show=${name}]`);

  const element = (tag, text, className) => {
    const made = document.createElement(tag);
    made.textContent = text ?? "";
    if (className) made.className = className;
    return made;
  };

  async function send(what, method, path, body) {
    shown("told").textContent = `${what}…`;
    const answer = await fetch(control + path, { method, body });
    shown("error").textContent = answer.ok ? "" : (await answer.json()).error;
    const at = new Date().toLocaleTimeString([], { hour12: false });
    shown("told").textContent = answer.ok ? `${what}: done at ${at}` : "";
    await refresh();
  }

  function showFacts(state) {
    const facts = { requests: state.requests, ...state.effects, ...state.conditions };
    facts.latency = Object.values(state.latency).join(" ") + " ms";
    shown("facts").replaceChildren(
      ...Object.entries(facts).flatMap(([name, value]) => [
        element("dt", name.replaceAll("_", " ")), element("dd", Array.isArray(value) ? value.join(", ") : String(value)),
      ]),
    );
    panel.dataset.scenario = state.scenario ?? "";
    const badge = document.querySelector(`[data-badge=${panel.dataset.vendor}]`);
    const struck = state.faults.length;
    badge.textContent = struck ? `${struck} fault${struck === 1 ? "" : "s"}` : state.scenario ?? "well";
    badge.className = `stamp ${struck ? "refused" : facts.latency.startsWith("fixed 0 ") ? "done" : "wait"}`;
    shown("clock").textContent = (state.clock.frozen ? "frozen at " : "") + state.clock.now.slice(0, 19).replace("T", " ");
  }

  // What is switched on is pressed: the day that is played, and how fast answers come.
  function showPressed(state) {
    const latency = Object.entries(state.latency);
    for (const button of panel.querySelectorAll("[data-post^='scenarios/'], [data-post=latency]")) {
      const body = button.dataset.body ? JSON.parse(button.dataset.body) : {};
      const isOn = button.dataset.post === "latency"
        ? Object.entries(body).every(([name, value]) => latency.some(([n, v]) => n === name && v === value))
        : button.dataset.post === `scenarios/${state.scenario}`;
      button.setAttribute("aria-pressed", isOn);
    }
    const on = panel.querySelector(`[data-post="scenarios/${state.scenario}"]`);
    shown("scenario").textContent = on ? `· ${on.textContent} is on` : "· none is on";
  }

  function showFaults(faults) {
    shown("faults").replaceChildren(...faults.map((fault) => {
      const match = Object.entries(fault.match).map(([name, value]) => `${name} ${value}`).join(", ");
      const line = element("li", `${fault.kind} on ${fault.operation ?? "any call"} ${match} · struck ${fault.struck} of ${fault.count ?? "∞"} `);
      const button = element("button", "Remove", "quiet");
      button.onclick = () => send(`Remove ${fault.kind}`, "DELETE", `faults/${fault.id}`);
      line.append(button);
      return line;
    }));
  }

  function showRequests(entries) {
    shown("requests").replaceChildren(...entries.map((entry) => {
      const row = element("tr");
      const stampClass = entry.delivery === "answered" ? (entry.status < 400 ? "done" : "refused") : entry.delivery === "cut" ? "unknown" : "wait";
      const answer = element("td");
      answer.append(element("span", entry.delivery === "answered" ? entry.status : entry.delivery, `stamp ${stampClass}`));
      row.append(
        element("td", entry.at.slice(11, 19)), element("td", entry.operation || `${entry.method} ${entry.path}`),
        element("td", entry.fields.contract_number ?? Object.values(entry.fields)[0]), answer,
        element("td", entry.fault), element("td", entry.milliseconds === null ? "" : Math.round(entry.milliseconds)),
      );
      return row;
    }));
  }

  function showWebhooks(post) {
    shown("subscriber").textContent = post.url ? `to ${post.url}` : "nobody subscribes";
    shown("webhooks").replaceChildren(...post.last.map((one) => {
      const stampClass = { delivered: "done", failed: "refused", lost: "unknown" }[one.status] ?? "wait";
      const line = element("li", `${one.type} ${one.about} · ${one.subject} · ${one.disorder ?? ""} `);
      line.append(element("span", `${one.status} after ${one.attempts}`, `stamp ${stampClass}`), " ");
      const button = element("button", "Resend", "quiet");
      button.onclick = () => send(`Resend ${one.type}`, "POST", `deliveries/${one.id}/resend`);
      line.append(button);
      return line;
    }));
  }

  async function refresh() {
    const state = await (await fetch(control + "state")).json();
    showFacts(state);
    showPressed(state);
    const fields = new Set(state.last_requests.flatMap((entry) => Object.keys(entry.fields)));
    shown("fields").replaceChildren(...[...fields].map((name) => Object.assign(element("option"), { value: name })));
    showFaults(state.faults);
    showRequests(state.last_requests);
    showWebhooks(state.post);
  }

  for (const button of panel.querySelectorAll("[data-post]"))
    button.onclick = async () => {
      const { post, body, asks } = button.dataset;
      if (asks && !(await isAgreed(button.textContent, asks))) return;
      button.disabled = true;
      try {
        await send(button.textContent, "POST", post, body || undefined);
      } finally {
        button.disabled = false;
      }
    };

  panel.querySelector("form.fault").onsubmit = (event) => {
    event.preventDefault();
    const { kind, field, value, count, ...chosen } = Object.fromEntries(new FormData(event.target));
    const operation = kind.startsWith("webhook_") ? "webhook" : chosen.operation;
    const match = field && value ? { [field]: value } : {};
    send(`Set ${kind}`, "POST", "faults", JSON.stringify({ kind, operation, match, count: Number(count) || 1 }));
  };

  refresh();
  // The others are looked at too, more rarely: their badges tell of them.
  let looks = 0;
  setInterval(() => (panel.hidden && looks++ % 5 ? Promise.resolve() : refresh()).catch(() => { shown("clock").textContent = "not answering"; }), 2000);
}
