// --- letters, drawn as the training set draws its own: lib/vision/crops.py, number for number -------------------------
// An image is { data, height, width }, row by row; ink is 1 and paper 0 until the letter is drawn.

const image = (height, width, data = new Float64Array(height * width)) => ({ data, height, width });

/** The part of an image from (y1, x1) to (y2, x2); what lies outside it is 0. */
function cut({ data, height, width }, y1, x1, y2, x2) {
  const part = image(y2 - y1, x2 - x1);
  for (let y = Math.max(0, y1); y < Math.min(height, y2); y++)
    for (let x = Math.max(0, x1); x < Math.min(width, x2); x++) part.data[(y - y1) * part.width + x - x1] = data[y * width + x];
  return part;
}

/** Bounds [y1, x1, y2, x2] of what is above a value, null where nothing is. */
function bounds({ data, height, width }, above = 0.5) {
  let [y1, x1, y2, x2] = [height, width, 0, 0];
  for (let k = 0; k < data.length; k++)
    if (data[k] > above) {
      const [y, x] = [Math.floor(k / width), k % width];
      [y1, x1, y2, x2] = [Math.min(y1, y), Math.min(x1, x), Math.max(y2, y + 1), Math.max(x2, x + 1)];
    }
  return y2 ? [y1, x1, y2, x2] : null;
}

/** Linear interpolation; beyond its border the image goes on as it ends. */
function sample({ data, height, width }, y, x) {
  const [inY, inX] = [Math.min(height - 1, Math.max(0, y)), Math.min(width - 1, Math.max(0, x))];
  const [top, left] = [Math.floor(inY), Math.floor(inX)];
  const [down, right] = [inY - top, inX - left];
  const [below, beside] = [Math.min(top + 1, height - 1) * width, Math.min(left + 1, width - 1)];
  return data[top * width + left] * (1 - down) * (1 - right) + data[top * width + beside] * (1 - down) * right +
    data[below + left] * down * (1 - right) + data[below + beside] * down * right;
}

/** An image enlarged by a whole number, as scipy.ndimage.zoom does with order=1, grid_mode=True, mode="nearest". */
function enlarged(small, times) {
  const large = image(small.height * times, small.width * times);
  for (let y = 0; y < large.height; y++)
    for (let x = 0; x < large.width; x++)
      large.data[y * large.width + x] = Math.fround(sample(small, (y + 0.5) / times - 0.5, (x + 0.5) / times - 0.5));
  return large;
}

/** Distance of each pixel to the nearest one that is `to` (Felzenszwalb and Huttenlocher 2012: lower envelope of parabolas). */
function distances(mask, to) {
  const { height, width } = mask;
  const squared = Float64Array.from(mask.data, (value) => (value === to ? 0 : 1e12));
  const line = (start, step, count) => {
    const [value, at, from] = [new Float64Array(count), new Int32Array(count), new Float64Array(count + 1)];
    for (let k = 0; k < count; k++) value[k] = squared[start + k * step];
    let last = 0;
    [from[0], from[1]] = [-Infinity, Infinity];
    for (let k = 1; k < count; k++) {
      const meet = () => (value[k] + k * k - value[at[last]] - at[last] * at[last]) / (2 * (k - at[last]));
      while (meet() <= from[last]) last--;
      from[last + 1] = meet();
      at[++last] = k;
      from[last + 1] = Infinity;
    }
    for (let k = 0, piece = 0; k < count; k++) {
      while (from[piece + 1] < k) piece++;
      squared[start + k * step] = (k - at[piece]) ** 2 + value[at[piece]];
    }
  };
  for (let x = 0; x < width; x++) line(x, width, height);
  for (let y = 0; y < height; y++) line(y * width, 1, width);
  return image(height, width, squared.map(Math.sqrt));
}

// What skimage.morphology.skeletonize removes: for each pattern of the eight neighbours (bit 0 upper left, then
// clockwise) 1, 2 or 3: in the first of its two passes, the second, either. Found from what it does to small images;
// it is not quite the rule of Zhang and Suen (1984).
const THINNED =
  "0001001300111013000000002020303300000000300000000000000020003022000000000000000000000000000000002000000020002000" +
  "3000000030003020003100130000000100000000000000013100000000000000200000000000000023130013000000010000000000000000" +
  "23010001000000003301000022002000";

/** The middle lines of a mask that has a border of 0. */
function skeleton({ data, height, width }) {
  const thin = Uint8Array.from(data);
  const around = [-width - 1, -width, 1 - width, 1, width + 1, width, width - 1, -1];
  for (let removed = true; removed; ) {
    removed = false;
    for (const pass of [1, 2]) {
      const gone = [];
      for (let k = width; k < thin.length - width; k++)
        if (thin[k] && THINNED[around.reduce((bits, step, place) => bits | (thin[k + step] << place), 0)] & pass) gone.push(k);
      for (const k of gone) thin[k] = 0;
      removed ||= gone.length > 0;
    }
  }
  return thin;
}

/** Twice the median distance from a stroke's middle to its edge. */
function strokeWidth(mask) {
  const framed = cut(mask, -1, -1, mask.height + 1, mask.width + 1);
  const middle = skeleton(framed);
  const found = distances(framed, 0).data.filter((_, k) => middle[k]).sort();
  return found.length ? found[(found.length - 1) >> 1] + found[found.length >> 1] - 1 : 0;
}

/** One letter in a style, size x size, ink 0 on paper 1; null without ink. */
function drawLetter(density, style, fine = 96) {
  let ink = cut(density, -2, -2, density.height + 2, density.width + 2);
  const times = Math.ceil(fine / Math.max(ink.height, ink.width));
  if (times > 1) ink = enlarged(ink, times);
  const box = bounds(ink);
  if (!box) return null;
  const [top, left, bottom, right] = box;
  const mask = image(ink.height, ink.width, ink.data.map((value) => (value > 0.5 ? 1 : 0)));
  const pen = strokeWidth(mask);
  // The pen's path is scaled to fit; the pen itself becomes as wide as the style's.
  const [high, wide] = [Math.max(bottom - top - pen, 1e-3), Math.max(right - left - pen, 1e-3)];
  const scale = Math.min((style.height - style.stroke) / high, (style.width - style.stroke) / wide);
  const grow = (style.stroke - pen * scale) / 2;
  const framed = cut(mask, -1, -1, mask.height + 1, mask.width + 1);
  const [inside, outside] = [distances(framed, 0).data, distances(framed, 1).data];
  const signed = image(framed.height, framed.width, inside.map((value, k) => {
    const distance = value - outside[k];
    return Math.fround((distance - Math.sign(distance) * 0.5) * scale + grow);
  }));
  const [over, soft] = [4, Math.max(style.edge - 1, 1 / 4)];
  const drawn = image(style.size, style.size);
  for (let k = 0; k < (style.size * over) ** 2; k++) {
    const [row, column] = [Math.floor(k / (style.size * over)), k % (style.size * over)];
    const y = ((row + 0.5) / over - style.size / 2) / scale + (top + bottom) / 2 + 0.5;
    const x = ((column + 0.5) / over - style.size / 2) / scale + (left + right) / 2 + 0.5;
    // Outside the letter's own image the distance keeps growing.
    const away = Math.hypot(y - Math.min(signed.height - 1, Math.max(0, y)), x - Math.min(signed.width - 1, Math.max(0, x)));
    const value = (Math.fround(sample(signed, y, x)) - away * scale) / soft + 0.5;
    drawn.data[Math.floor(row / over) * style.size + Math.floor(column / over)] += Math.min(1, Math.max(0, value)) / over ** 2;
  }
  for (let k = 0; k < drawn.data.length; k++) drawn.data[k] = Math.fround(1 - Math.fround(drawn.data[k]));
  return drawn;
}
