// Run inside the page: what is wrong with the places of frames, the first five; or how many places were looked at.
const wrong = [];
let looked = 0;
const samples = (from, to, most) => {
  const step = Math.max(1, Math.floor((to - from) / most)), found = [];
  for (let at = from; at < to; at += step) found.push(at);
  return found.concat(to - 1);
};
const check = (frames, layout) => {
  const over = Object.assign(Object.create(map), { frames, layout });
  const { side, columns, gap } = layout, pitch = side + gap;
  const say = (...what) => wrong.push([frames, side, columns, ...what].join(' '));
  const seen = new Set();
  for (const pfn of samples(0, frames, 3000)) {
    const [x, y] = over.placeOf(pfn);
    for (const part of [0, 0.5, 0.99]) {
      if (over.frameAt(x + part, y + part) !== pfn) say('found', pfn, x, y);
    }
    seen.add(x + ' ' + y);
    looked++;
  }
  if (frames <= 3000 && seen.size !== frames) say('twice at one place');
  const last = Math.floor((frames - 1) / side / side);
  const [x0, y0] = [last % columns * pitch, Math.floor(last / columns) * pitch];
  for (const [x, y] of [[-0.01, 0], [0, -0.01], [x0 + side, y0], [x0, y0 + side]]) {
    if (gap && over.frameAt(x, y) !== null) say('in a gap', x, y);
  }
  const beyond = frames - last * side * side;
  if (beyond < side * side) {
    const [x, y] = hilbertPlace(side, beyond);
    if (over.frameAt(x0 + x, y0 + y) !== null) say('beyond the end');
  }
  for (let level = 0; side >> level; level++) {
    const per = 4 ** level, step = 2 ** level, sheets = Math.ceil(frames / per / SHEET_TILES);
    for (const index of new Set(samples(0, sheets, 3))) {
      const sheet = new Sheet('state', level, index, frames, layout);
      for (const tile of samples(0, sheet.tiles, 300)) {
        const unit = sheet.units.find(({ first, count }) => tile >= first && tile < first + count);
        const pixel = places.of(unit.unit, unit.way)[tile - unit.first];
        const x = unit.x + pixel % SHEET * step, y = unit.y + Math.floor(pixel / SHEET) * step;
        const pfn = sheet.from + tile * per, [px, py] = over.placeOf(pfn);
        const isThere = px >= x && px < x + step && py >= y && py < y + step;
        if (!isThere) say('painted', pfn, 'level', level, 'at', x, y, 'not', px, py);
        const asked = over.indexes(level, x, y, x + step / 2, y + step / 2);
        if (!asked.has(index)) say('not asked for', pfn, 'level', level);
        looked++;
      }
    }
  }
};
for (let side = 8; side <= 32768; side *= 2) {
  for (const columns of [1, 2, 3]) {
    for (const last of [1, 37, side * side]) {
      const frames = 4 * side * side + last, rows = Math.ceil(5 / columns);
      check(frames, { side, columns, rows, gap: side / 32, blocks: 5 });
    }
  }
}
for (const frames of [34, 1000, 65536, 262144, 262145, 2359296, 4194309, 16777216]) {
  for (const [width, height] of [[360, 414], [1100, 620], [2200, 1000]]) {
    check(frames, layOut(frames, width, height));
  }
}
return wrong.length ? wrong.slice(0, 5) : looked;
