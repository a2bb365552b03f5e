// The small control beside a node's title: which axis goes across, which makes groups, and a swap.

function controls(section) {
  const { node, choice } = section;
  if (!node.axes.length || (campaign.byNode.get(node.name) || []).length < 2) return [];
  const change = (changed) => {
    const focused = document.activeElement?.dataset?.control;
    section.choice = { ...section.choice, ...changed };
    arrange();
    section.layout.querySelector(`[data-control="${focused}"]`)?.focus();
    announce(`${node.name}: columns ${section.choice.columns || "none"}, groups ${section.choice.groups || "none"}`);
  };
  const across = select(section, "columns", "Columns", "none: flow", node.axes, choice.columns, (axis) =>
    change({ columns: axis, groups: axis && axis === choice.groups ? "" : choice.groups }));
  const grouping = node.axes.length > 1
    ? [select(section, "groups", "Groups", "none", node.axes, choice.groups, (axis) =>
        change({ groups: axis, columns: axis && axis === choice.columns ? "" : choice.columns }))]
    : [];
  const rows = node.axes.filter((axis) => axis !== choice.columns && axis !== choice.groups);
  const swap = rows.length && choice.columns
    ? [button("⇄", () => change({ columns: rows.at(-1) }), { class: "tool", "data-control": "swap", "aria-label": `${node.name}: swap rows and columns`, title: "Swap rows and columns" })]
    : [];
  return [across, ...swap, ...grouping];
}

function select(section, name, title, none, axes, value, changed) {
  const element = make("select", { "data-control": name, "aria-label": `${section.node.name}: ${title.toLowerCase()}` },
    make("option", { value: "" }, none), ...axes.map((axis) => make("option", { value: axis }, axis)));
  element.value = axes.includes(value) ? value : "";
  element.addEventListener("change", () => changed(element.value));
  return make("label", { class: "select" }, make("span", { "aria-hidden": "true" }, title), element);
}
