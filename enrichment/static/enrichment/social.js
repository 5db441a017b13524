/* The chart of mentions and sentiment by the hour. Numbers are in the part, colours in CSS. */

const charts = new Map();

function colourIn(part, name) {
  return getComputedStyle(part.querySelector(`.probe.${name}-colour`)).color;
}
const faint = (rgb) => rgb.replace(/^rgb\(([^)]+)\)$/, "rgba($1, 0.35)");

function options(part) {
  const ink = colourIn(part, "ink");
  const edge = colourIn(part, "edge");
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    interaction: { mode: "index", intersect: false },
    plugins: { legend: { labels: { color: ink, boxWidth: 12 } } },
    scales: {
      x: { ticks: { color: ink, maxRotation: 0, autoSkipPadding: 24 }, grid: { display: false }, border: { color: edge } },
      mentions: { position: "right", beginAtZero: true, ticks: { color: ink, precision: 0, maxTicksLimit: 5 }, grid: { display: false }, border: { display: false }, title: { display: true, text: "mentions", color: ink } },
      sentiment: { position: "left", min: -1, max: 1, ticks: { color: ink, stepSize: 0.5 }, grid: { color: (line) => (line.tick.value === 0 ? ink : edge) }, border: { display: false }, title: { display: true, text: "sentiment", color: ink } },
    },
  };
}

function datasets(part, series) {
  const line = colourIn(part, "line");
  return [
    { type: "line", label: "Sentiment", yAxisID: "sentiment", data: series.sentiment, borderColor: line, backgroundColor: line, borderWidth: 2, pointRadius: 0, pointHoverRadius: 4, spanGaps: true },
    { type: "bar", label: "Mentions", yAxisID: "mentions", data: series.mentions, backgroundColor: faint(colourIn(part, "bar")) },
  ];
}

function draw(part) {
  const canvas = part.querySelector("[data-social-chart]");
  const source = part.querySelector("[data-social-series]");
  if (!canvas || !source) return;
  const series = JSON.parse(source.textContent);
  charts.get(canvas)?.destroy();
  charts.set(canvas, new Chart(canvas, { data: { labels: series.hours, datasets: datasets(part, series) }, options: options(part) }));
}

function drawAll() {
  for (const [canvas, chart] of charts) if (!canvas.isConnected) { chart.destroy(); charts.delete(canvas); }
  for (const part of document.querySelectorAll(".social")) draw(part);
}

drawAll();
document.addEventListener("themechange", drawAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
document.addEventListener("htmx:afterSettle", drawAll);
