// How the cells of a node are laid out: groups, in them rows, in them columns or cells that simply flow.

const MOST_COLUMNS = 12;
const LEAST = { wide: 13, square: 10, tall: 8.5 };
const FLOW = { wide: 19, square: 14, tall: 13 };
const MOST = { wide: 32, square: 21, tall: 18 };

function shapeOf(node) {
  return node.ratio > 1.2 ? "wide" : node.ratio < 0.83 ? "tall" : "square";
}

// The choice that is made where a person made none: takes side by side, else the last axis that is not too long.
function sensible(node, cells) {
  if (node.axes.length < 2) return { columns: "", groups: "" };
  const long = (axis) => new Set(cells.map((cell) => cell.axes[axis])).size;
  const fits = node.axes.filter((axis) => long(axis) <= MOST_COLUMNS);
  const columns = fits.includes(node.takes) ? node.takes : fits.at(-1) || "";
  const others = node.axes.filter((axis) => axis !== columns);
  return { columns, groups: others.length > 1 ? others[0] : "" };
}

// {columns, lines}: a line is one row of the grid on the screen, {group, head, deep, places}.
function arranged(node, cells, shown, choice, rem, width) {
  const groups = node.axes.includes(choice.groups) ? choice.groups : "";
  const across = node.axes.includes(choice.columns) && choice.columns !== groups ? choice.columns : "";
  const down = node.axes.filter((axis) => axis !== across && axis !== groups);
  const ids = across ? inOrder(across, cells.filter((cell) => shown.has(cell.id))) : [];
  const shape = shapeOf(node);
  const fixed = ids.length > 0 && ids.length <= MOST_COLUMNS && width >= 40 * rem;
  const flow = Math.max(1, Math.floor((width + 1.4 * rem) / ((width < 40 * rem && shape !== "wide" ? 9.4 : FLOW[shape] + 1.4) * rem)));
  const lines = [];
  for (const [group, members] of grouped(cells, groups ? [groups] : [])) {
    let heading = group;
    for (const row of rowsOf(members, across, down, ids, shown)) {
      const cut = fixed ? [row.places] : inPieces(row.places.filter((place) => place.cell), flow);
      cut.forEach((places, number) => {
        lines.push({ group: heading, head: number ? null : row.head, deep: groups !== "", low: isLow(places), places });
        heading = null;
      });
    }
  }
  return { columns: fixed ? { axis: across, ids } : null, lines, perLine: fixed ? ids.length : flow };
}

// Whether a line has nothing to look at, and nothing that will come while one looks: it need not be as high as pictures.
function isLow(places) {
  return places.every(({ cell }) => !cell || (!cell.outputs.length && !isUnderWay(cell)));
}

function inOrder(axis, cells) {
  const there = new Set(cells.map((cell) => cell.axes[axis]));
  return (campaign.axes.get(axis) || []).filter((id) => there.has(id));
}

// [[[axis, id], ...] or null, cells] of each combination of these axes, in the order of the campaign.
function grouped(cells, axes) {
  if (!axes.length) return [[null, cells]];
  const groups = new Map();
  for (const cell of cells) {
    const name = JSON.stringify(axes.map((axis) => cell.axes[axis]));
    if (!groups.has(name)) groups.set(name, [axes.map((axis) => [axis, cell.axes[axis]]), []]);
    groups.get(name)[1].push(cell);
  }
  const order = axes.map((axis) => new Map((campaign.axes.get(axis) || []).map((id, place) => [id, place])));
  const rank = ([ids]) => ids.map(([, id], place) => order[place].get(id) ?? 0);
  return [...groups.values()].map((group) => [rank(group), group]).sort(([one], [two]) => compared(one, two)).map(([, group]) => group);
}

function compared(one, two) {
  for (let place = 0; place < one.length; place++) if (one[place] !== two[place]) return one[place] - two[place];
  return 0;
}

// Rows of places; what is filtered out is no place in a flow, and an empty one between columns.
function rowsOf(cells, across, down, ids, shown) {
  if (!across) {
    const places = cells.filter((cell) => shown.has(cell.id)).map((cell) => ({ cell, label: down.map((axis) => label(axis, cell.axes[axis])).join(" · ") }));
    places.forEach((place, number) => { place.neighbour = telling(place.cell, [places[number - 1], places[number + 1]]); });
    return places.length ? [{ head: null, places }] : [];
  }
  const rows = [];
  for (const [head, members] of grouped(cells, down)) {
    if (!members.some((cell) => shown.has(cell.id))) continue;
    const found = new Map(members.map((cell) => [cell.axes[across], cell]));
    const places = ids.map((id) => {
      const cell = found.get(id);
      const hidden = cell && !shown.has(cell.id);
      return { cell: hidden ? null : cell, hidden, label: label(across, id) };
    });
    rows.push({ head, places });
  }
  rows.forEach((row, number) => row.places.forEach((place, column) => {
    if (place.cell) place.neighbour = nearest(rows, number, column);
  }));
  return rows;
}

// The cell before in the row, else the next one, else the one above or below.
function nearest(rows, number, column) {
  const places = rows[number].places;
  const before = places.slice(0, column).reverse().find((place) => place.cell);
  const after = places.slice(column + 1).find((place) => place.cell);
  return telling(places[column].cell, [before, after, rows[number - 1]?.places[column], rows[number + 1]?.places[column]]);
}

// Of the places around a cell the first that was asked for something else, else the first.
function telling(cell, around) {
  const cells = around.map((place) => place?.cell).filter(Boolean);
  return cells.find((one) => one.prompt !== cell.prompt) || cells[0];
}

function inPieces(all, size) {
  const pieces = [];
  for (let from = 0; from < all.length; from += size) pieces.push(all.slice(from, from + size));
  return pieces;
}
