export const style = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f6f6f4, #131416); --card: light-dark(#ffffff, #1b1d20); --line: light-dark(#e3e3df, #2c2f34);
  --text: light-dark(#1c1d1f, #ececea); --muted: light-dark(#62656b, #9b9fa8); --accent: light-dark(#3553c9, #8ea6ff);
  --soft: light-dark(#eef1fc, #242a40); --bad: light-dark(#a3261b, #ff9d91); --bad-soft: light-dark(#fceceb, #3d211e);
  --good: light-dark(#1b6b3a, #7fd6a1); --good-soft: light-dark(#e7f5ec, #1b3325);
  font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page);
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1320px; padding: 24px 20px 64px; }
h1, h2, p, ol, ul, dl, dd { margin: 0; padding: 0; }
h1 { font-size: 22px; letter-spacing: -0.01em; }
h2 { font-size: 16px; }
code, .mono { font: 12.5px/1.5 ui-monospace, monospace; }
.muted, time { color: var(--muted); font-size: 13px; }
time { white-space: nowrap; }
.top { display: flex; flex-wrap: wrap; gap: 12px 24px; align-items: end; justify-content: space-between; margin-bottom: 20px; }
.actions { display: flex; flex-wrap: wrap; gap: 12px; align-items: center; }
#status:empty { margin-right: -12px; }
main { display: grid; gap: 16px; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 960px) {
  main { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); grid-template-rows: auto 1fr; }
  #slack { grid-row: span 2; align-self: start; }
  #slack .scroll { max-height: 760px; }
}
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 16px; min-width: 0; }
.card header { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; justify-content: space-between; }
.scroll { max-height: 560px; overflow-y: auto; margin: 12px -16px 0; padding: 0 16px; }
#analytics .scroll, #mailchimp .scroll { max-height: 320px; }
.figures { display: flex; flex-wrap: wrap; gap: 4px 18px; margin-top: 8px; font-size: 13px; color: var(--muted); }
.figures div { display: flex; gap: 5px; }
.figures dd { color: var(--text); font-variant-numeric: tabular-nums; }
.pill { display: inline-block; border-radius: 99px; padding: 1px 9px; font-size: 12px; background: var(--soft); color: var(--accent); white-space: nowrap; }
.pill.bad { background: var(--bad-soft); color: var(--bad); white-space: normal; }
.pill.good { background: var(--good-soft); color: var(--good); }
.message { display: grid; grid-template-columns: 36px minmax(0, 1fr); gap: 0 10px; padding: 10px 0; list-style: none; }
.message + .message { border-top: 1px solid var(--line); }
.avatar { width: 36px; height: 36px; border-radius: 8px; background: var(--accent); color: var(--card); display: grid; place-items: center; font-weight: 700; }
.message .body { overflow-wrap: anywhere; white-space: pre-line; }
.mention { background: var(--bad-soft); color: var(--bad); border-radius: 4px; padding: 0 3px; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th { text-align: left; font-weight: 500; color: var(--muted); font-size: 12.5px; }
th, td { padding: 7px 10px 7px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td:first-child { overflow-wrap: anywhere; }
td:first-child code { white-space: nowrap; }
td.mono { width: 100%; max-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
td.tags { font-size: 13px; color: var(--muted); }
td small { display: block; color: var(--muted); }
.bars { display: block; width: 100%; height: 72px; margin-top: 12px; }
.bars rect { fill: var(--accent); }
.bars .base { fill: var(--line); }
.axis { display: flex; gap: 10px; justify-content: space-between; text-align: center; }
.empty { padding: 28px 0; text-align: center; color: var(--muted); }
details { margin-top: 12px; border-top: 1px solid var(--line); padding-top: 10px; }
summary { cursor: pointer; color: var(--accent); font-size: 14px; }
form { display: grid; grid-template-columns: repeat(auto-fill, minmax(130px, 1fr)); gap: 10px; margin-top: 10px; align-items: end; }
label { font-size: 12.5px; color: var(--muted); display: grid; gap: 3px; }
label.check { display: flex; gap: 7px; align-items: center; color: var(--text); font-size: 14px; min-height: 34px; }
input:not([type=checkbox]) { width: 100%; font: inherit; color: inherit; background: var(--page); border: 1px solid var(--line); border-radius: 7px; padding: 5px 8px; }
button { font: inherit; font-size: 14px; border-radius: 7px; border: 1px solid var(--line); background: var(--card); color: var(--text); padding: 5px 12px; cursor: pointer; }
button[type=submit] { background: var(--accent); border-color: var(--accent); color: var(--card); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
form .buttons { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
`;

export const script = `
const status = document.getElementById("status");
const showStatus = (text) => { status.textContent = text; };

async function refresh() {
  if (document.hidden) return;
  const response = await fetch("/");
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const live of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(live.id);
    if (next && next.innerHTML !== live.innerHTML) live.innerHTML = next.innerHTML;
  }
}

async function loop() {
  try { await refresh(); if (status.dataset.lost) { delete status.dataset.lost; showStatus(""); } }
  catch { status.dataset.lost = "1"; showStatus("The sandbox does not answer. Trying again."); }
  setTimeout(loop, 1500);
}

async function call(method, path, body, done) {
  const options = body === undefined ? { method } : { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  try {
    const response = await fetch("/_sandbox/" + path, options);
    const problems = response.ok ? [] : (await response.json()).problems;
    showStatus(response.ok ? done : problems.map((problem) => problem.path + ": " + problem.message).join("; "));
    await refresh();
  } catch { showStatus("The sandbox does not answer."); }
}

function readFault(form) {
  const fault = {};
  for (const input of form.elements) {
    if (input.type === "checkbox" && input.checked) fault[input.name] = true;
    if (input.type === "number" && input.value !== "") fault[input.name] = Number(input.value);
    if (input.type === "text" && input.value !== "") fault[input.name] = input.value;
  }
  return fault;
}

for (const form of document.querySelectorAll("form[data-integration]")) {
  const path = "faults/" + form.dataset.integration;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    call("PUT", path, readFault(form), "The fault is on.");
  });
  form.addEventListener("reset", () => call("DELETE", path, undefined, "The fault is off."));
}
document.getElementById("limits").addEventListener("change", (event) => {
  const enabled = event.target.checked;
  call("PUT", "limits", { enabled }, enabled ? "Rate limits are on." : "Rate limits are off.");
});
document.getElementById("clear").addEventListener("click", () => {
  if (confirm("Forget everything that the stand-ins have received? This cannot be undone.")) call("DELETE", "ledger", undefined, "All is forgotten.");
});
setTimeout(loop, 1500);
`;
