/* Live regions: <div data-live='{"jobs": ["..."]}' hx-get="..." hx-trigger="refresh" hx-swap="patch">.
 *
 * An event that changes what a region shows lets it fetch itself again, at most once a second; progress is
 * written straight into the bars. While the socket is away, regions fetch themselves every few seconds. */

const AT_MOST_EVERY = 1000; // ms between two fetches of a region
const WITHOUT_SOCKET = 5000;
const WITH_SOCKET = 15000; // rates and ages move without events

const TEXTS = { connecting: "Connecting", open: "Live", closed: "Reconnecting", refused: "Not live" };

export function showProgress(message) {
  for (const bar of document.querySelectorAll("progress[data-job]")) {
    if (bar.dataset.job !== message.jobId) continue;
    if (typeof message.progress === "number") bar.value = message.progress;
    else bar.removeAttribute("value");
  }
  const text = message.details && message.details.message;
  for (const line of document.querySelectorAll("[data-message]")) {
    if (line.dataset.message === message.jobId && text) line.textContent = text;
  }
}

class Region {
  constructor(element) {
    this.element = element;
    this.last = 0;
    this.timer = null;
  }

  /** Fetch soon; calls that come close together become one. */
  refresh() {
    if (this.timer || document.hidden) return;
    const wait = Math.max(0, this.last + AT_MOST_EVERY - Date.now());
    this.timer = setTimeout(() => {
      this.timer = null;
      this.last = Date.now();
      htmx.trigger(this.element, "refresh");
    }, wait);
  }

  hear(message) {
    if (message.type === "job.progress") showProgress(message);
    else if (message.type !== "job.state") this.refresh();
  }
}

export function startRegions() {
  const regions = [...document.querySelectorAll("[data-live]")].map((element) => new Region(element));
  if (!regions.length) return;
  const live = window.MillraceLive ? new MillraceLive() : null;
  let open = false;
  const all = () => regions.forEach((region) => region.refresh());
  if (live) {
    live.onstatus = (status) => {
      if (status === "open" && !open) all(); // what happened before the subscription
      open = status === "open";
      showStatus(status);
    };
    for (const region of regions) {
      live.subscribe(JSON.parse(region.element.dataset.live), (message) => region.hear(message));
    }
  }
  setInterval(() => open || all(), WITHOUT_SOCKET);
  setInterval(all, WITH_SOCKET);
  document.addEventListener("visibilitychange", () => document.hidden || all());
}

function showStatus(status) {
  for (const element of document.querySelectorAll("[data-link]")) {
    element.dataset.status = status;
    element.textContent = TEXTS[status] || "";
  }
}
