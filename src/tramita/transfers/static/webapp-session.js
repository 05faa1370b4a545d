// Asking Tramita in somebody's name: what Telegram has signed becomes a bearer, which only this page
// holds, in its memory alone.

import { initData } from "/static/webapp-bridge.js";

const API = "/api/webapp/v1";
const DEADLINE_MS = 20_000;
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

let bearer = null;
let opening = null;

// What was asked was refused: ``status``, ``code``, a ``message`` for people, ``details`` of fields.
export class Refused extends Error {
  constructor(status, told) {
    super(told.message ?? told.detail ?? String(status));
    Object.assign(this, { status, code: told.code ?? "", details: told.details ?? [], allowed: told.allowed ?? [] });
  }
}

// Nobody answered, or not in time: it may be tried again.
export class Away extends Error {}

export const token = () => bearer;

async function send(path, options = {}) {
  const headers = { ...options.headers, ...(zone && { "X-Time-Zone": zone }) };
  if (!headers.Authorization && bearer) headers.Authorization = `Bearer ${bearer}`;
  let answer;
  try {
    answer = await fetch(path, {
      cache: "no-store",
      signal: AbortSignal.timeout(options.deadline ?? DEADLINE_MS),
      ...options,
      headers,
    });
  } catch (error) {
    throw new Away(error.message);
  }
  if (answer.ok) return answer;
  // 408: the line was so slow that what was sent did not come whole.
  if (answer.status >= 500 || answer.status === 408) throw new Away(String(answer.status));
  const told = await answer.json().catch(() => ({}));
  throw new Refused(answer.status, told);
}

// At most one exchange at a time; everybody who needs it waits for it.
export function open() {
  opening ??= send(`${API}/session`, { method: "POST", headers: { Authorization: `tma ${initData}` } })
    .then(async (answer) => {
      bearer = (await answer.json()).token;
    })
    .finally(() => {
      opening = null;
    });
  return opening;
}

// One request; a session that is over is begun anew, once.
export async function ask(path, options = {}) {
  if (!bearer) await open();
  try {
    return await send(path, options);
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== "session_expired") throw error;
    bearer = null;
    await open();
    return send(path, options);
  }
}

export async function api(method, path, body, headers = {}) {
  const json = body === undefined ? {} : { body: JSON.stringify(body), headers: { ...headers, "Content-Type": "application/json" } };
  const answer = await ask(API + path, { method, headers, ...json });
  return answer.status === 204 ? null : answer.json();
}

// What acts is asked under a key, so that an answer that got lost is no second act.
export const once = () => ({ "Idempotency-Key": crypto.randomUUID() });
