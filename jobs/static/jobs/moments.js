/* "3 min ago" stays true while the page is open. The words are those of the template tag `moment`. */

const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

export function inWords(seconds) {
  const size = Math.floor(Math.abs(seconds));
  if (size < 1) return "now";
  const [unit, name] = UNITS.find(([unit]) => size >= unit);
  const text = `${Math.floor(size / unit)} ${name}`;
  return seconds < 0 ? `in ${text}` : `${text} ago`;
}

function refresh() {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("time[data-moment]")) {
    const text = inWords((Date.now() - Date.parse(element.dateTime)) / 1000);
    if (element.textContent !== text) element.textContent = text;
  }
}

export function keepMoments() {
  setInterval(refresh, 1000);
}
