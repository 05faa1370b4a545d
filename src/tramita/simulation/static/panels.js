// Each panel reads its vendor's state every two seconds and after every button.
for (const panel of document.querySelectorAll("[data-vendor]")) {
  const control = `/${panel.dataset.vendor}/__sim/`;
  const shown = (name) => panel.querySelector(`[data-show=${name}]`);

  const element = (tag, text, className) => {
    const made = document.createElement(tag);
    made.textContent = text ?? "";
    if (className) made.className = className;
    return made;
  };

  async function send(method, path, body) {
    const answer = await fetch(control + path, { method, body });
    shown("error").textContent = answer.ok ? "" : (await answer.json()).error;
    await refresh();
  }

  function showFacts(state) {
    const facts = { requests: state.requests, ...state.effects, ...state.conditions };
    facts.latency = Object.values(state.latency).join(" ") + " ms";
    shown("facts").replaceChildren(
      ...Object.entries(facts).flatMap(([name, value]) => [
        element("dt", name.replaceAll("_", " ")), element("dd", String(value)),
      ]),
    );
    shown("clock").textContent = (state.clock.frozen ? "frozen at " : "") + state.clock.now.slice(0, 19).replace("T", " ");
  }

  function showFaults(faults) {
    shown("faults").replaceChildren(...faults.map((fault) => {
      const match = Object.entries(fault.match).map(([name, value]) => `${name} ${value}`).join(", ");
      const line = element("li", `${fault.kind} on ${fault.operation ?? "any call"} ${match} · struck ${fault.struck} of ${fault.count ?? "∞"} `);
      const button = element("button", "Remove", "quiet");
      button.onclick = () => send("DELETE", `faults/${fault.id}`);
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
      button.onclick = () => send("POST", `deliveries/${one.id}/resend`);
      line.append(button);
      return line;
    }));
  }

  async function refresh() {
    const state = await (await fetch(control + "state")).json();
    showFacts(state);
    showFaults(state.faults);
    showRequests(state.last_requests);
    showWebhooks(state.post);
  }

  for (const button of panel.querySelectorAll("[data-post]"))
    button.onclick = () => send("POST", button.dataset.post, button.dataset.body);

  panel.querySelector("form.fault").onsubmit = (event) => {
    event.preventDefault();
    const { kind, field, value, count, ...chosen } = Object.fromEntries(new FormData(event.target));
    const operation = kind.startsWith("webhook_") ? "webhook" : chosen.operation;
    const match = value ? { [field]: value } : {};
    send("POST", "faults", JSON.stringify({ kind, operation, match, count: Number(count) || 1 }));
  };

  refresh();
  setInterval(() => refresh().catch(() => { shown("clock").textContent = "not answering"; }), 2000);
}
