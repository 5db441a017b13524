/* The chart of a coin's price. Its numbers are in #price-series, its colours in CSS. */

let chart = null;
let drawn = "";

const colour = (name) => getComputedStyle(document.querySelector(`.probe.${name}-colour`)).color;
const dollars = (usd) => `$${usd >= 1 ? usd.toFixed(2) : Number(usd.toPrecision(4)).toLocaleString("en", { maximumFractionDigits: 18 })}`;

function options() {
  const ink = colour("ink");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: still || chart ? false : { duration: 300 },
    interaction: { mode: "index", intersect: false },
    plugins: {
      legend: { display: false },
      tooltip: { callbacks: { label: (point) => ` ${dollars(point.parsed.y)}` }, displayColors: false },
    },
    scales: {
      x: { ticks: { color: ink, maxRotation: 0, autoSkipPadding: 24 }, grid: { display: false }, border: { color: colour("edge") } },
      y: { ticks: { color: ink, maxTicksLimit: 6, callback: dollars }, grid: { color: colour("edge") }, border: { display: false } },
    },
  };
}

function draw(force) {
  const source = document.getElementById("price-series");
  const canvas = document.getElementById("price-chart");
  if (!source || !canvas) return;
  if (!force && drawn === source.textContent && chart && chart.canvas === canvas) return;
  drawn = source.textContent;
  const { times, usd } = JSON.parse(drawn);
  const line = { data: usd, borderColor: colour("line"), borderWidth: 2, pointRadius: 0, pointHoverRadius: 4, tension: 0 };
  const config = { type: "line", data: { labels: times, datasets: [line] }, options: options() };
  if (chart) chart.destroy();
  chart = new Chart(canvas, config);
}

draw(true);
document.addEventListener("themechange", () => draw(true));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw(true));
document.addEventListener("patched", () => draw(false));
