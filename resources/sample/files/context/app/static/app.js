// Draws the curve of today and lists the stations.

const CURVE_PADDING = 12;
const HIGHEST_TIDE = 4.8;

/** Reads a table of comma-separated lines into rows of text. */
async function readTable(address) {
  const answer = await fetch(address);
  if (!answer.ok) {
    throw new Error(`The table ${address} could not be read: ${answer.status}`);
  }
  const text = await answer.text();
  return text.trim().split("\n").slice(1).map((line) => line.split(","));
}

/** Puts one link for each station into the list. */
function listStations(rows) {
  const list = document.getElementById("stations");
  for (const [name, title] of rows) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `/station?name=${encodeURIComponent(name)}`;
    link.textContent = title;
    item.append(link);
    list.append(item);
  }
}

/** Draws heights, one an hour, from left to right. */
function drawCurve(heights) {
  const canvas = document.getElementById("curve");
  const pen = canvas.getContext("2d");
  const wide = canvas.width - 2 * CURVE_PADDING;
  const high = canvas.height - 2 * CURVE_PADDING;
  pen.beginPath();
  heights.forEach((height, hour) => {
    const x = CURVE_PADDING + (wide * hour) / (heights.length - 1);
    const y = CURVE_PADDING + high * (1 - height / HIGHEST_TIDE);
    if (hour === 0) {
      pen.moveTo(x, y);
    } else {
      pen.lineTo(x, y);
    }
  });
  pen.lineWidth = 2;
  pen.strokeStyle = getComputedStyle(document.body).getPropertyValue("--sea");
  pen.stroke();
}

async function main() {
  listStations(await readTable("/data/stations.csv"));
  const today = new Date().toISOString().slice(0, 10);
  const rows = await readTable("/data/tides-2025.csv");
  const heights = rows
    .filter(([time]) => time.startsWith(today))
    .map(([, height]) => Number(height));
  if (heights.length > 1) {
    drawCurve(heights);
  }
}

main().catch((reason) => {
  document.querySelector("main").append(String(reason));
});
