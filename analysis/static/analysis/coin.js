/* The chart of a coin's price. */

import { colour, keepChart } from "./chart.js";

const dollars = (usd) => `$${usd >= 1 ? usd.toFixed(2) : Number(usd.toPrecision(4)).toLocaleString("en", { maximumFractionDigits: 18 })}`;

keepChart("price", (point) => ` ${dollars(point.parsed.y)}`, ({ times, usd }, options) => {
  options.scales.y.ticks.callback = dollars;
  const line = { data: usd, borderColor: colour("line"), borderWidth: 2, pointRadius: 0, pointHoverRadius: 4, tension: 0 };
  return { type: "line", data: { labels: times, datasets: [line] }, options };
});
