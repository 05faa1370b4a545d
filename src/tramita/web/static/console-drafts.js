// What somebody was typing when their session ended stands there again once they have signed in.
//
// It is kept by this tab alone, for whoever typed it, until the page is shown the next time. Where a form
// is asked about once more, what was typed into it goes along unseen, and is kept from there.

const SIGNING_IN = /^\/console\/(?:login|second-step)/;
const { who } = document.body.dataset;
const key = `draft ${who} ${location.pathname}`;

addEventListener("submit", (event) => {
  const typed = event.target.querySelectorAll("textarea, input[data-draft]");
  const texts = [...typed].filter((one) => one.value);
  if (texts.length === 0) return;
  sessionStorage.setItem(key, JSON.stringify(texts.map((one) => [one.id, one.value])));
});

const kept = sessionStorage.getItem(key);
sessionStorage.removeItem(key);
if (kept && document.referrer && SIGNING_IN.test(new URL(document.referrer).pathname)) {
  for (const [id, value] of JSON.parse(kept)) {
    const text = document.getElementById(id);
    if (text?.matches("textarea") && !text.value) text.value = value;
  }
}
