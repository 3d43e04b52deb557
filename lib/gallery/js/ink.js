// --- letters of a photograph: lib/vision/ink.py and letters.py for plain paper ------------------------------------------
// Without what these do for ruled and noisy paper, and for lines that are not level.

const WORKING_SIZE = 1400; // pixels of the longer side
// As in letters.py, in letter heights.
const JOINS = { dot: 0.35, part: 0.7, overlap: 0.5, stackedGap: 0.2, dotGap: 0.4, stackedHeight: 1.6, besideGap: 0.08, brokenGap: 0.03, tall: 1.25, wide: 1.2 };
const [SMALLEST, LARGEST, WIDEST, WIDEST_USUAL, THINNEST, MARGIN] = [0.4, 4, 1.55, 1.7, 0.3, 0.35];
const [SPECK, MOST_PIECES, FINE_ENOUGH] = [2, 3000, 24]; // pixels, pieces, pixels

/** Value below which this share of numbers lies, as numpy.percentile interpolates it. */
function quantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  return sorted[low] + (place - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}

/** Mean luminance of blocks of step x step pixels of an ImageData. */
function reducedGrey({ data, height, width }, step) {
  const grey = image(Math.floor(height / step), Math.floor(width / step));
  for (let y = 0; y < grey.height * step; y++)
    for (let x = 0; x < grey.width * step; x++) {
      const k = 4 * (y * width + x);
      grey.data[Math.floor(y / step) * grey.width + Math.floor(x / step)] +=
        (0.2125 * data[k] + 0.7154 * data[k + 1] + 0.0721 * data[k + 2]) / (255 * step * step);
    }
  return grey;
}

/** The largest value (sign 1) or the smallest (-1) in a window around each pixel, along rows and then columns. */
function extreme({ data, height, width }, side, sign) {
  const found = image(height, width, Float64Array.from(data, (value) => sign * value));
  const line = (start, step, count) => {
    const values = Float64Array.from({ length: count }, (_, k) => found.data[start + k * step]);
    const best = []; // places whose values fall, the largest first
    for (let k = 0; k < count + (side >> 1); k++) {
      while (k < count && best.length && values[best.at(-1)] <= values[k]) best.pop();
      if (k < count) best.push(k);
      const middle = k - (side >> 1);
      while (best[0] < middle - (side >> 1)) best.shift();
      if (middle >= 0) found.data[start + middle * step] = values[best[0]];
    }
  };
  for (let y = 0; y < height; y++) line(y * width, 1, width);
  for (let x = 0; x < width; x++) line(x, width, height);
  return image(height, width, found.data.map((value) => sign * value));
}

/** Sums of a window around each pixel, along rows and then columns; beyond the border the image goes on as it ends. */
function windowSums({ data, height, width }, side) {
  const found = image(height, width, Float64Array.from(data));
  const line = (start, step, count) => {
    const value = (k) => values[Math.min(count - 1, Math.max(0, k))];
    const values = Float64Array.from({ length: count }, (_, k) => found.data[start + k * step]);
    const before = side >> 1;
    let sum = 0;
    for (let k = -before; k < side - before; k++) sum += value(k);
    for (let k = 0; k < count; k++) {
      found.data[start + k * step] = sum;
      sum += value(k + side - before) - value(k - before);
    }
  };
  for (let y = 0; y < height; y++) line(y * width, 1, width);
  for (let x = 0; x < width; x++) line(x, width, height);
  return found.data;
}

/** Whether the writing is lighter than its ground: strokes are the few pixels far from their local mean. */
function inkIsLight(grey) {
  const side = Math.max(3, Math.floor(Math.min(grey.height, grey.width) / 8));
  return windowSums(grey, side).reduce((sum, of, k) => sum + (grey.data[k] - of / side ** 2) ** 3, 0) > 0;
}

/** 0 on paper and about 1 in a stroke, and the density below which there is only noise; null without ink. */
function inkDensity(grey) {
  const { height, width } = grey;
  if (inkIsLight(grey)) grey = image(height, width, grey.data.map((value) => 1 - value));
  const side = Math.max(3, Math.floor(Math.min(height, width) * 0.125)) | 1;
  const bytes = image(height, width, grey.data.map((value) => Math.floor(value * 255 + 0.5)));
  const paper = extreme(extreme(bytes, side, 1), side, -1).data;
  const darker = grey.data.map((value, k) => (paper[k] / 255 - value) / Math.max(paper[k] / 255, 0.05));
  const some = darker.filter((_, k) => k % width % 2 === 0 && Math.floor(k / width) % 2 === 0);
  const level = quantile(some, 0.5);
  const spread = Math.max(1.4826 * quantile(some.map((value) => Math.abs(value - level)), 0.5), 1 / 510);
  const above = darker.filter((value) => value > level + 6 * spread);
  const full = above.length ? quantile(above, 0.9) : 0;
  if (full < Math.max(0.08, level + 12 * spread)) return null;
  const density = darker.map((value) => Math.max(0, (value - level) / (full - level)));
  return { ink: image(height, width, density), floor: (6 * spread) / (full - level) };
}

/** Connected ink: labels 1, 2, ... of the pixels, and a box [y1, x1, y2, x2] of each. */
function findPieces({ ink: { data, height, width }, floor }) {
  const labels = new Int32Array(data.length);
  const boxes = [];
  for (let seed = 0; seed < data.length; seed++) {
    if (labels[seed] || data[seed] <= Math.max(0.5, floor)) continue;
    const box = [height, width, 0, 0];
    const todo = [seed];
    boxes.push(box);
    labels[seed] = boxes.length;
    while (todo.length) {
      const k = todo.pop();
      const [y, x] = [Math.floor(k / width), k % width];
      grow(box, y, x);
      for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++)
        for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
          const next = row * width + column;
          if (labels[next] || data[next] <= Math.max(0.25, floor)) continue;
          labels[next] = boxes.length;
          todo.push(next);
        }
    }
  }
  return { labels, boxes };
}

/** Median height, each box counted as often as it is high. */
function letterHeight(boxes) {
  const heights = boxes.map(([y1, , y2]) => y2 - y1).sort((a, b) => a - b);
  const half = heights.reduce((sum, height) => sum + height, 0) / 2;
  let sum = 0;
  return heights.find((height) => (sum += height) >= half);
}

/** Whether two pieces are strokes of one letter. */
function belong(a, b, height) {
  const gap = (k) => (Math.max(a[k], b[k]) - Math.min(a[k + 2], b[k + 2])) / height;
  const together = (k) => (Math.max(a[k + 2], b[k + 2]) - Math.min(a[k], b[k])) / height;
  const size = (box, k) => (box[k + 2] - box[k]) / height;
  const isDot = (box) => Math.max(size(box, 0), size(box, 1)) < JOINS.dot;
  const dots = isDot(a) || isDot(b);
  const closer = (least) => gap(0) < least && gap(1) < least && together(0) < JOINS.tall && together(1) < JOINS.wide;
  const stacked = gap(0) < (dots ? JOINS.dotGap : JOINS.stackedGap) && -gap(1) >= JOINS.overlap * Math.min(size(a, 1), size(b, 1)) &&
    together(0) < JOINS.stackedHeight;
  const beside = Math.min(size(a, 0), size(b, 0)) < JOINS.part && !dots && closer(JOINS.besideGap);
  return stacked || beside || closer(JOINS.brokenGap);
}

/** Numbers of the letters that pieces belong to, in no order. */
function joinPieces(boxes, height) {
  const letter = boxes.map((_, k) => k);
  boxes.forEach((a, i) => {
    for (let j = 0; j < i; j++) {
      const [own, other] = [letter[i], letter[j]];
      if (own !== other && belong(a, boxes[j], height)) letter.forEach((number, k) => number === own && (letter[k] = other));
    }
  });
  return letter;
}

/** Cuts letters that touch apart where the ink between them is thinnest; `owner` has the number + 1 of each pixel's letter. */
function cutTouching(boxes, owner, width, height) {
  const margin = Math.max(1, Math.floor(MARGIN * height));
  const limit = Math.max(WIDEST * height, WIDEST_USUAL * quantile(boxes.map(([, x1, , x2]) => x2 - x1), 0.5), 2 * margin);
  for (let number = 0; number < boxes.length; ) {
    const [y1, x1, y2, x2] = boxes[number];
    const columns = Array.from({ length: x2 - x1 }, (_, x) => {
      let ink = 0;
      for (let y = y1; y < y2; y++) ink += owner[y * width + x1 + x] === number + 1;
      return ink;
    });
    const least = Math.min(...columns.slice(margin, columns.length - margin));
    if (x2 - x1 <= limit || least >= THINNEST * height) {
      number++;
      continue;
    }
    const away = (x) => Math.abs(x - columns.length / 2);
    const places = columns.flatMap((ink, x) => (ink === least && x >= margin && x < columns.length - margin ? [x] : []));
    const cut = x1 + places.reduce((best, x) => (away(x) < away(best) ? x : best));
    const [left, right] = [[y2, x2, y1, x1], [y2, x2, y1, x1]];
    for (let y = y1; y < y2; y++)
      for (let x = x1; x < x2; x++) {
        if (owner[y * width + x] !== number + 1) continue;
        if (x >= cut) owner[y * width + x] = boxes.length + 1;
        grow(x < cut ? left : right, y, x);
      }
    boxes[number] = left;
    boxes.push(right);
  }
}

/** Makes a box hold a pixel too. */
function grow(box, y, x) {
  [box[0], box[1], box[2], box[3]] = [Math.min(box[0], y), Math.min(box[1], x), Math.max(box[2], y + 1), Math.max(box[3], x + 1)];
}

/** Letters of a photograph in reading order: box in its pixels, line, whether a space is before it, and its ink. */
function findLetters(photo) {
  for (let step = Math.max(1, Math.ceil(Math.max(photo.height, photo.width) / WORKING_SIZE)); ; ) {
    const found = lettersAt(photo, step);
    const high = found.length ? letterHeight(found.map(({ box }) => box)) / step : Infinity;
    if (step === 1 || high >= FINE_ENOUGH) return found;
    step = Math.max(1, Math.min(step - 1, Math.floor((step * high) / FINE_ENOUGH)));
  }
}

/** The same at one resolution: a pixel for step x step of the photograph's. */
function lettersAt(photo, step) {
  const found = inkDensity(reducedGrey(photo, step));
  if (!found) return [];
  const { width } = found.ink;
  const { labels, boxes } = findPieces(found);
  const size = ([y1, x1, y2, x2]) => Math.max(y2 - y1, x2 - x1);
  const kept = boxes.flatMap((box, k) => (size(box) > SPECK ? [k] : []));
  if (!kept.length || kept.length > MOST_PIECES) return [];
  const height = letterHeight(kept.map((k) => boxes[k]));
  const numbers = joinPieces(kept.map((k) => boxes[k]), height);
  const letters = [];
  const letterOf = new Int32Array(boxes.length + 1);
  for (const number of new Set(numbers)) {
    const own = kept.filter((_, k) => numbers[k] === number);
    const side = (k, best) => Math[best](...own.map((piece) => boxes[piece][k]));
    const box = [side(0, "min"), side(1, "min"), side(2, "max"), side(3, "max")];
    if (size(box) / height < SMALLEST || size(box) / height >= LARGEST) continue;
    letters.push(box);
    for (const piece of own) letterOf[piece + 1] = letters.length;
  }
  if (!letters.length) return [];
  const owner = labels.map((label) => letterOf[label]);
  cutTouching(letters, owner, width, height);
  return inOrder(letters.map((box, number) => ({ box, number })), letterHeight(letters)).map(({ box, number, line, space }) => {
    const [y1, x1, y2, x2] = box;
    const ink = cut(found.ink, y1, x1, y2, x2);
    const mine = ink.data.map((_, k) => owner[(y1 + Math.floor(k / ink.width)) * width + x1 + (k % ink.width)] === number + 1);
    const full = quantile(ink.data.filter((_, k) => mine[k]), 0.9);
    const density = image(ink.height, ink.width, ink.data.map((value, k) => (mine[k] ? Math.fround(Math.max(value / full, 0.51)) : 0)));
    return { box: box.map((side) => side * step), line, space, density };
  });
}

/** Letters line by line, from left to right. */
function inOrder(letters, height) {
  const lines = [];
  for (const one of [...letters].sort((a, b) => a.box[1] - b.box[1])) {
    const middle = (one.box[0] + one.box[2]) / 2;
    const line = lines.find((members) => Math.abs(middle - (members.at(-1).box[0] + members.at(-1).box[2]) / 2) < 0.6 * height);
    if (line) line.push(one);
    else lines.push([one]);
  }
  lines.sort((a, b) => a[0].box[0] + a[0].box[2] - b[0].box[0] - b[0].box[2]);
  const gap = (one, before) => Math.max(0, one.box[1] - before.box[3]) / height;
  const space = spaceWidth(lines.flatMap((members) => members.slice(1).map((one, k) => gap(one, members[k]))));
  return lines.flatMap((members, line) => members.map((one, k) => ({ ...one, line, space: k > 0 && gap(one, members[k - 1]) > space })));
}

/** The gap above which a new word begins: lib/vision/layout.py has the reasons and the numbers. */
function spaceWidth(gaps) {
  gaps.sort((a, b) => a - b);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const cuts = gaps.slice(1).map((wide, k) => {
    const [low, high] = [mean(gaps.slice(0, k + 1)), mean(gaps.slice(k + 1))];
    return { low, high, at: (gaps[k] + wide) / 2, apart: wide - gaps[k] < 1e-9 ? -1 : (k + 1) * (gaps.length - k - 1) * (high - low) ** 2 };
  });
  const best = cuts.reduce((best, cut) => (cut.apart > best.apart ? cut : best), { low: 0, high: 0, apart: -1 });
  if (best.high > 1.8 * best.low + 0.2) return best.at;
  return gaps.length && quantile(gaps, 0.5) > 0.45 ? 0 : Infinity;
}
