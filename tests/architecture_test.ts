/** The imports as they are, held against the table of ARCHITECTURE.md. */
import assert from "node:assert/strict";
import { codeOf, type Import, importsOf, sources } from "./_imports.ts";

/** Folders that may import everything and that nothing imports. */
const outside = new Set(["tests", "bench"]);
/** Rooms of programs, which import what is public. */
const programs = new Set(["scripts", "examples"]);

const files = Array.from(sources());
const rooms = new Set(files.filter((path) => path.includes("/")).map(roomOf));
const imports = files.filter((path) => path.includes("/") && !outside.has(roomOf(path)))
  .flatMap(importsOf);
const crossing = imports.filter(({ from, to }) => roomOf(from) !== roomOf(to));

function roomOf(path: string): string {
  return path.split("/")[0];
}

/** What the table allows: of each room, the rooms it imports, and whether only their types. */
function readTable(): Map<string, Map<string, boolean>> {
  const text = Deno.readTextFileSync(new URL("../ARCHITECTURE.md", import.meta.url));
  const rows = text.matchAll(/^\| (`\w+\/`(?:, `\w+\/`)*) +\|[^|]*\| ([^|]*?) *\|$/gm);
  const table = new Map<string, Map<string, boolean>>();
  for (const [, names, allowed] of rows) {
    for (const [, room] of names.matchAll(/`(\w+)\/`/g)) table.set(room, parse(allowed));
  }
  return table;
}

function parse(allowed: string): Map<string, boolean> {
  if (/^(nothing|everything)/.test(allowed)) return new Map();
  return new Map(
    allowed.split(", ").map((
      item,
    ) => [item.replace(/^types of /, ""), item.startsWith("types of")]),
  );
}

const show = ({ from, to }: Import) => `${from} imports ${to}`;

Deno.test("ARCHITECTURE.md has a row for every room", () => {
  assert.deepEqual([...readTable().keys()].sort(), [...rooms].sort());
});

Deno.test("a room imports the rooms that ARCHITECTURE.md lists, and no others", () => {
  const wrong: string[] = [];
  for (const [room, allowed] of readTable()) {
    if (outside.has(room) || programs.has(room)) continue;
    const used = crossing.filter(({ from }) => roomOf(from) === room);
    for (const found of used) {
      const to = roomOf(found.to);
      if (to === "internal") continue;
      const onlyTypes = allowed.get(to);
      if (onlyTypes === undefined || (onlyTypes && !found.isType)) wrong.push(show(found));
    }
    for (const [to, onlyTypes] of allowed) {
      const some = used.filter((found) => roomOf(found.to) === to);
      if (some.length === 0) wrong.push(`${room} does not import ${to}`);
      else if (!onlyTypes && some.every(({ isType }) => isType)) {
        wrong.push(`${room} imports only types of ${to}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("no room imports another room's files that begin with an underscore", () => {
  const wrong = crossing.filter(({ to }) => to.split("/").some((name) => name.startsWith("_")));
  assert.deepEqual(wrong.map(show), []);
});

Deno.test("internal imports no room, and no room imports tests, benchmarks or programs", () => {
  const wrong = crossing.filter(({ from, to }) =>
    roomOf(from) === "internal" || outside.has(roomOf(to)) || programs.has(roomOf(to))
  );
  assert.deepEqual(wrong.map(show), []);
});

Deno.test("programs import what is public, and internal", () => {
  const { exports } = JSON.parse(
    Deno.readTextFileSync(new URL("../deno.json", import.meta.url)),
  ) as { exports: Record<string, string> };
  const isPublic = new Set(Object.values(exports).map((path) => path.slice(2)));
  const wrong = crossing.filter(({ from, to }) =>
    programs.has(roomOf(from)) && !isPublic.has(to) && roomOf(to) !== "internal"
  );
  assert.deepEqual(wrong.map(show), []);
});

Deno.test("rooms do not import each other in a circle, types included", () => {
  assert.deepEqual(circles(crossing.map(({ from, to }) => [roomOf(from), roomOf(to)])), []);
});

Deno.test("files do not import each other's values in a circle", () => {
  const edges = imports.filter(({ isType }) => !isType).map(({ from, to }) => [from, to]);
  assert.deepEqual(circles(edges as [string, string][]), []);
});

Deno.test("nothing is exported as a default", () => {
  const wrong = files.filter((path) => /^export default\b|\bas default\b/m.test(codeOf(path)));
  assert.deepEqual(wrong, []);
});

Deno.test("variables of modules are where ARCHITECTURE.md says", () => {
  const places =
    /^(kernels|autograd)\/|^(native_plugin\/loader|selection\/_trial_worker|internal\/crc32)\.ts$/;
  const wrong = files.filter((path) =>
    !outside.has(roomOf(path)) && !places.test(path) && /^(export )?let /m.test(codeOf(path))
  );
  assert.deepEqual(wrong, []);
});

Deno.test("the checks would notice a circle", () => {
  assert.deepEqual(circles([["a", "b"], ["b", "c"], ["c", "a"], ["c", "d"]]), [["a", "b", "c"]]);
});

/** The groups of nodes that reach each other, sorted. */
function circles(edges: readonly (readonly [string, string])[]): string[][] {
  const next = Map.groupBy(edges, ([from]) => from);
  const reach = (start: string) => {
    const seen = new Set<string>();
    const open = [start];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      for (const [, to] of next.get(node) ?? []) {
        if (!seen.has(to)) open.push(to);
        seen.add(to);
      }
    }
    return seen;
  };
  const reached = new Map(Array.from(next.keys(), (node) => [node, reach(node)]));
  const inCircle = [...reached.keys()].filter((node) => reached.get(node)!.has(node));
  const groups = Map.groupBy(
    inCircle,
    (node) =>
      inCircle.filter((other) => reached.get(node)!.has(other) && reached.get(other)!.has(node))
        .sort().join(),
  );
  return [...groups.keys()].map((group) => group.split(",")).sort();
}

Deno.test("the root has every name of the rooms but those that few programs need", async () => {
  const rooms = ["cache", "io", "kernels", "selection"];
  const only: string[] = [];
  const whole = await import("../mod.ts");
  for (const room of rooms) {
    for (const name of Object.keys(await import(`../${room}/mod.ts`))) {
      if (!(name in whole)) only.push(`${room} ${name}`);
    }
  }
  assert.deepEqual(only, [
    "cache retryLocked",
    "io checkWritable",
    "io removePartialFiles",
    "io tint",
    "selection choice",
  ]);
});
